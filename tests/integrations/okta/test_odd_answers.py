"""Answers that a healthy Okta gives seldom or never."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask, jsonify, request

from steward.demo.serving import serving
from steward.demo.vendors.okta_answers import error as okta_error
from steward.integrations.okta import mapping
from steward.integrations.okta.connector import Okta
from steward.sdk.errors import Unexpected
from steward.sdk.fields import clean
from steward.sdk.records import Activity, App, Assignment, Group, Membership
from tests.integrations.okta.tenant import okta, pages, read, read_until_refused
from tests.prism import spec

ODD_NAME = "<script>alert(1)</script>"
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def user(number: int, **changes: Any) -> dict[str, Any]:
    profile = {"login": f"u{number}@a.example", "email": f"u{number}@a.example"}
    profile |= {"firstName": "Ann", "lastName": None}
    profile |= changes.pop("profile", {})
    return {"id": f"00u{number}", "status": "ACTIVE", "profile": profile} | changes


USERS = [
    user(1, profile={"firstName": ODD_NAME, "email": None, "login": "ann"}),
    user(2, status="HIBERNATING", lastLogin="2026-05-01T10:00:00+02:00"),
    {"id": "00u3", "status": "ACTIVE"},
    user(4, lastLogin="yesterday"),
    user(
        5,
        profile={"secondEmail": "x@b.example"},
        credentials={
            "emails": [{"value": "x@b.example", "status": "UNVERIFIED", "type": "SECONDARY"}]
        },
    ),
    user(
        6,
        profile={
            "displayName": "Ann B.",
            "login": "ann.b@old.example",
            "userType": "Service Account",
        },
    ),
    user(7, status="LOCKED_OUT", profile={"managerId": "00u1", "organization": "A"}),
    "not a user",
]
APPS = [
    {"id": "0oa1", "name": "saasure", "label": "Okta Admin Console", "status": "ACTIVE"},
    {
        "id": "0oa2",
        "name": "oidc_client",
        "label": "Steward",
        "status": "ACTIVE",
        "settings": {"oauthClient": {"application_type": "service"}},
    },
    {"id": "0oa3", "name": "zoomus", "label": "Zoom", "status": "INACTIVE"},
    {"id": "0oa4", "name": "figma", "status": "DELETED"},
]


def event(user_id: str, kind: str = "user.authentication.sso", **changes: Any) -> dict[str, Any]:
    target = [{"id": "0oa3", "type": "AppInstance"}, {"id": "x", "type": "AppUser"}]
    return {
        "eventType": kind,
        "published": "2026-05-02T23:59:59.999Z",
        "actor": {"id": user_id, "type": "User"},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": target,
    } | changes


EVENTS = [
    event("00u1"),
    event("00u2", "user.session.start", target=None),
    event("00u3", outcome={"result": "FAILURE"}),
    event("sys", actor={"id": "sys", "type": "SystemPrincipal"}),
    event("00u4", published="2026-05-03T01:00:00+03:00"),
]


CUSTOM = {"id": "irb1", "type": "CUSTOM", "role": "cr0A", "label": "Joiners' desk"}
ANSWERS = {
    "users": USERS,
    "groups": [{"id": f"00g{n}", "profile": {"name": f"G {n}"}} for n in (1, 2)],
    "groups/00g2/users": [{"id": "00u1"}],
    "iam/assignees/users": {"value": [{"id": "00u1"}, {"id": "00u2"}, {"id": "00u9"}]},
    "users/00u1/roles": [CUSTOM],
    "users/00u2/roles": [CUSTOM, {"id": "ra1", "type": "SUPER_ADMIN"}],
    "apps": APPS,
    "apps/0oa3/users": [{"id": "00u1"}, {"scope": "USER"}],
    "logs": EVENTS,
    "logs?after=2": [event("00u5")],
    "org": [],
}


def answer(path: str) -> Any:
    """The log slips once, and never stops offering a next page."""
    if path not in ANSWERS:
        return jsonify(okta_error("E0000007", f"Not found: Resource not found: {path}")), 404
    after = int(request.args.get("after", 0))
    first = ANSWERS[path] if "filter" not in request.args or path == "logs" else []
    response = jsonify(ANSWERS.get(f"{path}?after={after}", []) if after else first)
    if path == "logs":
        response.headers["Link"] = f'<{request.base_url}?after={after + 1}>; rel="next"'
    return response


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    app = Flask("odd")
    app.add_url_rule("/api/v1/<path:path>", view_func=answer)
    with serving(app) as url:
        yield url


def test_users_out_of_the_ordinary(odd: str) -> None:
    with okta(odd) as connector:
        first, _ = pages(connector, "accounts")
    by_id = {account.id: account for account in first.records}
    assert [problem.record for problem in first.problems] == ["00u3", "00u4", "#8"]
    assert "profile" in first.problems[0].reason
    assert (by_id["00u1"].name, by_id["00u1"].email, by_id["00u1"].emails) == (ODD_NAME, None, ())
    assert by_id["00u2"].status == "active"
    assert by_id["00u2"].attributes["app_status"] == "hibernating"
    assert by_id["00u2"].last_active_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert by_id["00u5"].emails == ()
    assert (by_id["00u6"].name, by_id["00u6"].kind) == ("Ann B.", "service")
    assert by_id["00u6"].emails == ("ann.b@old.example",)
    assert by_id["00u7"].status == "active"
    assert by_id["00u7"].attributes == {
        "app_status": "locked_out",
        "manager": "00u1",
        "manager_id": "00u1",
        "company": "A",
    }


def test_what_was_deleted_while_reading_is_passed_over(odd: str) -> None:
    with okta(odd) as connector:
        records = read(connector, "groups")
    assert records == [
        Group(id="00g1", name="G 1"),
        Group(id="00g2", name="G 2"),
        Membership(group="00g2", account="00u1"),
        Group(id="role:cr0A", name="Joiners' desk", kind="role"),
        Membership(group="role:cr0A", account="00u1"),
        Membership(group="role:cr0A", account="00u2"),
        Group(id="role:SUPER_ADMIN", name="SUPER_ADMIN", kind="role"),
        Membership(group="role:SUPER_ADMIN", account="00u2"),
    ]


def test_apps_that_are_none(odd: str) -> None:
    with okta(odd) as connector:
        found = pages(connector, "apps")
    assert [record for page in found for record in page.records] == [
        App(id="0oa3", name="Zoom", key="zoomus", active=False),
        Assignment(app="0oa3", account="00u1"),
    ]
    assert [problem.reason for page in found for problem in page.problems] == [
        "the field 'id' is missing"
    ]


def test_the_log_ends_although_okta_offers_more(odd: str) -> None:
    with okta(odd, now=NOW) as connector:
        records = read(connector, "activity")
    assert records == [
        Activity(account="00u1", day=date(2026, 5, 2), app="0oa3"),
        Activity(account="00u2", day=date(2026, 5, 2)),
        Activity(account="00u4", day=date(2026, 5, 2), app="0oa3"),
        Activity(account="00u5", day=date(2026, 5, 2), app="0oa3"),
    ]


def test_an_organisation_that_is_none(odd: str) -> None:
    with okta(odd) as connector, pytest.raises(Unexpected, match="something else"):
        connector.check()


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://a.okta.com", True),
        ("https://login.example.com/", True),
        ("http://127.0.0.1:8080", True),
        ("https://a-admin.okta.com", False),
        ("https://a.okta.com/admin/users", False),
    ],
)
def test_the_address_asked_for(address: str, right: bool) -> None:
    _, errors = clean(Okta.settings, {"url": address})
    assert [error.field for error in errors] == ([] if right else ["url"])


def test_okta_s_own_examples_can_be_read() -> None:
    examples = json.loads(spec("okta/okta.slice.json").read_text())["components"]["examples"]
    user = mapping.account(examples["ListUsersResponse"]["value"][0])
    assert (user.name, user.email) == ("Alice Smith", "alice.smith@example.com")
    app = mapping.app(examples["GetApplicationsByUserResponseEx"]["value"][0])
    assert app == App(
        id="0oa1gjh63g214q0Hq0g4", name="Custom Saml 2.0 App", key="testorgone_customsaml20app_1"
    )
    [session] = mapping.activity(examples["ListLogs"]["value"][0])
    assert session == Activity(account="00uttidj01jqL21aM1d6", day=date(2024, 8, 13))
    roles = [mapping.role(r).id for r in examples["StandardAndCustomRolesListResponse"]["value"]]
    assert "role:APP_ADMIN" in roles
    assert any(role.startswith("role:cr0") for role in roles)


def test_a_log_that_goes_in_circles() -> None:
    app = Flask("circles")

    @app.get("/api/v1/logs")
    def logs() -> Any:
        after = (int(request.args.get("after", 0)) + 1) % 3
        return jsonify(EVENTS), {"Link": f'<{request.base_url}?after={after}>; rel="next"'}

    with serving(app) as url, okta(url, now=NOW) as connector:
        error, records = read_until_refused(connector, "activity")
    assert isinstance(error, Unexpected)
    assert records
