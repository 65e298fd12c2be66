"""A simulated team, as api.dropboxapi.com answers for it, and the connector pointed at it.

Errors as in the public Stone description (auth) and the HTTP documentation.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request

from steward.demo.controls import Controls, guard
from steward.integrations.dropbox.connector import Dropbox
from steward.sdk.connector import Tenant
from steward.sdk.context import Context, MemoryTokens
from steward.sdk.network import Network
from steward.sdk.records import Record
from tests.integrations.dropbox.team import NOW, SIZE, TEAM, events, linked, member

CLIENT, SECRET = "demo-client", "demo-secret"
GRANTED = (
    "account_info.read",
    "team_info.read",
    "members.read",
    "groups.read",
    "sessions.list",
    "events.read",
)
AUTHORIZE, ACCESS = "/oauth2/authorize", "/oauth2/token"
SCOPE_OF = {
    "/2/team/get_info": "team_info.read",
    "/2/team/members/list_v2": "members.read",
    "/2/team/members/list/continue_v2": "members.read",
    "/2/team/groups/list": "groups.read",
    "/2/team/groups/list/continue": "groups.read",
    "/2/team/linked_apps/list_members_linked_apps": "sessions.list",
    "/2/team_log/get_events": "events.read",
    "/2/team_log/get_events/continue": "events.read",
}


@dataclass
class Team:
    """`lost` are how many cursors, from the next on, have lost their validity when they come back;
    `empty` puts a page without events before each page of them. A `stuck` list has more for ever,
    at the cursor `stuck_at`. Scopes that are `unticked` are missing in the App Console too.
    """

    controls: Controls = field(default_factory=Controls)
    lost: int = 0
    empty: bool = False
    stuck: bool = False
    stuck_at: str | None = None
    unticked: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=lambda: {"demo-refresh"})
    cursors: dict[str, tuple[Sequence[Any], int, bool]] = field(default_factory=dict)

    def token(self) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def unauthorized(self) -> Response:
        return no(401, "expired_access_token")

    def slow_down(self, ends: float) -> Response:
        seconds = max(1, round(ends - datetime.now(UTC).timestamp()))
        limit = {"reason": {".tag": "too_many_requests"}, "retry_after": seconds}
        answer = jsonify({"error_summary": "too_many_requests/.", "error": limit})
        answer.status_code = 429
        return answer

    def hints(self, left: int, ends: float) -> dict[str, str]:
        return {"X-Dropbox-Request-Id": secrets.token_hex(8)}

    def page(self, name: str, items: Sequence[Any]) -> Response:
        """The first page, of as many as were asked for."""
        asked = request.get_json()
        self.asked.append(asked)
        return self._from(name, items, 0, empty=self.empty)

    def next_page(self, name: str) -> Response:
        cursor = request.get_json()["cursor"]
        if self.lost or cursor not in self.cursors:
            self.lost -= bool(self.lost)
            return no(409, "reset" if name in ("events", "apps") else "invalid_cursor")
        items, start, empty = self.cursors.pop(cursor)
        return self._from(name, items, start, empty=empty)

    def _from(self, name: str, items: Sequence[Any], start: int, *, empty: bool) -> Response:
        size = 0 if empty else self.controls.page(int(request.get_json().get("limit", 1000)), 1000)
        more, cursor = start + size < len(items), f"{name}-{start + size}-{int(empty)}"
        self.cursors[cursor] = (items, start + size, self.empty and not empty)
        part = list(items[start : start + size])
        if self.stuck:
            self.cursors[str(self.stuck_at)] = (items, 0, False)
            return jsonify({name: part, "cursor": self.stuck_at, "has_more": True})
        return jsonify({name: part, "cursor": cursor, "has_more": more})


def no(status: int, tag: str, **more: Any) -> Response:
    answer = jsonify({"error_summary": f"{tag}/..", "error": {".tag": tag, **more}})
    answer.status_code = status
    return answer


def simulator(team: Team) -> Flask:
    app = Flask("dropbox")
    guard(app, team.controls, team, open_paths=(AUTHORIZE, ACCESS))
    _oauth(app, team)
    _scoped(app, team)
    _lists(app, team)
    return app


def _scoped(app: Flask, team: Team) -> None:
    @app.before_request
    def scoped() -> Response | None:
        needed = SCOPE_OF.get(request.path, "")
        if needed in team.controls.missing_scopes and team.unticked:
            return Response("Your app is not permitted to access this endpoint", status=400)
        if needed in team.controls.missing_scopes:
            return no(401, "missing_scope", required_scope=needed)
        if team.controls.plan == "basic" and request.path.startswith("/2/team_log"):
            return no(403, "invalid_account_type", invalid_account_type={".tag": "feature"})
        return None

    @app.post("/2/team/get_info")
    def get_info() -> Response:
        assert not request.data
        return jsonify(
            {
                "name": "Northwind Labs",
                "team_id": TEAM,
                "num_licensed_users": 40,
                "num_provisioned_users": SIZE - 3,
                "num_used_licenses": SIZE - 3,
            }
        )


def _lists(app: Flask, team: Team) -> None:
    @app.post("/2/team/members/list_v2")
    def members() -> Response:
        shown = [member(n) for n in range(1, SIZE + 1)]
        if not request.get_json()["include_removed"]:
            shown = [m for m in shown if m["profile"]["status"][".tag"] != "removed"]
        return team.page("members", shown)

    @app.post("/2/team/groups/list")
    def groups() -> Response:
        names = {"g:0": "Design", "g:1": "Sales", "g:2": "Support", "g:all": "Everyone"}
        shown = [{"group_id": i, "group_name": n, "member_count": 3} for i, n in names.items()]
        return team.page("groups", shown)

    @app.post("/2/team/linked_apps/list_members_linked_apps")
    def apps() -> Response:
        return team.next_page("apps") if request.get_json() else team.page("apps", linked())

    @app.post("/2/team_log/get_events")
    def log() -> Response:
        span = request.get_json()["time"]
        within = [e for e in events() if span["start_time"] <= e["timestamp"] < span["end_time"]]
        return team.page("events", within)

    for path, name in (
        ("/2/team/members/list/continue_v2", "members"),
        ("/2/team/groups/list/continue", "groups"),
        ("/2/team_log/get_events/continue", "events"),
    ):
        app.add_url_rule(path, path, lambda name=name: team.next_page(name), methods=["POST"])


def _oauth(app: Flask, team: Team) -> None:
    @app.get(AUTHORIZE)
    def authorize() -> Any:
        asked = request.args.to_dict()
        assert asked["client_id"] == CLIENT
        code = secrets.token_hex(8)
        team.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return redirect(f"{asked['redirect_uri']}?{back}")

    @app.post(ACCESS)
    def access() -> Any:
        form = request.form
        if form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
            return {"error": "invalid_client", "error_description": "Invalid client_id"}, 401
        if form["grant_type"] == "refresh_token":
            good = form["refresh_token"] in team.refresh and not team.controls.revoked
            return _token(team) if good else ({"error": "invalid_grant"}, 400)
        asked = team.codes.pop(form["code"], None)
        if (
            not asked
            or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]
        ):
            return {"error": "invalid_grant", "error_description": "code doesn't exist"}, 400
        lasting = asked.get("token_access_type") == "offline"
        return {**_token(team), **({"refresh_token": _refresh(team)} if lasting else {})}


def _refresh(team: Team) -> str:
    token = f"refresh-{secrets.token_hex(8)}"
    team.refresh.add(token)
    return token


def _token(team: Team) -> dict[str, Any]:
    token = f"sl.{secrets.token_hex(12)}"
    team.controls.tokens.add(token)
    scopes = [s for s in GRANTED if s not in team.controls.missing_scopes]
    told = {"access_token": token, "token_type": "bearer", "expires_in": 14400}
    return {**told, "scope": " ".join(scopes), "team_id": TEAM, "uid": ""}


def dropbox(url: str, refresh: str = "demo-refresh", **more: Any) -> Dropbox:
    tokens = MemoryTokens()
    tokens.save({"refresh_token": refresh})
    context: dict[str, Any] = {"auth": "oauth", "network": Network.of("127.0.0.0/8"), "now": NOW}
    settings = {"url": url, "consent_url": f"{url}{AUTHORIZE}"}
    credentials = {"client_id": CLIENT, "client_secret": SECRET}
    return Dropbox(Context(settings, credentials, tokens=tokens, **{**context, **more}))


def read(url: str, stream: str, after: Any = None, **more: Any) -> list[Record]:
    connector = dropbox(url, **more)
    try:
        pages = list(getattr(connector, stream)(after))
    finally:
        connector.close()
    assert not [problem for page in pages for problem in page.problems]
    return [record for page in pages for record in page.records]


def check(url: str) -> Tenant:
    connector = dropbox(url)
    try:
        return connector.check()
    finally:
        connector.close()
