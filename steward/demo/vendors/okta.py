"""Okta on loopback: the Management API as far as a reader of users, apps and sign-ons sees it."""

from __future__ import annotations

import base64
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, request

from steward.demo.company import Company, Human, SignOn, SsoApp, Use
from steward.demo.controls import Controls, guard
from steward.demo.vendors import okta_answers as answers
from steward.demo.vendors import okta_grants as let_in
from steward.demo.vendors.okta_tokens import new_token

TOKEN_PATH = "/oauth2/v1/token"
WELL_KNOWN = "/.well-known/okta-organization"
NOT_PERMITTED = "You do not have permission to perform the requested action"
FEATURE_OFF = "You do not have permission to access the feature you are requesting"
Row = dict[str, Any]
View = Callable[..., Any]


class OktaDialect:
    def __init__(self, controls: Controls) -> None:
        self.controls = controls

    def token(self) -> str:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        return value if kind in ("SSWS", "Bearer") else ""

    def unauthorized(self) -> Response:
        return _refuse(401, "E0000011", "Invalid token provided")

    def slow_down(self, ends: float) -> Response:
        return _refuse(429, "E0000047", "API call exceeded rate limit due to too many requests.")

    def hints(self, left: int, ends: float) -> dict[str, str]:
        """Okta gives no Retry-After; the reset is in whole seconds, rounded up."""
        limit = self.controls.rate_limit[0] if self.controls.rate_limit else 1000
        return {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(ends) + 1),
        }


def simulator(company: Company, controls: Controls) -> Flask:
    app = Flask("okta")
    guard(app, controls, OktaDialect(controls), open_paths=(TOKEN_PATH, WELL_KNOWN))
    people = _People(company, controls)
    _organisation(app, people)
    _users(app, people)
    _groups(app, people)
    _roles(app, people)
    _apps(app, people)
    _grants(app, people)
    _logs(app, people)
    return app


