"""A tenant synced into the inventory, and synced again when some have changed."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import CLIENT, TENANT
from steward.demo.vendors.microsoft_directory import SECRET, Entra
from steward.inventory.account import Account, ActiveDays
from steward.inventory.holdings import Assignment, Grant, License, Membership, Seat
from steward.sync import acts
from tests.integrations.microsoft_365.tenant import STREAMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(straight: str, settings: Any, sync: Any) -> Any:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    made = acts.connect(
        "microsoft_365",
        name="Microsoft 365",
        settings={"tenant": TENANT, "login_url": straight, "graph_url": straight},
        credentials={"client_id": CLIENT, "client_secret": SECRET},
        by="admin@corp.example",
    )
    sync(made)
    return made


def states(instance: Any) -> dict[str, str]:
    return dict(instance.streams.values_list("name", "state"))


def test_everything_is_kept(instance: Any) -> None:
    assert states(instance) == dict.fromkeys(STREAMS, "ok")
    assert Account.objects.count() == 253
    assert License.objects.count() == 4
    kinds = (Membership, Seat, Assignment, Grant, ActiveDays)
    assert all(kind.objects.count() > 10 for kind in kinds)
    assert Grant.objects.filter(account=None, app__name="Backup Robot").count() == 1
    scopes = set(Grant.objects.get(account=None, app__name="Mail Merge").scopes)
    exchange = "Office 365 Exchange Online"
    assert scopes == {"Mail.ReadWrite", "Mail.Send", f"{exchange}: EWS.AccessAsUser.All"}


def test_a_second_factor_that_was_set_up_is_known_at_the_next_sync(
    instance: Any, sync: Any, entra: Entra
) -> None:
    known = Account.objects.filter(attributes__has_key="mfa")
    assert {a.external_id for a in known if not a.attributes["mfa"]} == admins(entra) - has(entra)
    entra.unregistered.clear()
    run = sync(instance)
    assert (run.progress["accounts"]["changes"], run.counts["changed"]) == (True, 1)
    assert {a.external_id for a in known.all() if a.attributes["mfa"]} == admins(entra)


def admins(entra: Entra) -> set[str]:
    return {row["principalId"] for row in entra.roles()} & entra.users.keys()


def has(entra: Entra) -> set[str]:
    return admins(entra) - entra.unregistered


def test_only_changes_are_read_afterwards(instance: Any, sync: Any, entra: Entra) -> None:
    moved, gone = list(entra.users)[3:5]
    entra.change(moved, department="Archive")
    entra.delete(gone)
    run = sync(instance)
    assert run.progress["accounts"]["changes"] is True
    assert {n: run.counts[n] for n in ("changed", "removed")} == {"changed": 1, "removed": 1}
    assert Account.objects.get(external_id=moved).attributes["department"] == "Archive"
    assert Account.objects.get(external_id=gone).status == "removed"
    assert Account.objects.exclude(status="removed").count() == 252
    entra.restore(gone)
    assert sync(instance).counts["returned"] == 1


def test_a_forgotten_mark_removes_nobody(instance: Any, sync: Any, entra: Entra) -> None:
    entra.change(next(iter(entra.users)), department="Archive")
    entra.forgotten = len(entra.log)
    run = sync(instance)
    assert (run.state, run.counts["removed"]) == ("succeeded", 0)
    assert run.progress["accounts"]["changes"] is False


def test_a_permission_taken_away_is_named_and_costs_nothing_else(
    instance: Any, sync: Any, controls: Controls
) -> None:
    assigned = Assignment.objects.count()
    controls.missing_scopes = {"Application.Read.All"}
    assert sync(instance).state == "succeeded"
    refused = {"apps": "not_permitted", "grants": "not_permitted"}
    assert states(instance) == {**dict.fromkeys(STREAMS, "ok"), **refused}
    assert "Application.Read.All" in instance.streams.get(name="apps").missing
    assert Assignment.objects.held().count() == assigned


def test_a_secret_that_ended_revokes_the_instance(
    instance: Any, sync: Any, controls: Controls, entra: Entra
) -> None:
    entra.refuses_with = 7000222
    controls.tokens.clear()
    run = sync(instance)
    assert (run.state, instance.state) == ("refused", "revoked")
    assert "has expired" in run.error
