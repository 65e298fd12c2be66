"""The API service app: a signed assertion for a token that may do what was granted."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from steward.demo.controls import Controls
from steward.demo.vendors.okta_answers import ORG_ID
from steward.integrations.okta.asking import SCOPES
from steward.sdk.context import MemoryTokens
from steward.sdk.errors import Forbidden, Unauthorized
from tests.integrations.okta.tenant import BEFORE, okta, read, read_until_refused

connected = partial(okta, auth="oauth")
CLIENT = "0oaServiceApp00x7"
ALL = frozenset(scope.name for scope in SCOPES)


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, private=True)


@pytest.fixture
def credentials(key: RSAKey, controls: Controls) -> dict[str, Any]:
    controls.public_keys = {CLIENT: key.as_pem(private=False).decode()}
    return {"client_id": CLIENT, "private_key": key.as_pem(private=True).decode()}


def test_signs_in_and_knows_what_was_granted(straight: str, credentials: Any) -> None:
    with connected(straight, credentials=credentials) as connector:
        tenant = connector.check()
        accounts = read(connector, "accounts")
    assert (tenant.id, tenant.scopes) == (ORG_ID, ALL)
    assert len(accounts) == 253


def test_takes_the_key_as_okta_shows_it(straight: str, credentials: Any, key: RSAKey) -> None:
    as_json = json.dumps({**key.as_dict(private=True), "kid": "k1"})
    given = {**credentials, "private_key": as_json, "key_id": "k1"}
    with connected(straight, credentials=given) as connector:
        assert connector.check().id == ORG_ID


def test_a_scope_that_was_not_granted(straight: str, credentials: Any, controls: Controls) -> None:
    controls.missing_scopes = {"okta.logs.read"}
    with connected(straight, credentials=credentials) as connector:
        assert connector.check().scopes == ALL - {"okta.logs.read"}
        with pytest.raises(Forbidden) as caught:
            read(connector, "activity")
    assert caught.value.missing == ("okta.logs.read",)


def test_nothing_was_granted(straight: str, credentials: Any, controls: Controls) -> None:
    controls.missing_scopes = set(ALL)
    with (
        connected(straight, credentials=credentials) as connector,
        pytest.raises(Forbidden, match="none of"),
    ):
        connector.check()


def test_another_key_is_refused_for_good(straight: str, credentials: Any) -> None:
    other = RSAKey.generate_key(2048, private=True).as_pem(private=True).decode()
    given = {**credentials, "private_key": other}
    with connected(straight, credentials=given) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert caught.value.final
    assert "PRIVATE KEY" not in repr(caught.value)


def test_a_token_is_used_again_and_renewed_when_refused(
    straight: str, credentials: Any, controls: Controls
) -> None:
    tokens = MemoryTokens()
    with connected(straight, credentials=credentials, tokens=tokens) as connector:
        connector.check()
        first = tokens.load()["access_token"]
        connector.check()
        assert tokens.load()["access_token"] == first
        controls.tokens.discard(first)
        connector.check()
    assert tokens.load()["access_token"] != first


def test_a_deactivated_app_in_the_middle(
    straight: str, credentials: Any, controls: Controls
) -> None:
    controls.page_cap, controls.revoke_after = 50, BEFORE["accounts"] + 4
    with connected(straight, credentials=credentials) as connector:
        error, records = read_until_refused(connector, "accounts")
    assert len(records) == 150
    assert isinstance(error, Unauthorized)
    assert error.final
