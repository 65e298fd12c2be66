"""Slack's own way of asking for consent, from the question to the rotated token."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import slack as simulated
from steward.inventory.instance import Instance
from steward.inventory.member import Member
from steward.inventory.vault import StoredTokens
from steward.sync import acts, consents, engine
from steward.sync.trial import Entry, entry_of

pytestmark = pytest.mark.django_db
BACK = "https://steward.example/integrations/consent/"
CLIENT, SECRET = "demo-client", "demo-secret"


@pytest.fixture
def at_slack(company: Company, controls: Controls, settings: Any) -> Iterator[str]:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    acts.set_client("slack", CLIENT, SECRET, "admin@corp.example")
    with serving(simulated.simulator(company, controls)) as url:
        yield url


def entry(url: str, **credentials: str) -> Entry:
    settings = {"url": url, "consent_url": f"{url}{simulated.AUTHORIZE}"}
    return entry_of("slack", settings, credentials, "oauth")


def asked(url: str, answer: str = "allow", **credentials: str) -> dict[str, Any]:
    """The tokens for which a member who presses that button is good."""
    member = Member.objects.create_user("admin@corp.example", "x", role="admin")
    who: Any = {"member": member, "browser": "b"}
    address = consents.begin(entry(url, **credentials), **who, back=BACK, memo={})
    query = parse_qs(urlsplit(address).query)
    assert query["user_scope"] == ["users:read,users:read.email,usergroups:read,admin"]
    assert "scope" not in query
    led = httpx2.post(address, data={"answer": answer}).headers["Location"]
    assert led.startswith(BACK)
    back = dict(httpx2.URL(led).params)
    begun = consents.take(back["state"], **who)
    assert begun
    return consents.tokens_for(entry(url, **credentials), begun, back)


def connected(url: str) -> Instance:
    made = entry(url)
    return acts.connect(
        "slack",
        name="Slack",
        settings=made.settings,
        credentials={},
        auth="oauth",
        tokens=asked(url),
        by="admin@corp.example",
    )


def synced(instance: Instance) -> Instance:
    engine.carry_out(acts.request_sync(instance, by="admin@corp.example").pk)
    instance.refresh_from_db()
    return instance


def test_a_workspace_is_read_with_a_token_that_has_no_end(at_slack: str) -> None:
    instance = synced(connected(at_slack))
    assert instance.state == "live"
    assert {s.state for s in instance.streams.all()} == {"ok"}
    tokens = StoredTokens(instance).load()
    assert (tokens["expires"], tokens.get("refresh_token")) == (None, None)


def test_a_rotating_token_is_renewed_and_each_refresh_token_used_once(
    at_slack: str, controls: Controls
) -> None:
    controls.rotates_after = 43200
    instance = synced(connected(at_slack))
    store = StoredTokens(instance)
    used = []
    for _ in range(2):
        used.append(store.load()["refresh_token"])
        store.save({**store.load(), "expires": time.time()})
        assert synced(instance).state == "live"
    assert len({*used, store.load()["refresh_token"]}) == 3
    assert {s.state for s in instance.streams.all()} == {"ok"}


def test_who_installed_the_app_has_left(at_slack: str, controls: Controls) -> None:
    controls.rotates_after = 43200
    instance = synced(connected(at_slack))
    store = StoredTokens(instance)
    store.save({**store.load(), "expires": time.time(), "refresh_token": "xoxe-1-gone"})
    assert synced(instance).state == "revoked"
    assert "has withdrawn the consent" in instance.reason


def test_scopes_that_slack_did_not_give_are_named(at_slack: str, controls: Controls) -> None:
    controls.missing_scopes = {"admin"}
    instance = synced(connected(at_slack))
    assert instance.state == "live"
    missing = {s.name: s.missing for s in instance.streams.all() if s.missing}
    assert missing == {name: ["admin"] for name in ("licenses", "grants", "activity")}


def test_who_cancels_is_told(at_slack: str) -> None:
    with pytest.raises(acts.Refused, match="Slack was not given the consent"):
        asked(at_slack, answer="cancel")


def test_a_wrong_secret_is_told_though_slack_says_200(at_slack: str) -> None:
    with pytest.raises(acts.Refused, match="its secret or key is not the right one") as refused:
        asked(at_slack, client_id=CLIENT, client_secret="another")
    assert refused.value.code == "unauthorized"
