"""Microsoft saying no: permissions, plans, concealed names, and answers that break off."""

from __future__ import annotations

from typing import Any

import pytest

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import CLIENT
from steward.demo.vendors.microsoft_directory import SECRET, Entra
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.records import Activity, Assignment, Grant, Group, Membership
from tests.integrations.microsoft_365.gateway import Gateway
from tests.integrations.microsoft_365.tenant import STREAMS, microsoft, read, read_until_refused

SCOPE_OF = {
    "accounts": "User.Read.All",
    "groups": "GroupMember.Read.All",
    "licenses": "Organization.Read.All",
    "apps": "Application.Read.All",
    "grants": "Application.Read.All",
    "activity": "AuditLog.Read.All",
}


def refusal(url: str, stream: str, kind: type[ConnectorError]) -> tuple[Any, list[Any]]:
    with microsoft(url) as connector:
        error, records = read_until_refused(connector, stream)
    assert isinstance(error, kind)
    assert SECRET not in f"{error!r} {error}"
    return error, records


@pytest.mark.parametrize("stream", STREAMS)
def test_a_missing_permission_is_named(straight: str, controls: Controls, stream: str) -> None:
    controls.missing_scopes = {SCOPE_OF[stream]}
    error, _ = refusal(straight, stream, Forbidden)
    assert SCOPE_OF[stream] in error.missing


def test_check_needs_the_users(described: Gateway, controls: Controls) -> None:
    controls.missing_scopes = {"User.Read.All"}
    with microsoft(described.url) as connector, pytest.raises(Forbidden) as caught:
        connector.check()
    assert caught.value.missing == ("User.Read.All",)


def test_everything_withdrawn(straight: str, controls: Controls) -> None:
    """The token of an app without permissions says nothing of any."""
    controls.missing_scopes = set(SCOPE_OF.values())
    error, records = refusal(straight, "accounts", Forbidden)
    assert (error.missing, records) == (("User.Read.All",), [])


def test_groups_are_read_where_roles_are_not(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"RoleManagement.Read.Directory"}
    error, records = refusal(straight, "groups", Forbidden)
    assert error.missing == ("RoleManagement.Read.Directory",)
    assert sum(isinstance(record, Membership) for record in records) > 500


def test_roles_are_read_where_groups_are_not(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"GroupMember.Read.All"}
    error, records = refusal(straight, "groups", Forbidden)
    assert error.missing == ("GroupMember.Read.All",)
    assert {r.kind for r in records if isinstance(r, Group)} == {"role"}


def test_both_refusals_are_said_after_a_crash_too(straight: str, controls: Controls) -> None:
    """What was refused before a page is remembered by the page."""
    controls.missing_scopes = {"DelegatedPermissionGrant.Read.All"}
    with microsoft(straight) as connector:
        reading = connector.grants(None)
        page = next(reading)
    with microsoft(straight) as connector, pytest.raises(Forbidden) as caught:
        list(connector.grants(page.cursor))
    assert caught.value.missing == ("DelegatedPermissionGrant.Read.All", "Application.Read.All")


def test_apps_without_leave_to_look_into_groups(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"GroupMember.Read.All"}
    error, records = refusal(straight, "apps", Forbidden)
    assert "GroupMember.Read.All" in error.missing
    assert sum(isinstance(record, Assignment) for record in records) > 500


def test_grants_of_either_kind_alone(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"DelegatedPermissionGrant.Read.All"}
    _, records = refusal(straight, "grants", Forbidden)
    assert {g.scopes for g in records if isinstance(g, Grant)} >= {("Mail.Read",)}


def test_without_entra_id_p1_the_report_is_read(straight: str, controls: Controls) -> None:
    controls.plan = "free"
    error, records = refusal(straight, "activity", Forbidden)
    assert error.missing == ("a feature of your plan",)
    assert "Entra ID P1" in error.message
    assert len({record.account for record in records}) > 100
    assert not any(record.app for record in records)


def test_accounts_never_fail_for_the_plan(straight: str, controls: Controls) -> None:
    controls.plan = "free"
    with microsoft(straight) as connector:
        assert len(read(connector, "accounts")) == 253


def test_concealed_names_are_said_where_nothing_else_tells(
    straight: str, controls: Controls, entra: Entra
) -> None:
    controls.plan, entra.concealed = "free", True
    error, records = refusal(straight, "activity", Forbidden)
    assert "conceals the names" in error.message
    assert error.missing == ("names in usage reports", "a feature of your plan")
    assert records == []


def test_concealed_names_do_not_spoil_the_log_of_sign_ins(straight: str, entra: Entra) -> None:
    entra.concealed = True
    with microsoft(straight) as connector:
        records: list[Activity] = read(connector, "activity")
    assert any(record.app for record in records)


def test_a_credential_that_is_good_no_more(straight: str, controls: Controls) -> None:
    """A token refused by Graph is fetched anew, and then the app is found to be gone."""
    with microsoft(straight) as connector:
        connector.check()
        controls.revoked = True
        with pytest.raises(Unauthorized) as caught:
            connector.check()
    assert caught.value.final
    assert "deleted" in caught.value.message


def test_a_token_that_graph_alone_refuses(straight: str, controls: Controls) -> None:
    with microsoft(straight) as connector:
        connector.check()
        controls.tokens.clear()
        assert connector.check().id


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
    straight: str, controls: Controls, stream: str, broken: Any, kind: Any, says: str
) -> None:
    with microsoft(straight) as connector:
        connector.check()
        controls.broken = broken
        error, _ = read_until_refused(connector, stream)
    assert isinstance(error, kind)
    assert says in error.message or "usage report" in error.message
    assert CLIENT not in error.message
