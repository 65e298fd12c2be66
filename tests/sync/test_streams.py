from datetime import UTC, datetime, timedelta

import pytest

from steward.inventory.account import Account, AccountVersion, ActiveDays
from steward.inventory.holdings import Membership, Seat, SeenApp
from steward.inventory.run import Run
from steward.sdk import records as r

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_groups_seats_apps_and_activity_find_their_accounts(connect, sync, company):
    company.streams |= {
        "groups": [
            r.Membership(group="g", account="ann"),
            r.Group(id="g", name="Crew"),
            r.Membership(group="g", account="nobody"),
        ],
        "licenses": [
            r.License(id="pro", name="Pro", purchased=5),
            r.Seat(license="pro", account="bob"),
        ],
        "apps": [r.App(id="a1", name="Zoom"), r.Assignment(app="a1", account="cem")],
        "activity": [
            r.Activity(account="ann", day=TODAY.date()),
            r.Activity(account="cem", day=TODAY.date(), app="a1"),
        ],
    }
    instance = connect()
    assert sync(instance).state == Run.SUCCEEDED
    assert [m.account.external_id for m in Membership.objects.all()] == ["ann"]
    assert [s.account.external_id for s in Seat.objects.all()] == ["bob"]
    holders = {a.external_id: a.holds_seat for a in Account.objects.all()}
    assert holders == {"ann": False, "bob": True, "cem": False}
    assert SeenApp.objects.get().application.name == "Zoom"
    assert {(d.account.external_id, bool(d.app)) for d in ActiveDays.objects.all()} == {
        ("ann", False),
        ("cem", True),
    }
    assert Account.objects.get(external_id="ann").last_active_at.date() == TODAY.date()


def test_a_seat_taken_back_is_history(connect, sync, company):
    company.streams["licenses"] = [r.License(id="p", name="P"), r.Seat(license="p", account="bob")]
    instance = connect()
    sync(instance)
    company.streams["licenses"] = company.streams["licenses"][:1]
    sync(instance)
    assert Account.objects.get(external_id="bob").holds_seat is False
    assert AccountVersion.objects.get(account__external_id="bob").holds_seat is True
    assert not Seat.objects.held().exists()


def test_the_last_activity_moves_on_and_its_past_is_kept(connect, sync, company):
    company.people("ann", last_active_at=TODAY - timedelta(days=3))
    instance = connect()
    sync(instance)
    company.people("ann", last_active_at=TODAY)
    run = sync(instance)
    assert run.counts["changed"] == 0
    assert Account.objects.get().last_active_at == TODAY
    assert ActiveDays.objects.get().days == 1 << 16
    company.people("ann", last_active_at=TODAY - timedelta(days=9))
    sync(instance)
    assert Account.objects.get().last_active_at == TODAY


def test_an_uploaded_list_is_as_fresh_as_its_upload(connect, sync, monkeypatch):
    from steward.integrations.scripted.connector import Scripted

    monkeypatch.setattr(Scripted, "speaks", "file")
    instance = connect()
    long_ago = TODAY - timedelta(days=40)
    type(instance.credential).objects.update(updated_at=long_ago)
    sync(instance)
    assert instance.last_synced_at == long_ago
    assert instance.is_stale()
