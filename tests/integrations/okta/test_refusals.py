"""Okta saying no, slowing down, breaking off, and answering what it never should."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.records import Group
from tests.integrations.okta.tenant import BEFORE, TOKEN, okta, read, read_until_refused

SCOPE_OF = {
    "accounts": "okta.users.read",
    "groups": "okta.groups.read",
    "apps": "okta.apps.read",
    "grants": "okta.apps.read",
    "activity": "okta.logs.read",
}
STREAMS = tuple(SCOPE_OF)
# Of grants the first page comes when fifty users have been asked: see test_grants.
IN_PAGES = tuple(stream for stream in STREAMS if stream != "grants")


def refusal(url: str, stream: str, kind: type[ConnectorError]) -> tuple[Any, list[Any]]:
    with okta(url) as connector:
        error, records = read_until_refused(connector, stream)
    assert isinstance(error, kind)
    assert TOKEN not in f"{error!r} {error}"
    return error, records


def test_a_token_that_was_never_good(described: str) -> None:
    wrong = {"token": "00wrong"}
    with okta(described, credentials=wrong) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert "revoked" in str(caught.value)
    assert not caught.value.final
    assert "00wrong" not in repr(caught.value)


@pytest.mark.parametrize("stream", IN_PAGES)
def test_a_token_revoked_in_the_middle(described: str, controls: Controls, stream: str) -> None:
    controls.page_cap, controls.revoke_after = 100, BEFORE.get(stream, 0) + 2
    _, records = refusal(described, stream, Unauthorized)
    assert records
    with okta(described) as connector, pytest.raises(Unauthorized):
        connector.check()


@pytest.mark.parametrize("stream", STREAMS)
def test_a_missing_scope_is_named(described: str, controls: Controls, stream: str) -> None:
    controls.missing_scopes = {SCOPE_OF[stream]}
    error, records = refusal(described, stream, Forbidden)
    assert (error.missing, records) == ((SCOPE_OF[stream],), [])


def test_check_needs_the_users(described: str, controls: Controls) -> None:
    controls.missing_scopes = {"okta.users.read"}
    with okta(described) as connector, pytest.raises(Forbidden) as caught:
        connector.check()
    assert caught.value.missing == ("okta.users.read",)


def test_groups_are_read_before_roles_are_refused(described: str, controls: Controls) -> None:
    controls.missing_scopes = {"okta.roles.read"}
    error, records = refusal(described, "groups", Forbidden)
    assert error.missing == ("okta.roles.read",)
    assert sum(isinstance(record, Group) for record in records) == 11


def test_a_401_that_is_no_refusal_of_the_token(straight: str, controls: Controls) -> None:
    controls.plan = "basic"
    error, _ = refusal(straight, "groups", Forbidden)
    assert "not switched on" in error.message
    assert error.missing == ("a feature of your Okta plan",)


def test_slows_down_before_the_limit_is_reached(described: str, controls: Controls) -> None:
    controls.page_cap, controls.rate_limit = 60, (3, 1.0)
    with okta(described) as connector:
        assert len(read(connector, "accounts")) == 253
    assert controls.refused == 0


def test_waits_when_others_have_used_up_the_limit(described: str, controls: Controls) -> None:
    controls.page_cap, controls.rate_limit = 100, (3, 1.0)
    records: list[Any] = []
    with okta(described) as connector:
        for page in connector.accounts(None):
            records += page.records
            while controls.spend()[0] > 0:
                pass
    assert len(records) == 253
    assert controls.refused > 0


def test_comes_back_later_when_the_pause_is_long(straight: str, controls: Controls) -> None:
    controls.rate_limit = (BEFORE["accounts"] + 1, 600.0)
    controls.page_cap = 100
    error, records = refusal(straight, "accounts", Unavailable)
    assert len(records) == 100
    assert 500 < error.retry_after <= 601


@pytest.mark.parametrize(
    ("broken", "kind", "says"),
    [
        ("html", Unexpected, "web page"),
        ("half", Unexpected, "not whole"),
        ("empty", Unexpected, "empty answer"),
        ("500", Unavailable, "out of order"),
    ],
)
@pytest.mark.parametrize("stream", IN_PAGES)
def test_broken_answers(
    straight: str, controls: Controls, stream: str, broken: Any, kind: Any, says: str
) -> None:
    controls.page_cap, controls.broken = 100, broken
    controls.broken_after = BEFORE.get(stream, 0) + 1
    error, records = refusal(straight, stream, kind)
    assert says in error.message
    assert records


def test_a_server_error_that_passes(straight: str, controls: Controls) -> None:
    controls.broken, controls.broken_after = "500", 1
    with okta(straight) as connector:

        def mended(attempt: int) -> None:
            controls.broken = None

        connector.context.limiter.back_off = mended  # type: ignore[method-assign]
        assert len(read(connector, "accounts")) == 253
