"""A Slack workspace, as slack.com/api answers for it. Refusals come with status 200."""

from __future__ import annotations

import math
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeAlias

from flask import Flask, Response, jsonify, request

from steward.demo.company import Company
from steward.demo.controls import Controls, guard
from steward.demo.vendors.slack_apps import log
from steward.demo.vendors.slack_oauth import ACCESS, AUTHORIZE, add_oauth
from steward.demo.vendors.slack_team import Workspace

SCOPES = ("identify", "users:read", "users:read.email", "usergroups:read", "team:read", "admin")
View: TypeAlias = Callable[[], Response]


class Dialect:
    def __init__(self, controls: Controls) -> None:
        self.controls = controls

    def token(self) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def unauthorized(self) -> Response:
        return no("token_revoked" if self.controls.revoked else "invalid_auth")

    def slow_down(self, ends: float) -> Response:
        answer = no("ratelimited")
        answer.status_code = 429
        answer.headers["Retry-After"] = str(max(1, math.ceil(ends - time.time())))
        return answer

    def hints(self, left: int, ends: float) -> dict[str, str]:
        granted = (s for s in SCOPES if s not in self.controls.missing_scopes)
        return {"X-OAuth-Scopes": ",".join(granted)}


def no(error: str, **more: str) -> Response:
    return jsonify({"ok": False, "error": error, **more})


def simulator(company: Company, controls: Controls) -> Flask:
    app = Flask("slack")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    guard(app, controls, Dialect(controls), open_paths=(AUTHORIZE, ACCESS))
    workspace = Workspace(company, controls)
    add_oauth(app, controls, workspace.identity()["user_id"])
    _identity(app, workspace)
    _users(app, workspace, controls)
    _billing(app, workspace, controls)
    _access_logs(app, workspace, controls)
    _integration_logs(app, workspace, controls)
    return app


def needs(controls: Controls, scope: str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded() -> Response:
            if scope in controls.missing_scopes:
                provided = ",".join(s for s in SCOPES if s not in controls.missing_scopes)
                return no("missing_scope", needed=scope, provided=provided)
            return view()

        return guarded

    return decorate


def _identity(app: Flask, workspace: Workspace) -> None:
    @app.route("/auth.test", methods=["GET", "POST"])
    def auth_test() -> Response:
        return jsonify(workspace.identity())

    @app.get("/team.info")
    def team_info() -> Response:
        return jsonify({"ok": True, "team": workspace.team()})


def _users(app: Flask, workspace: Workspace, controls: Controls) -> None:
    @app.get("/users.list")
    @needs(controls, "users:read")
    def users() -> Response:
        members = [workspace.user(*pair) for pair in workspace.members()]
        members += [workspace.slackbot()]
        if "users:read.email" in controls.missing_scopes:
            for member in members:
                member["profile"].pop("email", None)
        part, cursor = cursored(controls, members, 1000)
        return jsonify(
            {
                "ok": True,
                "members": part,
                "cache_ts": int(time.time()),
                "response_metadata": {"next_cursor": cursor},
            }
        )

    @app.get("/usergroups.list")
    @needs(controls, "usergroups:read")
    def usergroups() -> Response:
        named = request.args.get("include_users") in ("true", "1")
        return jsonify({"ok": True, "usergroups": workspace.usergroups(named)})


def _billing(app: Flask, workspace: Workspace, controls: Controls) -> None:
    @app.get("/team.billableInfo")
    @needs(controls, "admin")
    def billable() -> Response:
        """Paged where `limit` is given, else whole."""
        items = list(workspace.billed().items())
        part, cursor = cursored(controls, items, len(items))
        body = {"ok": True, "billable_info": dict(part)}
        return jsonify(body | {"response_metadata": {"next_cursor": cursor}})


def _access_logs(app: Flask, workspace: Workspace, controls: Controls) -> None:
    @app.get("/team.accessLogs")
    @needs(controls, "admin")
    def access_logs() -> Response:
        if controls.plan == "free":
            return no("paid_only")
        asked, page = int(request.args.get("count", 100)), int(request.args.get("page", 1))
        if asked > 1000 or page > 100:
            return no("over_pagination_limit")
        before = int(request.args.get("before", time.time()))
        found = [login for login in workspace.logins() if login["date_last"] <= before]
        return numbered(controls, "logins", found)


def _integration_logs(app: Flask, workspace: Workspace, controls: Controls) -> None:
    @app.get("/team.integrationLogs")
    @needs(controls, "admin")
    def integration_logs() -> Response:
        return numbered(controls, "logs", log(workspace.company, workspace.members()))


def numbered(controls: Controls, name: str, found: Sequence[Any]) -> Response:
    page = int(request.args.get("page", 1))
    size = controls.page(int(request.args.get("count", 100)), 1000)
    paging = {
        "count": size,
        "total": len(found),
        "page": page,
        "pages": max(1, math.ceil(len(found) / size)),
    }
    part = found[(page - 1) * size : page * size]
    return jsonify({"ok": True, name: part, "paging": paging})


def cursored(controls: Controls, items: Sequence[Any], most: int) -> tuple[Sequence[Any], str]:
    """The asked part, and the cursor after it: an empty string at the end."""
    size = controls.page(int(request.args.get("limit", most)), most)
    cursor = request.args.get("cursor", "")
    start = int(b64decode(cursor).decode().partition(":")[2]) if cursor else 0
    end = start + size
    more = b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], more
