"""Google on loopback: the Directory, Reports and License Manager APIs, and the token endpoint, as
far as a reader sees them. All three hosts are one here."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from flask import Flask, Response, request

from steward.demo.company import Company
from steward.demo.controls import guard
from steward.demo.vendors import google_answers as answers
from steward.demo.vendors.google_controls import GoogleControls, GoogleDialect, refuse
from steward.demo.vendors.google_fields import chosen, mask
from steward.demo.vendors.google_reports import licensing, reports
from steward.demo.vendors.google_tenant import Google
from steward.demo.vendors.google_tokens import CONSENT_PATH, TOKEN_PATH, token_endpoint
from steward.demo.workplace import LET_IN

DIRECTORY = "/admin/directory/v1"


def simulator(company: Company, controls: GoogleControls) -> Flask:
    app = Flask(__name__)
    guard(app, controls, GoogleDialect(controls), open_paths=(TOKEN_PATH, CONSENT_PATH))
    token_endpoint(app, controls)
    google = Google(company, controls)
    _users(app, google)
    _groups(app, google)
    _roles(app, google)
    reports(app, google)
    licensing(app, google)
    app.after_request(_with_fields)
    return app


def _users(app: Flask, google: Google) -> None:
    @app.get(f"{DIRECTORY}/users")
    @google.needs("admin.directory.user.readonly")
    def users() -> Any:
        if "customer" not in request.args and "domain" not in request.args:
            return refuse(400, "badRequest", "Bad Request")
        rows = [answers.user(google.company, *pair) for pair in google.seen()]
        if request.args.get("projection", "basic") != "full":
            rows = [{k: v for k, v in row.items() if k != "customSchemas"} for row in rows]
        return google.page("admin#directory#users", "users", rows, 500, 100)

    @app.get(f"{DIRECTORY}/users/<user>/tokens")
    @google.needs("admin.directory.user.security")
    def tokens(user: str) -> Any:
        human = next((h for h, _ in google.seen() if answers.user_id(h) == user), None)
        if human is None:
            return refuse(404, "notFound", "Resource Not Found: userKey")
        given = [app for app in LET_IN if app.is_let_in_by(human) and not app.over]
        items = [answers.token(human, app) for app in given]
        body = {"kind": "admin#directory#tokenList", "etag": f'"{len(items)}"'}
        return body | ({"items": items} if items else {})

    @app.get(f"{DIRECTORY}/customers/<customer>")
    @google.needs("admin.directory.customer.readonly")
    def customer(customer: str) -> Any:
        return answers.customer(google.company)


def _groups(app: Flask, google: Google) -> None:
    """“All staff” holds the groups of the departments and nobody directly; an agency's people are
    in the group of the contractors."""
    teams = list(google.company.teams["google"].items())
    numbers = {key: number for number, (key, _) in enumerate(teams, 1)}

    def direct(key: str) -> list[dict[str, Any]]:
        if key == "everyone":
            inner = [name for name in numbers if name != "everyone"]
            domain = google.company.domain
            return [answers.inner_group(numbers[name], name, domain) for name in inner]
        own = [answers.member(h, u) for h, u in google.seen() if key in u.teams]
        return own + ([answers.outsider(n) for n in (1, 2)] if key == "contractors" else [])

    def derived(key: str) -> list[dict[str, Any]]:
        inner = [row for row in direct(key) if row["type"] == "GROUP"]
        keys = [name for name in numbers if answers.group_id(numbers[name]) in _ids(inner)]
        rows = direct(key) + [row for name in keys for row in direct(name)]
        return list({row["id"]: row for row in rows}.values())

    @app.get(f"{DIRECTORY}/groups")
    @google.needs("admin.directory.group.readonly")
    def groups() -> Any:
        domain = google.company.domain
        rows = [
            answers.group(key, name, n, len(direct(key)), domain)
            for n, (key, name) in enumerate(teams, 1)
        ]
        return google.page("admin#directory#groups", "groups", rows, 200, 200)

    @app.get(f"{DIRECTORY}/groups/<group>/members")
    @google.needs("admin.directory.group.readonly")
    def members(group: str) -> Any:
        key = next((k for k, n in numbers.items() if answers.group_id(n) == group), None)
        if key is None:
            return refuse(404, "notFound", "Resource Not Found: groupKey")
        deep = request.args.get("includeDerivedMembership") == "true"
        rows = derived(key) if deep else direct(key)
        return google.page("admin#directory#members", "members", rows, 200, 200)


def _ids(rows: list[dict[str, Any]]) -> set[str]:
    return {str(row["id"]) for row in rows}


def _roles(app: Flask, google: Google) -> None:
    """The group of Security may look after groups, as a whole."""
    top, desk, minding = answers.ROLES
    security = list(google.company.teams["google"]).index("security") + 1

    @app.get(f"{DIRECTORY}/customer/<customer>/roles")
    @google.needs("admin.directory.rolemanagement.readonly")
    def roles(customer: str) -> Any:
        rows = [answers.role(number) for number in answers.ROLES]
        return google.page("admin#directory#roles", "items", rows, 100, 100)

    @app.get(f"{DIRECTORY}/customer/<customer>/roleassignments")
    @google.needs("admin.directory.rolemanagement.readonly")
    def assignments(customer: str) -> Any:
        held = {"owner": top, "admin": desk}
        number = count(1)
        rows = [
            answers.assignment(next(number), held[use.role], answers.user_id(human))
            for human, use in google.seen()
            if use.role in held
        ]
        group = answers.group_id(security)
        rows.insert(1, answers.assignment(next(number), minding, group, "group"))
        return google.page("admin#directory#roleAssignments", "items", rows, 200, 200)


def _with_fields(response: Response) -> Response:
    """`fields` leaves away all that was not asked for; it never touches an error."""
    asked = request.args.get("fields")
    if not asked or response.status_code != 200 or not response.get_data().startswith(b"{"):
        return response
    try:
        body = chosen(response.get_json(), mask(asked))
    except ValueError:
        return refuse(400, "invalidParameter", f"Invalid field selection {asked}")
    response.set_data(json.dumps(body))
    return response
