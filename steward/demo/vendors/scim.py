"""An app that speaks SCIM 2.0 below /scim/v2 (RFC 7643, RFC 7644), with an attribute of its own
for the last sign-in and an OAuth token endpoint beside it."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Flask, Response, json, request

from steward.demo.company import Company, Human, Use
from steward.demo.controls import Controls, guard

ROOT = "/scim/v2"
CORE = "urn:ietf:params:scim:schemas:core:2.0"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACTIVITY = "urn:example:params:scim:schemas:extension:activity:2.0:User"
CLIENT = ("steward", "client-secret")
# What an admin would enter besides the address, so that seats and last activity are known.
SETTINGS = {
    "seats": "listed",
    "seat_names": "full-seat",
    "last_active_attribute": f"{ACTIVITY}:lastLogin",
}
LARGEST_PAGE = 100
_FILTER = re.compile(
    r'\s*(userName|displayName|externalId|id)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE
)


@dataclass
class Dialect:
    """The credential may come as a bearer token, as a Basic password or in X-Api-Key."""

    controls: Controls

    def token(self) -> str:
        sent = request.authorization
        if sent is None:
            return request.headers.get("X-Api-Key", "")
        return (sent.token if sent.type == "bearer" else sent.password) or ""

    def unauthorized(self) -> Response:
        return refused(401, "The access token is invalid or was revoked.")

    def slow_down(self, ends: float) -> Response:
        answer = refused(429, "Too many requests.")
        answer.headers["Retry-After"] = str(max(1, math.ceil(ends - time.time())))
        return answer

    def hints(self, left: int, ends: float) -> dict[str, str]:
        return {}


def simulator(company: Company, controls: Controls) -> Flask:
    app = Flask("scim")
    guard(app, controls, Dialect(controls), open_paths=("/oauth/token",))
    directory = Directory(company, controls)
    _discovery(app)
    _token_endpoint(app, controls)
    _lists(app, controls, "Users", directory.users)
    _lists(app, controls, "Groups", directory.groups)

    @app.errorhandler(404)
    def missing(_: Exception) -> Response:
        return refused(404, "Resource not found.")

    @app.errorhandler(405)
    def read_only(_: Exception) -> Response:
        return refused(501, "This demo app is read-only.")

    return app


@dataclass
class Directory:
    company: Company
    controls: Controls

    def users(self) -> list[dict[str, Any]]:
        return [_user(self.company, human, use) for human, use in self._present()]

    def groups(self) -> list[dict[str, Any]]:
        return [self._group(key, name) for key, name in self.company.teams["scim"].items()]

    def _present(self) -> Iterator[tuple[Human, Use]]:
        users = self.company.users("scim")
        return ((h, u) for h, u in users if h.id not in self.controls.hidden)

    def _group(self, key: str, name: str) -> dict[str, Any]:
        members = [
            {
                "value": id_of(human),
                "display": human.name,
                "type": "User",
                "$ref": f"{request.host_url}scim/v2/Users/{id_of(human)}",
            }
            for human, use in self._present()
            if key in use.teams
        ]
        own = str(uuid5(NAMESPACE_URL, f"group:{key}"))
        group = {"schemas": [f"{CORE}:Group"], "id": own, "displayName": name, "members": members}
        return _with_meta(group, "Group", self.company.today.isoformat() + "T00:00:00Z")


def id_of(human: Human) -> str:
    return str(uuid5(NAMESPACE_URL, human.id))


def _user(company: Company, human: Human, use: Use) -> dict[str, Any]:
    user: dict[str, Any] = {
        "schemas": [f"{CORE}:User", ENTERPRISE, ACTIVITY],
        "id": id_of(human),
        "userName": use.username,
        "name": {"formatted": human.name, "givenName": human.first, "familyName": human.last},
        "displayName": human.name,
        "title": human.title,
        "userType": human.employment.title(),
        "active": use.status == "active",
        "emails": [{"value": use.email, "type": "work", "primary": True}],
        "roles": [{"value": use.role, "display": use.role.title(), "primary": True}],
        "entitlements": [{"value": "full-seat", "display": "Full seat"}] if use.holds_seat else [],
        ENTERPRISE: {"department": human.department, **_manager(company, human)},
    }
    if use.last_active:
        user[ACTIVITY] = {"lastLogin": _text(use.last_active)}
    started = datetime(human.started.year, human.started.month, human.started.day, tzinfo=UTC)
    return _with_meta(user, "User", _text(started))


def _manager(company: Company, human: Human) -> dict[str, Any]:
    if not human.manager_id:
        return {}
    manager = company.human(human.manager_id)
    return {"manager": {"value": id_of(manager), "displayName": manager.name}}


def _with_meta(resource: dict[str, Any], kind: str, created: str) -> dict[str, Any]:
    version = sha256(json.dumps(resource, sort_keys=True).encode()).hexdigest()[:12]
    meta = {
        "resourceType": kind,
        "created": created,
        "lastModified": created,
        "version": f'W/"{version}"',
        "location": f"{request.host_url}scim/v2/{kind}s/{resource['id']}",
    }
    return {**resource, "meta": meta}


def _lists(app: Flask, controls: Controls, path: str, read: Any) -> None:
    @app.get(f"{ROOT}/{path}", endpoint=path)
    def listed() -> Response:
        if f"GET /{path}" in controls.missing_scopes:
            return refused(403, f"The token may not read {path}.")
        found = _filtered(read())
        if isinstance(found, Response):
            return found
        start = max(1, request.args.get("startIndex", 1, int))
        count = controls.page(max(0, request.args.get("count", LARGEST_PAGE, int)), LARGEST_PAGE)
        part = found[start - 1 : start - 1 + count]
        return answer(
            {
                "schemas": [f"{MESSAGES}:ListResponse"],
                "totalResults": len(found),
                "startIndex": start,
                "itemsPerPage": len(part),
                "Resources": [_without_excluded(resource) for resource in part],
            }
        )

    @app.get(f"{ROOT}/{path}/<own>", endpoint=f"{path}-one")
    def one(own: str) -> Response:
        found = next((resource for resource in read() if resource["id"] == own), None)
        if found is None:
            return refused(404, f"Resource {own} not found.")
        if request.headers.get("If-None-Match") == found["meta"]["version"]:
            return Response(status=304)
        given = answer(_without_excluded(found))
        given.headers["ETag"] = found["meta"]["version"]
        return given


def _filtered(resources: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]] | Response:
    asked = request.args.get("filter")
    if not asked:
        return resources
    match = _FILTER.fullmatch(asked)
    if not match:
        return refused(400, "The filter is not supported.", "invalidFilter")
    wanted = re.sub(r"\\(.)", r"\1", match[2]).casefold()
    names = {name.lower(): name for name in ("userName", "displayName", "externalId", "id")}
    attribute = names[match[1].lower()]
    return [r for r in resources if str(r.get(attribute, "")).casefold() == wanted]


def _without_excluded(resource: dict[str, Any]) -> dict[str, Any]:
    excluded = request.args.get("excludedAttributes", "").split(",")
    return {name: value for name, value in resource.items() if name not in excluded}


def _discovery(app: Flask) -> None:
    @app.get(f"{ROOT}/ServiceProviderConfig")
    def configuration() -> Response:
        off = {"supported": False}
        return answer(
            {
                "schemas": [f"{CORE}:ServiceProviderConfig"],
                "patch": off,
                "bulk": {**off, "maxOperations": 0, "maxPayloadSize": 0},
                "filter": {"supported": True, "maxResults": LARGEST_PAGE},
                "changePassword": off,
                "sort": off,
                "etag": {"supported": True},
                "authenticationSchemes": [
                    {
                        "type": "oauthbearertoken",
                        "name": "Bearer token",
                        "description": "A token made in the app's settings.",
                        "primary": True,
                    }
                ],
            }
        )

    @app.get(f"{ROOT}/ResourceTypes")
    def types() -> Response:
        kinds = [
            {
                "schemas": [f"{CORE}:ResourceType"],
                "id": kind,
                "name": kind,
                "endpoint": f"/{kind}s",
                "schema": f"{CORE}:{kind}",
            }
            for kind in ("User", "Group")
        ]
        return answer(
            {
                "schemas": [f"{MESSAGES}:ListResponse"],
                "totalResults": len(kinds),
                "Resources": kinds,
            }
        )


def _token_endpoint(app: Flask, controls: Controls) -> None:
    """Client credentials (RFC 6749, 4.4), in the header or in the form."""

    @app.post("/oauth/token")
    def token() -> Response:
        basic = request.authorization
        sent = (
            (basic.username, basic.password)
            if basic
            else (request.form.get("client_id"), request.form.get("client_secret"))
        )
        if controls.revoked or sent != CLIENT:
            return answer({"error": "invalid_client"}, 401, "application/json")
        fresh = {"access_token": min(controls.tokens), "token_type": "Bearer", "expires_in": 600}
        return answer(fresh, 200, "application/json")


def answer(body: Any, status: int = 200, kind: str = "application/scim+json") -> Response:
    return Response(json.dumps(body), status, content_type=kind)


def refused(status: int, detail: str, scim_type: str = "") -> Response:
    body = {"schemas": [f"{MESSAGES}:Error"], "status": str(status), "detail": detail}
    given = answer({**body, "scimType": scim_type} if scim_type else body, status)
    if status == 401:
        given.headers["WWW-Authenticate"] = 'Bearer realm="scim"'
    return given


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
