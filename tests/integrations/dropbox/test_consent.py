"""Dropbox's own way of asking for consent, from the question to a synced team."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from steward.inventory.holdings import Grant
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.inventory.vault import StoredTokens
from steward.sync import acts, consents, engine
from steward.sync.trial import Entry, entry_of
from tests.integrations.dropbox.tenant import AUTHORIZE, CLIENT, SECRET, Team

pytestmark = pytest.mark.django_db
BACK = "https://steward.example/integrations/consent/"


@pytest.fixture(autouse=True)
def _client(settings: Any) -> None:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    acts.set_client("dropbox", CLIENT, SECRET, "admin@corp.example")


def entry(url: str) -> Entry:
    return entry_of("dropbox", {"url": url, "consent_url": f"{url}{AUTHORIZE}"}, {}, "oauth")


def connected(url: str) -> Instance:
    member = Member.objects.create_user("admin@corp.example", "x", role="admin")
    who: Any = {"member": member, "browser": "b"}
    address = consents.begin(entry(url), **who, back=BACK, memo={})
    query = parse_qs(urlsplit(address).query)
    assert query["token_access_type"] == ["offline"]
    assert query["scope"] == ["team_info.read members.read groups.read sessions.list events.read"]
    back = dict(httpx2.URL(httpx2.get(address).headers["Location"]).params)
    begun = consents.take(back["state"], **who)
    assert begun
    return acts.connect(
        "dropbox",
        name="Dropbox",
        settings=entry(url).settings,
        credentials={},
        auth="oauth",
        tokens=consents.tokens_for(entry(url), begun, back),
        by="admin@corp.example",
    )


def synced(instance: Instance) -> Instance:
    engine.carry_out(acts.request_sync(instance, by="admin@corp.example").pk)
    instance.refresh_from_db()
    return instance


def test_a_team_is_read_whole_and_its_token_renewed(url: str, team: Team) -> None:
    instance = synced(connected(url))
    assert (instance.state, instance.tenant_name) == ("live", "Northwind Labs")
    assert {s.state for s in instance.streams.all()} == {"ok"}
    assert Grant.objects.filter(instance=instance.book, until=None).count() == 12
    store = StoredTokens(instance)
    store.save({**store.load(), "expires": time.time()})
    team.controls.tokens.clear()
    assert synced(instance).state == "live"


def test_scopes_that_were_not_given_are_named(url: str, team: Team) -> None:
    team.controls.missing_scopes = {"sessions.list", "events.read"}
    instance = synced(connected(url))
    assert instance.state == "live"
    missing = {s.name: s.missing for s in instance.streams.all() if s.missing}
    assert missing == {"grants": ["sessions.list"], "activity": ["events.read"]}


def test_a_team_that_disconnects_the_app_revokes_the_instance(url: str, team: Team) -> None:
    instance = connected(url)
    team.refresh.clear()
    team.controls.tokens.clear()
    assert synced(instance).state == "revoked"
    assert "has withdrawn the consent" in instance.reason
