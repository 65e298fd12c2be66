"""A GitHub organisation, as api.github.com answers for it."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime

from flask import Flask, Response, jsonify, make_response, request

from steward.demo.company import Company, Human, Use
from steward.demo.controls import Controls, guard
from steward.demo.vendors import github_access, github_app
from steward.demo.vendors.github_answers import link, no, numbered
from steward.demo.vendors.github_graphql import graphql
from steward.demo.vendors.github_users import (
    ORG,
    Directory,
    audit_events,
    has_second_factor,
    team,
    user,
)

TOKENS = f"/app/installations/{github_app.INSTALLATION}/access_tokens"
SCOPES = ("read:org", "read:audit_log", "read:enterprise", "manage_billing:copilot")


class Dialect:
    def __init__(self, controls: Controls) -> None:
        self.controls = controls

    def token(self) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def unauthorized(self) -> Response:
        return no(401, "Bad credentials")

    def slow_down(self, ends: float) -> Response:
        return no(403, "API rate limit exceeded for user ID 1.")

    def hints(self, left: int, ends: float) -> dict[str, str]:
        granted = (s for s in SCOPES if s not in self.controls.missing_scopes)
        return {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(math.ceil(ends)),
            "X-RateLimit-Resource": "core",
            "X-OAuth-Scopes": ", ".join(granted),
        }


def simulator(company: Company, controls: Controls) -> Flask:
    app = Flask("github")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    guard(app, controls, Dialect(controls), open_paths=(TOKENS,))
    directory = Directory(company, controls)
    _organization(app, controls, directory)
    _people(app, controls, directory)
    _teams(app, controls, directory)
    _copilot(app, controls, directory)
    _audit_log(app, controls, directory)
    _enterprise(app, controls, directory)
    _access(app, controls, directory)
    _posts(app, controls, directory)
    return app


def _posts(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.post(TOKENS)
    def installation_token() -> Response:
        return _installation_token(controls)

    @app.post("/graphql")
    def questions() -> Response:
        return graphql(directory, controls)


def _installation_token(controls: Controls) -> Response:
    assertion = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if controls.revoked:
        return no(404, "Integration not found")
    if wrong := github_app.refusal(assertion, controls.public_keys):
        return no(401, wrong)
    given = github_app.installation_token(controls.missing_scopes)
    controls.tokens.add(given["token"])
    return make_response(jsonify(given), 201)


def _organization(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.before_request
    def sign_on_demanded() -> Response | None:
        if "sso" not in controls.missing_scopes or not request.path.startswith("/orgs/"):
            return None
        return no(
            403,
            "Resource protected by organization SAML enforcement.",
            **{
                "X-GitHub-SSO": f"required; url=https://github.com/orgs/{ORG}/sso?authorization_request=A1"
            },
        )

    @app.get("/orgs/<org>")
    def organization(org: str) -> Response:
        if org.casefold() != ORG:
            return no(404, "Not Found")
        return jsonify(directory.organization())


def _people(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.get(f"/orgs/{ORG}/members")
    def members() -> Response:
        """Without the scope, or outside the organisation, only public members are shown."""
        shown = directory.members
        if "read:org" in controls.missing_scopes:
            shown = [pair for pair in shown if pair[0].number % 7 == 0]
        if request.args.get("role") == "admin":
            shown = [pair for pair in shown if pair[1].role in ("owner", "admin")]
        if _asks_second_factor() and "2fa" in controls.missing_scopes:
            return no(422, "Only owners can use this filter.")
        shown = _filtered(shown)
        return numbered(controls, [user(human, use) for human, use in shown])

    @app.get(f"/orgs/{ORG}/outside_collaborators")
    def outside() -> Response:
        if "read:org" in controls.missing_scopes:
            return no(403, "Must have admin rights to Repository.")
        shown = _filtered(directory.outside)
        return numbered(controls, [user(human, use) for human, use in shown])


def _asks_second_factor() -> bool:
    return request.args.get("filter") == "2fa_disabled"


def _filtered(shown: list[tuple[Human, Use]]) -> list[tuple[Human, Use]]:
    if not _asks_second_factor():
        return shown
    return [pair for pair in shown if not has_second_factor(pair[0])]


def _teams(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.get(f"/orgs/{ORG}/teams")
    def teams() -> Response:
        if "read:org" in controls.missing_scopes:
            return no(403, "Resource not accessible by personal access token")
        return numbered(controls, [team(number, *names) for number, names in directory.teams()])

    @app.get(f"/orgs/{ORG}/teams/<slug>/members")
    def team_members(slug: str) -> Response:
        if slug not in directory.company.teams["github"]:
            return no(404, "Not Found")
        members = [pair for pair in directory.members if slug in pair[1].teams]
        return numbered(controls, [user(human, use) for human, use in members])


def _copilot(app: Flask, controls: Controls, directory: Directory) -> None:
    def refusal() -> Response | None:
        if "manage_billing:copilot" in controls.missing_scopes:
            return no(403, "Resource not accessible by personal access token")
        return no(404, "Not Found") if controls.plan == "free" else None

    @app.get(f"/orgs/{ORG}/copilot/billing")
    def billing() -> Response:
        return refusal() or jsonify(directory.copilot())

    @app.get(f"/orgs/{ORG}/copilot/billing/seats")
    def seats() -> Response:
        if refused := refusal():
            return refused
        items = [directory.seat(human, use) for human, use in directory.seated]
        return numbered(controls, items, {"total_seats": len(items)}, "seats")


def _audit_log(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.get(f"/orgs/{ORG}/audit-log")
    def audit_log() -> Response:
        """Paged by opaque cursors, which stand in the Link header alone."""
        if controls.plan != "enterprise":
            return no(404, "Not Found")
        if "read:audit_log" in controls.missing_scopes:
            return no(403, "Must have admin rights to Repository.")
        since = re.search(r"created:>=(\d{4}-\d\d-\d\d)", request.args.get("phrase", ""))
        first = date.fromisoformat(since[1]) if since else date.min
        floor = datetime.combine(first, datetime.min.time(), UTC).timestamp() * 1000
        events = [e for e in audit_events(directory) if e["@timestamp"] >= floor]
        if request.args.get("order", "desc") == "desc":
            events.reverse()
        start = int(request.args.get("after", "MS0")[2:] or 0)
        size = controls.page(int(request.args.get("per_page", 30)), 100)
        answer = jsonify(events[start : start + size])
        if start + size < len(events):
            answer.headers["Link"] = link("next", after=f"MS{start + size}", before="")
        return answer


def _enterprise(app: Flask, controls: Controls, directory: Directory) -> None:
    @app.get(f"/enterprises/{ORG}/consumed-licenses")
    def licenses() -> Response:
        if "read:enterprise" in controls.missing_scopes:
            return no(403, "Must be an enterprise admin.")
        users = [directory.licensed(human, use) for human, use in directory.members]
        users.append(directory.server_only())
        totals = {"total_seats_consumed": len(users), "total_seats_purchased": 100}
        return numbered(controls, users, totals, "users")


def _access(app: Flask, controls: Controls, directory: Directory) -> None:
    def refusal(*scopes: str) -> Response | None:
        if not controls.missing_scopes.isdisjoint(scopes):
            return no(403, "Resource not accessible by personal access token")
        return None

    @app.get(f"/orgs/{ORG}/installations")
    def installations() -> Response:
        found = github_access.installations()
        refused = refusal("read:org", "installations")
        return refused or numbered(controls, found, {"total_count": len(found)}, "installations")

    @app.get(f"/orgs/{ORG}/personal-access-tokens")
    def fine_grained() -> Response:
        """For apps alone, whose tokens begin with ghs_."""
        if not request.headers.get("Authorization", "").startswith("Bearer ghs_"):
            return no(403, "Resource not accessible by personal access token")
        refused = refusal("personal access tokens")
        return refused or numbered(controls, github_access.fine_grained(directory))

    @app.get(f"/orgs/{ORG}/credential-authorizations")
    def credentials() -> Response:
        if controls.plan != "enterprise":
            return no(404, "Not Found")
        refused = refusal("read:org", "credential-authorizations")
        return refused or numbered(controls, github_access.credentials(directory))
