"""Answers that a healthy Graph gives seldom or never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, jsonify, request

from steward.demo.serving import serving
from steward.integrations.microsoft_365 import mapping
from steward.sdk.errors import Unexpected
from steward.sdk.records import Assignment, Group, License, Membership, Seat
from tests.integrations.microsoft_365.tenant import microsoft, pages, read, read_until_refused

E3, FREE = "05E9A617-0261-4cee-bb44-138d3ef5d965", "f30db892-07e9-47e9-837c-80727f46fd3d"


def user(number: int, **changes: Any) -> dict[str, Any]:
    address = f"u{number}@a.example"
    return {"id": f"u{number}", "mail": address, "userPrincipalName": address} | changes


USERS = [
    user(1, mail=None, userPrincipalName="no address", displayName=None),
    user(2, mail=None, userPrincipalName="pat_b.example#EXT#@a.example", userType="Guest"),
    user(
        3,
        proxyAddresses=[
            "SMTP:U3@a.example",
            "smtp:three@a.example",
            "X500:/o=A",
            "sip:u3@a.example",
        ],
        otherMails=["three@a.example", "3@b.example", "nonsense"],
    ),
    user(4, accountEnabled=False, assignedLicenses=[{"skuId": FREE}]),
    user(5, assignedLicenses=[{"skuId": E3}, {"skuId": "unheard-of"}], employeeType="Bot"),
    {"displayName": "Nobody"},
    user(7, createdDateTime="yesterday"),
    user(8, employeeLeaveDateTime="2026-07-01T00:00:00Z", employeeHireDate="0001-01-01T00:00:00Z"),
    "not a user",
]
SKUS = [
    {"skuId": E3, "skuPartNumber": "SPE_E3", "prepaidUnits": {"enabled": 0}, "appliesTo": "User"},
    {"skuId": FREE, "skuPartNumber": "FLOW_FREE", "prepaidUnits": {"enabled": 10_000}},
    {"skuId": "storage", "skuPartNumber": "SHAREPOINTSTORAGE", "appliesTo": "Company"},
    {"skuId": "new", "skuPartNumber": "BRAND_NEW", "prepaidUnits": None},
]
PRINCIPALS = [
    {"id": "sp1", "appId": "a1", "displayName": "Desk", "servicePrincipalType": "Application"},
    {"id": "sp2", "appId": None, "displayName": "Old", "servicePrincipalType": "Legacy"},
    {"id": "sp3", "appId": "a3", "servicePrincipalType": "SocialIdp"},
]
ANSWERS: dict[str, Any] = {
    "users": USERS,
    "subscribedSkus": SKUS,
    "groups": [{"id": "g1", "displayName": "One"}, {"id": "g2", "displayName": None}],
    "groups/g1/members": [
        {"@odata.type": "#microsoft.graph.user", "id": "u1"},
        {"@odata.type": "#microsoft.graph.group", "id": "g2"},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "sp1"},
    ],
    "roleManagement/directory/roleDefinitions": [{"id": "r1", "displayName": "Desk admin"}],
    "roleManagement/directory/roleAssignments": [
        {"roleDefinitionId": "r1", "principalId": "u1"},
        {"roleDefinitionId": "r9", "principalId": "u1"},
    ],
    "servicePrincipals": PRINCIPALS,
    "servicePrincipals/sp1/appRoleAssignedTo": [
        {"principalType": "User", "principalId": "u1"},
        {"principalType": "Group", "principalId": "gone"},
        {"principalType": "ServicePrincipal", "principalId": "sp2"},
        {"principalType": "User"},
    ],
    "servicePrincipals/sp2/appRoleAssignedTo": [],
}


def answer(path: str) -> Any:
    if path == "users/delta":
        return jsonify({"error": {"code": "NotImplemented"}}), 501
    if path not in ANSWERS:
        return jsonify({"error": {"code": "Request_ResourceNotFound"}}), 404
    return jsonify({"value": ANSWERS[path]})


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    app = Flask("odd")

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Any:
        return {"access_token": "opaque", "expires_in": "3599"}

    @app.post("/v1.0/$batch")
    def batch() -> Any:
        found = []
        for one in request.get_json()["requests"]:
            path = one["url"].partition("?")[0].strip("/")
            there = path in ANSWERS
            body = {"value": ANSWERS[path]} if there else {"error": {"code": "gone"}}
            found.append({"id": one["id"], "status": 200 if there else 404, "body": body})
        return jsonify({"responses": found})

    app.add_url_rule("/v1.0/<path:path>", view_func=answer)
    with serving(app) as url:
        yield url


def test_users_out_of_the_ordinary(odd: str) -> None:
    with microsoft(odd) as connector:
        (page,) = pages(connector, "accounts")
    by_id = {account.id: account for account in page.records}
    assert [problem.record for problem in page.problems] == ["#6", "u7", "#9"]
    assert (by_id["u1"].email, by_id["u1"].username, by_id["u1"].name) == (None, "no address", "")
    assert (by_id["u2"].email, by_id["u2"].kind) == (None, "guest")
    assert by_id["u3"].emails == ("three@a.example", "3@b.example")
    assert (by_id["u4"].status, by_id["u4"].holds_seat) == ("disabled", False)
    assert (by_id["u5"].kind, by_id["u5"].holds_seat) == ("service", True)
    assert by_id["u3"].holds_seat is None
    assert by_id["u8"].attributes == {"end_date": "2026-07-01"}


def test_where_changes_cannot_be_asked_for_there_is_no_mark(odd: str) -> None:
    with microsoft(odd) as connector:
        assert pages(connector, "accounts")[-1].mark is None


def test_licences_out_of_the_ordinary(odd: str) -> None:
    """Lapsed ones count as none bought; free ones and those of the company as a whole are no
    seats; ids are compared whatever their case."""
    with microsoft(odd) as connector:
        found = pages(connector, "licenses")
    assert [record for page in found for record in page.records] == [
        License(id=E3.lower(), name="Microsoft 365 E3", purchased=0),
        License(id="new", name="BRAND_NEW", purchased=None),
        Seat(license=E3.lower(), account="u5"),
    ]


def test_groups_hold_people_alone(odd: str) -> None:
    with microsoft(odd) as connector:
        assert read(connector, "groups") == [
            Group(id="g1", name="One"),
            Group(id="g2", name="g2"),
            Membership(group="g1", account="u1"),
            Group(id="role:r1", name="Desk admin", kind="role"),
            Membership(group="role:r1", account="u1"),
            Group(id="role:r9", name="r9", kind="role"),
            Membership(group="role:r9", account="u1"),
        ]


def test_apps_out_of_the_ordinary(odd: str) -> None:
    """A group that was deleted since gives nobody anything; an old app has no id but its own."""
    with microsoft(odd) as connector:
        found = pages(connector, "apps")
    records = [record for page in found for record in page.records]
    assert [app.id for app in records if hasattr(app, "key")] == ["a1", "sp2"]
    assert [r for r in records if isinstance(r, Assignment)] == [Assignment(app="a1", account="u1")]
    assert [problem.reason for page in found for problem in page.problems] == [
        "the field 'principalId' is missing"
    ]


def test_a_list_that_leads_elsewhere_is_not_followed() -> None:
    link = "https://graph.attacker.example/v1.0/users?$skiptoken=1"
    app = Flask("elsewhere")

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Any:
        return {"access_token": "opaque", "expires_in": 3599}

    @app.get("/v1.0/users/delta")
    def delta() -> Any:
        return {"error": {"code": "NotImplemented"}}, 501

    @app.get("/v1.0/users")
    def users() -> Any:
        return jsonify({"value": [user(1)], "@odata.nextLink": link})

    with serving(app) as url, microsoft(url) as connector:
        error, records = read_until_refused(connector, "accounts")
    assert isinstance(error, Unexpected)
    assert "another host" in error.message
    assert len(records) == 1


def test_a_time_may_be_written_with_seven_digits() -> None:
    made = mapping.account(user(1, createdDateTime="2026-05-02T08:00:00.1234567Z"))
    assert made.created_at == datetime(2026, 5, 2, 8, 0, 0, 123456, tzinfo=UTC)