class _People:
    def __init__(self, company: Company, controls: Controls) -> None:
        self.company = company
        self.controls = controls
        self.everyone = list(company.users("okta"))

    def seen(self) -> list[tuple[Human, Use]]:
        return [pair for pair in self.everyone if pair[0].id not in self.controls.hidden]

    def row(self, human: Human, use: Use) -> Row:
        return answers.user(self.company, human, use, _base())

    def needs(self, scope: str) -> Callable[[View], View]:
        """Answers 403 while the scope is missing."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(**path: str) -> Any:
                if scope in self.controls.missing_scopes:
                    return _refuse(403, "E0000006", NOT_PERMITTED)
                return view(**path)

            return guarded

        return decorate

    def page(self, rows: Sequence[Any], most: int) -> tuple[Sequence[Any], str]:
        """Rows after the cursor, and the next cursor ("" on the last page)."""
        size = self.controls.page(request.args.get("limit", most, int), most)
        start = _position(request.args.get("after", ""))
        more = start + size < len(rows)
        return rows[start : start + size], _cursor(start + size) if more else ""


def _organisation(app: Flask, people: _People) -> None:
    @app.get("/api/v1/org")
    @people.needs("okta.orgs.read")
    def org() -> Any:
        return answers.org(people.company, _base())

    @app.get(WELL_KNOWN)
    def well_known() -> Any:
        return answers.well_known(_base())

    @app.post(TOKEN_PATH)
    def token() -> Any:
        return new_token(people.controls, _base() + TOKEN_PATH)


def _users(app: Flask, people: _People) -> None:
    @app.get("/api/v1/users")
    @people.needs("okta.users.read")
    def users() -> Any:
        wanted = re.findall(r'status eq "(\w+)"', request.args.get("filter", ""))
        found = [
            (human, use)
            for human, use in people.seen()
            if (answers.status(use) in wanted if wanted else use.status != "disabled")
        ]
        rows, after = people.page(found, 200)
        return _linked([people.row(*pair) for pair in rows], after)


def _groups(app: Flask, people: _People) -> None:
    teams = list(people.company.teams["okta"].items())

    @app.get("/api/v1/groups")
    @people.needs("okta.groups.read")
    def groups() -> Any:
        rows, after = people.page(list(enumerate(teams, 1)), 10_000)
        return _linked([answers.group(k, name, n, _base()) for n, (k, name) in rows], after)

    @app.get("/api/v1/groups/<group>/users")
    @people.needs("okta.groups.read")
    def members(group: str) -> Any:
        keys = [key for n, (key, _) in enumerate(teams, 1) if answers.group_id(n) == group]
        if not keys:
            return _not_found(group, "UserGroup")
        found = [(h, u) for h, u in people.seen() if keys[0] in u.teams]
        rows, after = people.page(found, 1000)
        return _linked([people.row(*pair) for pair in rows], after)


def _roles(app: Flask, people: _People) -> None:
    def admins() -> list[tuple[Human, Use]]:
        return [(h, u) for h, u in people.seen() if u.role in ("owner", "admin")]

    @app.get("/api/v1/iam/assignees/users")
    @people.needs("okta.roles.read")
    def assignees() -> Any:
        if people.controls.plan == "basic":
            return _refuse(401, "E0000015", FEATURE_OFF)
        rows, after = people.page(admins(), 100)
        links = {"next": {"href": _next_url(after)}} if after else {}
        return {"value": [answers.assignee(h, _base()) for h, _ in rows], "_links": links}

    @app.get("/api/v1/users/<user>/roles")
    @people.needs("okta.roles.read")
    def roles(user: str) -> Any:
        found = [answers.role(h, u, _base()) for h, u in admins() if answers.user_id(h) == user]
        return jsonify(found)

    @app.get("/api/v1/users/<user>/factors")
    @people.needs("factors")
    def factors(user: str) -> Any:
        human = next((h for h, _ in people.seen() if answers.user_id(h) == user), None)
        return jsonify(answers.factors(human, _base())) if human else _not_found(user, "User")


def _apps(app: Flask, people: _People) -> None:
    sso = people.company.sso

    @app.get("/api/v1/apps")
    @people.needs("okta.apps.read")
    def apps() -> Any:
        rows, after = people.page([*sso, *let_in.MACHINES], 200)
        return _linked([_app_row(one) for one in rows], after)

    @app.get("/api/v1/apps/<app_id>/users")
    @people.needs("okta.apps.read")
    def assigned(app_id: str) -> Any:
        one = next((one for one in sso if answers.app_id(one) == app_id), None)
        if one is None:
            return _not_found(app_id, "AppInstance")
        found = [(h, u) for h, u in people.seen() if one.key in u.apps]
        rows, after = people.page(found, 500)
        return _linked([answers.app_user(one, h, u, _base()) for h, u in rows], after)


def _app_row(one: SsoApp | let_in.Machine) -> Row:
    at = _base()
    return answers.app(one, at) if isinstance(one, SsoApp) else let_in.machine(one, at)


def _grants(app: Flask, people: _People) -> None:
    def owner() -> Human:
        return next(human for human, use in people.everyone if use.role == "owner")

    @app.get("/api/v1/users/<user>/grants")
    @people.needs("okta.users.read")
    def consents(user: str) -> Any:
        human = next((h for h, _ in people.seen() if answers.user_id(h) == user), None)
        if human is None:
            return _not_found(user, "User")
        rows, after = people.page([*let_in.consents(people.company, human, _base())], 200)
        return _linked([*rows], after)

    @app.get("/api/v1/apps/<app_id>/grants")
    @people.needs("okta.appGrants.read")
    def permitted(app_id: str) -> Any:
        machine = next((one for one in let_in.MACHINES if one.id == app_id), None)
        return jsonify([*let_in.permitted(machine, owner(), _base())] if machine else [])

    @app.get("/integrations/api/v1/api-services")
    @people.needs("okta.oauthIntegrations.read")
    def services() -> Any:
        return jsonify([let_in.service(one, owner(), _base()) for one in let_in.SERVICES])


def _logs(app: Flask, people: _People) -> None:
    events = _events(people.company.sign_ons)
    times = [event["published"] for event in events]

    @app.get("/api/v1/logs")
    @people.needs("okta.logs.read")
    def logs() -> Any:
        """Without `until` this is polling, and there is a next link for ever."""
        until = request.args.get("until")
        since = request.args.get("since", _week_before(until))
        kinds = re.findall(r'eventType eq "([\w.]+)"', request.args.get("filter", ""))
        span = slice(bisect_left(times, since), bisect_left(times, until) if until else None)
        found = [e for e in events[span] if not kinds or e["eventType"] in kinds]
        rows, after = people.page(found, 1000)
        endless = _cursor(_position(request.args.get("after", "")) + len(rows))
        return _linked(list(rows), after if until else endless)


def _events(signs: Sequence[SignOn]) -> list[Row]:
    """Who signs on to an app has signed in to Okta a minute before the first one of the day."""
    events = [answers.sign_on(sign) for sign in signs]
    by_day = sorted(signs, key=lambda sign: (sign.human.number, sign.at))
    for _, same in groupby(by_day, key=lambda sign: (sign.human.number, sign.at.date())):
        first = next(same)
        events.append(answers.session_start(first.human, first.at - timedelta(minutes=1)))
    return sorted(events, key=lambda event: event["published"])


def _week_before(until: str | None) -> str:
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    return answers.stamp(end - timedelta(days=7))


def _base() -> str:
    return request.host_url.rstrip("/")


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    padded = cursor + "=" * (-len(cursor) % 4)
    return int(base64.urlsafe_b64decode(padded).decode().partition(":")[2] or 0)


def _next_url(after: str) -> str:
    return f"{request.base_url}?{urlencode({**request.args, 'after': after})}"


def _linked(rows: list[Row], after: str) -> Response:
    """The Link header as Okta writes it: one line for each relation."""
    response = jsonify(rows)
    response.headers.add("Link", f'<{request.base_url}?{urlencode(request.args)}>; rel="self"')
    if after:
        response.headers.add("Link", f'<{_next_url(after)}>; rel="next"')
    return response


def _refuse(status: int, code: str, summary: str) -> Response:
    response = jsonify(answers.error(code, summary))
    response.status_code = status
    return response


def _not_found(what: str, kind: str) -> Response:
    return _refuse(404, "E0000007", f"Not found: Resource not found: {what} ({kind})")
