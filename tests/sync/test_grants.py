"""Third-party access as several streams tell of it."""

from datetime import UTC, datetime

import pytest

from steward.inventory import books
from steward.inventory.account import ActiveDays
from steward.inventory.holdings import Grant, SeenApp
from steward.sdk import records as r
from steward.sdk.errors import Forbidden, Unexpected
from steward.sync import acts, engine, runs

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZOOM = r.App(id="z", name="Zoom", publisher="Zoom Inc.", verified=True)


def let_in(account, *scopes, app="z", **more):
    return r.Grant(app=app, account=account, scopes=scopes, **more)


def held():
    return {
        (g.app.external_id, g.account and g.account.external_id): g.scopes
        for g in Grant.objects.held().select_related("app", "account")
    }


@pytest.fixture
def suite(connect, sync, company):
    company.streams["grants"] = [ZOOM, let_in("ann", "mail.read"), let_in("bob", "files")]
    instance = connect()
    sync(instance)
    return instance


def test_who_let_what_in_is_kept_with_all_that_is_said(connect, sync, company):
    company.streams["grants"] = [
        let_in("ann", "b", "a", granted_at=NOON, granted_by="cem"),
        ZOOM,
        let_in("ann", "c", last_used_at=NOON),
        let_in("", "all"),
        let_in("nobody", "x"),
        let_in("bob", "y", app="unknown"),
    ]
    instance = connect()
    assert sync(instance).state == "succeeded"
    assert held() == {("z", "ann"): ["a", "b", "c"], ("z", None): ["all"]}
    ann = Grant.objects.get(account__external_id="ann")
    assert (ann.granted_at, ann.last_used_at, ann.granted_by) == (NOON, NOON, "cem")
    app = SeenApp.objects.get()
    assert (app.publisher, app.verified, app.application.name) == ("Zoom Inc.", True, "Zoom")


def test_other_scopes_are_a_change_and_the_same_ones_are_none(suite, sync, company):
    sync(suite)
    assert Grant.objects.count() == 2
    company.streams["grants"] = [ZOOM, let_in("ann", "mail.write"), let_in("ann", "mail.read")]
    sync(suite)
    assert held() == {("z", "ann"): ["mail.read", "mail.write"]}
    past, now = Grant.objects.filter(account__external_id="ann").order_by("since")
    assert (past.scopes, past.until) == (["mail.read"], now.since)
    company.streams["grants"].reverse()
    sync(suite)
    assert Grant.objects.count() == 3


def test_a_grant_on_several_pages_is_one_however_often_the_worker_dies(
    suite, sync, company, page_by_page
):
    company.page = 1
    company.streams["grants"] = [ZOOM, *(let_in("ann", scope) for scope in "abcd"), let_in("", "e")]
    for page in (2, 4):
        company.faults = {("grants", page): KeyboardInterrupt()}
        with pytest.raises(KeyboardInterrupt):
            sync(suite)
        assert held()["z", "ann"] == ["mail.read"]
    company.faults.clear()
    engine.carry_out(runs.open_run(suite).pk)
    assert held() == {("z", "ann"): ["a", "b", "c", "d"], ("z", None): ["e"]}
    assert Grant.objects.filter(account__external_id="ann").count() == 2


@pytest.mark.parametrize("fault", [Unexpected("Half a list."), Forbidden("Not any more.")])
def test_a_list_without_an_end_takes_nothing_back(suite, sync, company, fault):
    before = held()
    company.page = 1
    company.streams["grants"] = [ZOOM, let_in("ann", "other")]
    company.faults["grants", 2] = fault
    company.streams["grants"].append(let_in("ann", "more"))
    sync(suite)
    assert held() == before


def test_an_app_is_there_while_any_stream_shows_it(suite, sync, company):
    tile = r.App(id="z", name="Zoom (SSO)", key="zoom_tile", active=False)
    company.streams["apps"] = [tile]
    sync(suite)
    app = SeenApp.objects.get()
    assert (app.name, app.key, app.active) == ("Zoom (SSO)", "zoom_tile", False)
    assert (app.publisher, app.verified) == ("Zoom Inc.", True)
    company.streams["apps"] = []
    sync(suite)
    assert SeenApp.objects.held().get().in_apps is None
    assert len(held()) == 2
    company.streams |= {"apps": [tile], "grants": []}
    sync(suite)
    assert SeenApp.objects.held().get().in_grants is None
    assert held() == {}
    company.streams["apps"] = []
    sync(suite)
    assert not SeenApp.objects.held().exists()
    company.streams["grants"] = [ZOOM, let_in("ann", "mail.read")]
    sync(suite)
    assert SeenApp.objects.held().get().pk == app.pk


def test_signing_in_finds_apps_that_nothing_else_shows(suite, sync, company):
    day = NOON.date()
    miro = r.App(id="m", name="Miro")
    company.streams["activity"] = [miro, r.Activity(account="cem", day=day, app="m")]
    sync(suite)
    assert SeenApp.objects.get(external_id="m").application.name == "Miro"
    assert ActiveDays.objects.get().account.external_id == "cem"
    company.streams["activity"] = []
    sync(suite)
    assert SeenApp.objects.held().filter(external_id="m").exists()


def test_deleted_users_take_their_grants_along(suite):
    acts.delete_users(suite, by="admin@corp.example")
    assert not Grant.objects.present().exists()
    closed = Grant.objects.values_list("instance", flat=True).first()
    while books.purge_some(closed):
        pass
    assert not Grant.objects.exists()
