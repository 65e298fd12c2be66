"""An organisation synced into the inventory: what was let in, what ends when taken back, and what
is known of second factors."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.demo.vendors import okta_grants as let_in
from steward.insight.findings import reading
from steward.inventory.account import Account
from steward.inventory.finding import Finding
from steward.inventory.holdings import Grant
from steward.sync import acts
from steward.work import findings as work
from tests.integrations.okta.tenant import TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(straight: str, settings: Any, sync: Any) -> Any:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    made = acts.connect(
        "okta",
        name="Okta",
        settings={"url": straight},
        credentials={"token": TOKEN},
        by="admin@corp.example",
    )
    sync(made)
    return made


def held(name: str) -> Any:
    return Grant.objects.held().filter(app__name=name)


def test_what_is_taken_back_ends(instance: Any, sync: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(held("Roster Bridge").get(account=None).scopes) == set(let_in.MACHINES[0].scopes)
    consented = held("Partner Portal").count()
    assert consented > 5
    monkeypatch.setattr(let_in, "CONSENTED", let_in.CONSENTED[:2])
    assert sync(instance).state == "succeeded"
    assert not held("Partner Portal")
    assert Grant.objects.filter(app__name="Partner Portal").count() == consented
    assert held("Notion").exists()


def test_without_the_scope_what_was_read_stays_and_the_scope_is_named(
    instance: Any, sync: Any, controls: Controls
) -> None:
    controls.missing_scopes = {"okta.appGrants.read"}
    assert sync(instance).state == "succeeded"
    stream = instance.streams.get(name="grants")
    assert (stream.state, stream.missing) == ("not_permitted", ["okta.appGrants.read"])
    assert held("Roster Bridge").exists()
    assert held("Notion").exists()


def test_what_is_known_of_second_factors_is_kept_and_forgotten_when_refused(
    instance: Any, sync: Any, controls: Controls
) -> None:
    known = Account.objects.filter(attributes__has_key="mfa")
    assert sorted(a.attributes["mfa"] for a in known) == [False, True, True, True]
    run = sync(instance)
    assert (run.state, run.counts.get("changed", 0)) == ("succeeded", 0)
    controls.missing_scopes = {"factors"}
    assert sync(instance).counts["changed"] == 4
    assert not known.all()


def test_an_administrator_without_one_is_found_until_it_is_unknown(
    instance: Any, sync: Any, controls: Controls
) -> None:
    found = Finding.objects.filter(rule="admin-without-second-factor", state=Finding.OPEN)
    work.tell()
    lacking = Account.objects.get(attributes__mfa=False)
    assert [row.account_id for row in found] == [lacking.pk]
    (rule,) = (s for s in reading.standings() if s.rule.slug == "admin-without-second-factor")
    assert rule.unasked == ()
    controls.missing_scopes = {"factors"}
    sync(instance)
    work.tell()
    (rule,) = (s for s in reading.standings() if s.rule.slug == "admin-without-second-factor")
    assert rule.unasked == ("Steward does not know the second factor in: Okta.",)
    assert not found.all()
