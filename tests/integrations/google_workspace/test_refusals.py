"""Google saying no, slowing down, breaking off, and answering what it never should."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.vendors.google_controls import GoogleControls
from steward.integrations.google_workspace import asking
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.limiter import Limiter
from steward.sdk.records import Group, License
from tests.integrations.google_workspace.tenant import (
    google,
    read,
    read_until_refused,
    robot,
)

SCOPE_OF = {
    "accounts": asking.USERS,
    "groups": asking.GROUPS,
    "licenses": asking.LICENSING,
    "grants": asking.TOKENS,
    "activity": asking.AUDIT,
}
STREAMS = tuple(SCOPE_OF)
OPTIONAL = tuple(stream for stream in STREAMS if stream != "accounts")


def refusal(url: str, stream: str, kind: type[ConnectorError]) -> tuple[Any, list[Any]]:
    with google(url) as connector:
        error, records = read_until_refused(connector, stream)
    assert isinstance(error, kind)
    assert "PRIVATE KEY" not in f"{error!r} {error}"
    return error, records


@pytest.mark.parametrize("stream", OPTIONAL)
def test_a_scope_that_was_not_delegated_is_named_and_the_rest_works(
    described: str, controls: GoogleControls, stream: str
) -> None:
    controls.missing_scopes = {SCOPE_OF[stream]}
    error, records = refusal(described, stream, Forbidden)
    assert (error.missing, records) == ((SCOPE_OF[stream],), [])
    with google(described) as connector:
        assert connector.check().scopes == {s.name for s in asking.SCOPES} - {SCOPE_OF[stream]}
        assert len(read(connector, "accounts")) == 250


@pytest.mark.parametrize("stream", STREAMS)
def test_a_privilege_that_the_administrator_lacks_is_named(
    described: str, controls: GoogleControls, stream: str
) -> None:
    controls.missing_privileges = {SCOPE_OF[stream]}
    error, records = refusal(described, stream, Forbidden)
    assert (error.missing, records) == ((asking.PRIVILEGES[SCOPE_OF[stream]],), [])


def test_groups_are_read_before_roles_are_refused(described: str, controls: GoogleControls) -> None:
    controls.missing_scopes = {asking.ROLES}
    error, records = refusal(described, "groups", Forbidden)
    assert error.missing == (asking.ROLES,)
    assert sum(isinstance(record, Group) for record in records) == 11


@pytest.mark.parametrize(
    ("stream", "path", "api"),
    [
        ("accounts", "/admin/", "Admin SDK API"),
        ("licenses", "/apps/licensing", "Enterprise License Manager API"),
    ],
)
def test_an_api_that_is_switched_off_is_named(
    described: str, controls: GoogleControls, stream: str, path: str, api: str
) -> None:
    controls.apis_off = {path}
    error, _ = refusal(described, stream, Forbidden)
    assert api in error.message


@pytest.mark.parametrize("stream", STREAMS)
def test_a_scope_withdrawn_from_the_token_itself(
    straight: str, controls: GoogleControls, stream: str
) -> None:
    """Google then says so at the API, and not where the token is made."""
    with google(straight) as connector:
        connector.check()
        for token in controls.scopes_of:
            controls.scopes_of[token] -= {SCOPE_OF[stream]}
        error, records = read_until_refused(connector, stream)
    assert isinstance(error, Forbidden)
    assert (error.missing, records) == ((SCOPE_OF[stream],), [])


@pytest.mark.parametrize("stream", STREAMS)
def test_the_key_is_deleted_in_the_middle(
    straight: str, controls: GoogleControls, stream: str
) -> None:
    controls.page_cap, controls.revoke_after = 100, 3
    error, _ = refusal(straight, stream, Unauthorized)
    assert error.final
    assert "does not accept the key" in error.message


@pytest.mark.parametrize("haste", [403, 429])
def test_waits_when_google_asks_to_slow_down(
    described: str, controls: GoogleControls, haste: int
) -> None:
    """A 403 is no refusal when its reason is haste; and Google does not say for how long."""
    controls.haste, controls.page_cap, controls.rate_limit = haste, 60, (3, 600.0)
    limiter, waited = Limiter(), []

    def until_google_lets_go(attempt: int) -> None:
        waited.append(attempt)
        if len(waited) == 2:
            controls.rate_limit = None

    limiter.back_off = until_google_lets_go  # type: ignore[method-assign]
    with google(described, limiter=limiter) as connector:
        assert len(read(connector, "accounts")) == 250
    assert (controls.refused, waited) == (2, [1, 2])


@pytest.mark.parametrize("haste", [403, 429])
def test_comes_back_later_when_it_stays_so(
    straight: str, controls: GoogleControls, haste: int
) -> None:
    controls.haste, controls.page_cap, controls.rate_limit = haste, 100, (2, 600.0)
    error, records = refusal(straight, "accounts", Unavailable)
    assert "slow" in error.message
    assert len(records) == 100


@pytest.mark.parametrize(
    ("broken", "kind", "says"),
    [
        ("html", Unexpected, "web page"),
        ("half", Unexpected, "not whole"),
        ("empty", Unexpected, "empty answer"),
        ("500", Unavailable, "out of order"),
    ],
)
@pytest.mark.parametrize("stream", STREAMS)
def test_broken_answers(
    straight: str, controls: GoogleControls, stream: str, broken: Any, kind: Any, says: str
) -> None:
    controls.page_cap, controls.broken, controls.broken_after = 100, broken, 2
    error, _ = refusal(straight, stream, kind)
    assert says in error.message


def test_products_that_the_customer_lacks_are_passed_over(
    straight: str, controls: GoogleControls
) -> None:
    controls.failing = {"Google-Apps": 400, "101047": 404}
    with google(straight) as connector:
        assert read(connector, "licenses") == []


def test_a_list_of_licences_that_breaks_off_is_no_end(
    straight: str, controls: GoogleControls
) -> None:
    """Only at its first page may a product be refused."""
    controls.page_cap = 100
    with google(straight) as connector:
        pages = connector.licenses(None)
        assert any(isinstance(record, License) for record in next(pages).records)
        controls.failing = {"Google-Apps": 400}
        with pytest.raises(Unexpected):
            list(pages)


def test_a_group_deleted_since_it_was_listed(straight: str, controls: GoogleControls) -> None:
    with google(straight) as connector:
        before = read(connector, "groups")
        gone = next(r for r in before if isinstance(r, Group) and r.name == "Sales team")
        controls.deleted = {gone.id}
        after = read(connector, "groups")
    assert {r for r in before if getattr(r, "group", "") != gone.id} == set(after)


def test_what_is_no_key_file_is_said_at_once(straight: str) -> None:
    for wrong in ("", "{}", "-----BEGIN PRIVATE KEY-----", '{"type": "authorized_user"}'):
        given = {"service_account_key": wrong, "admin": "it@example.com"}
        with pytest.raises(Unauthorized, match="no key file"), google(straight, credentials=given):
            pass
    spoilt = robot().key_file.replace("BEGIN PRIVATE", "BEGIN SPOILT")
    given = {"service_account_key": spoilt, "admin": "it@example.com"}
    with google(straight, credentials=given) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert "SPOILT" not in repr(caught.value)
