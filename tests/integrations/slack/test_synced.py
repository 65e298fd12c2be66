"""A workspace synced into the inventory, and synced again when apps were let in and removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors import slack as simulated
from steward.demo.vendors.slack_team import TEAM
from steward.inventory.holdings import Grant
from steward.sync import acts
from tests.integrations.slack.tenant import NOW, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(straight: str, settings: Any, sync: Any, controls: Controls) -> Any:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    controls.page_cap = 7
    made = acts.connect(
        "slack",
        name="Slack",
        settings={"url": straight},
        credentials={"token": TOKEN},
        by="admin@corp.example",
    )
    sync(made)
    return made


@pytest.fixture
def also_logged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds an entry at the head of the log."""

    def add(app: str, change: str, scope: str) -> None:
        log, at = simulated.log, int((NOW + timedelta(days=1)).timestamp())
        told = {"app_id": app, "app_type": "Owl", "change_type": change, "scope": scope}
        head = {**told, "user_id": "U00000001", "user_name": "owner", "date": str(at)}
        monkeypatch.setattr(simulated, "log", lambda *given: [head, *log(*given)])

    return add


def grant(app: str) -> Grant:
    found: Grant = Grant.objects.held().get(account=None, app__external_id=app)
    return found


def test_who_let_it_in_and_when(instance: Any, company: Company) -> None:
    """Of what was given in several times, the last one is told, and everything that was given."""
    assert instance.tenant_id == TEAM
    for app, days in (("A01ZOOM0001", 200), ("A03SCRIBE03", 12), ("A06FIGMA006", 5)):
        assert grant(app).granted_at is not None
        assert (company.today - grant(app).granted_at.date()).days == days
        assert grant(app).granted_by
    assert "chat:write" in grant("A03SCRIBE03").scopes
    assert "im:history" in grant("A03SCRIBE03").scopes
    own = Grant.objects.held().filter(app__name="Notion")
    assert own.count() > 20
    assert all(one.account.external_id == one.granted_by for one in own)


def test_a_removed_app_ends_and_one_that_asks_for_more_begins_anew(
    instance: Any, sync: Any, also_logged: Callable[..., None]
) -> None:
    before = Grant.objects.held().count()
    also_logged("A01ZOOM0001", "removed", "commands")
    also_logged("A04MIRO0004", "expanded", "channels:history")
    assert sync(instance).state == "succeeded"
    assert not Grant.objects.held().filter(app__external_id="A01ZOOM0001")
    assert Grant.objects.get(app__external_id="A01ZOOM0001").until is not None
    assert "channels:history" in grant("A04MIRO0004").scopes
    assert Grant.objects.filter(app__external_id="A04MIRO0004").count() == 2
    assert Grant.objects.held().count() == before - 1


def test_without_the_scope_what_was_read_stays_and_the_scope_is_named(
    instance: Any, sync: Any, controls: Controls
) -> None:
    before = Grant.objects.held().count()
    controls.missing_scopes = {"admin"}
    assert sync(instance).state == "succeeded"
    stream = instance.streams.get(name="grants")
    assert (stream.state, stream.missing) == ("not_permitted", ["admin"])
    assert Grant.objects.held().count() == before
