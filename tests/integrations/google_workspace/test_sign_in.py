"""The two ways in: a service account that acts for an administrator, and an administrator's
consent."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from steward.demo.vendors.google_answers import CUSTOMER
from steward.demo.vendors.google_controls import ADMIN, CLIENT, SECRET, GoogleControls
from steward.integrations.google_workspace import asking
from steward.sdk.context import MemoryTokens
from steward.sdk.errors import Forbidden, Unauthorized
from tests.integrations.google_workspace.tenant import (
    consented,
    google,
    read,
    read_until_refused,
)

ALL = frozenset(scope.name for scope in asking.SCOPES)


def test_nothing_was_delegated(straight: str, controls: GoogleControls) -> None:
    controls.missing_scopes = set(ALL)
    with google(straight) as connector, pytest.raises(Forbidden) as caught:
        connector.check()
    assert caught.value.missing == (asking.USERS,)
    assert "domain-wide delegation" in caught.value.message


def test_what_is_delegated_is_found_out_once(straight: str, controls: GoogleControls) -> None:
    """One scope that is not listed, and Google refuses the whole assertion."""
    controls.missing_scopes = {asking.AUDIT, asking.CUSTOMER}
    tokens = MemoryTokens()
    with google(straight, tokens=tokens) as connector:
        tenant = connector.check()
    assert (tenant.name, tenant.scopes) == (ADMIN.partition("@")[2], ALL - controls.missing_scopes)
    asked = controls.requests
    tokens.save(tokens.load() | {"access_token": ""})
    with google(straight, tokens=tokens) as connector:
        assert connector.google.signed_in.granted == tenant.scopes
    assert controls.requests == asked + 2


def test_a_scope_that_was_added_is_noticed_at_the_next_read(
    straight: str, controls: GoogleControls
) -> None:
    controls.missing_scopes = {asking.TOKENS}
    tokens = MemoryTokens()
    with google(straight, tokens=tokens) as connector:
        connector.check()
    controls.missing_scopes = set()
    with google(straight, tokens=tokens) as connector:
        assert read(connector, "grants")


def test_a_delegation_that_is_withdrawn(straight: str, controls: GoogleControls) -> None:
    tokens = MemoryTokens()
    with google(straight, tokens=tokens) as connector:
        connector.check()
    controls.missing_scopes, controls.tokens = set(ALL), set()
    with google(straight, tokens=tokens) as connector, pytest.raises(Forbidden) as caught:
        connector.check()
    assert caught.value.missing == (asking.USERS,)


@pytest.mark.parametrize("what", ["admin", "key"])
def test_another_administrator_or_key_is_refused_for_good(
    straight: str, controls: GoogleControls, what: str
) -> None:
    if what == "admin":
        controls.admins = {"somebody.else@northwind-labs.example"}
    else:
        controls.public_keys = {}
    with google(straight) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert caught.value.final


def test_an_administrators_consent(described: str, controls: GoogleControls) -> None:
    with google(described, **consented(controls, " ".join(ALL))) as connector:
        tenant = connector.check()
        assert (tenant.id, tenant.scopes) == (CUSTOMER, ALL)
        assert len(read(connector, "accounts")) == 250


def test_a_consent_with_scopes_left_unticked(straight: str, controls: GoogleControls) -> None:
    given = consented(controls, " ".join(ALL - {asking.TOKENS, asking.USAGE}))
    with google(straight, **given) as connector:
        assert connector.check().scopes == ALL - {asking.TOKENS, asking.USAGE}
        assert read(connector, "activity")
        error, _ = read_until_refused(connector, "grants")
    assert isinstance(error, Forbidden)
    assert error.missing == (asking.TOKENS,)


def test_a_consent_that_is_withdrawn_in_the_middle(straight: str, controls: GoogleControls) -> None:
    controls.page_cap, controls.revoke_after = 50, 3
    with google(straight, **consented(controls, " ".join(ALL))) as connector:
        error, records = read_until_refused(connector, "accounts")
    assert records
    assert isinstance(error, Unauthorized)
    assert error.final


def test_the_way_to_a_consent(straight: str, controls: GoogleControls) -> None:
    """Google gives a refresh token only to who asks for offline access, and asks anew."""
    consent = asking.OAUTH.consent
    assert consent
    assert dict(consent.extra) == {"access_type": "offline", "prompt": "consent"}
    asked: dict[str, Any] = {
        "client_id": CLIENT,
        "redirect_uri": "http://127.0.0.1/back",
        "scope": " ".join(ALL),
        "state": "s",
    }
    client = {"client_id": CLIENT, "client_secret": SECRET}
    with google(straight, auth="oauth", credentials=client) as connector:
        back = httpx2.get(connector.context.settings["consent_url"], params=asked)
        code = dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"]
        connector.google.signed_in.exchange(code, asked["redirect_uri"], "v")  # type: ignore[attr-defined]
        assert connector.check().scopes == ALL
        with pytest.raises(Unauthorized):
            connector.google.signed_in.exchange(code, asked["redirect_uri"], "v")  # type: ignore[attr-defined]
