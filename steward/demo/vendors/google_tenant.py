"""The tenant behind the simulated APIs: who may ask for what, and lists cut into pages."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import Response, jsonify, request

from steward.demo.company import Company, Human, Use
from steward.demo.vendors.google_controls import GoogleControls, refuse

AUTH = "https://www.googleapis.com/auth/"
View = Callable[..., Any]


class Google:
    def __init__(self, company: Company, controls: GoogleControls) -> None:
        self.company = company
        self.controls = controls
        self.everyone = list(company.users("google"))

    def seen(self) -> list[tuple[Human, Use]]:
        hidden = self.controls.hidden
        found = [pair for pair in self.everyone if pair[0].id not in hidden]
        return sorted(found, key=lambda pair: pair[1].email)

    def needs(self, scope: str) -> Callable[[View], View]:
        """Refuses as Google does, for an API that is off, a scope, or a privilege."""

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(**path: str) -> Any:
                return self._refusal(scope) or self._failure(path) or view(**path)

            return guarded

        return decorate

    def _refusal(self, scope: str) -> Response | None:
        controls = self.controls
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if any(part in request.path for part in controls.apis_off):
            said = "This API has not been used in project 640000000000 before or it is disabled."
            detail = "SERVICE_DISABLED"
            return refuse(403, "accessNotConfigured", said, "PERMISSION_DENIED", detail=detail)
        if AUTH + scope not in controls.scopes_of.get(token, {AUTH + scope}):
            said = "Request had insufficient authentication scopes."
            detail = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
            return refuse(403, "insufficientPermissions", said, "PERMISSION_DENIED", detail=detail)
        if AUTH + scope in controls.missing_privileges:
            return refuse(403, "forbidden", "Not Authorized to access this resource/api")
        return None

    def _failure(self, path: dict[str, str]) -> Response | None:
        for name in path.values():
            if name in self.controls.deleted:
                return refuse(404, "notFound", f"Resource Not Found: {name}")
            status = self.controls.failing.get(name)
            if status:
                reason = {403: "forbidden", 503: "backendError"}.get(status, "invalid")
                return refuse(status, reason, "Not now, and not for this one.")
        return None

    def page(self, kind: str, key: str, rows: Sequence[Any], most: int, usual: int) -> Any:
        """A page of the rows. Without any the key is left away, and at the end the token."""
        asked = request.args.get("maxResults", str(usual))
        start = _position(request.args.get("pageToken", ""))
        if not asked.isdecimal() or not 0 < int(asked) <= most or start is None:
            return refuse(400, "invalid", "Invalid Input: maxResults or pageToken")
        size = self.controls.page(int(asked), most)
        body: dict[str, Any] = {"kind": kind, "etag": f'"{len(rows)}"'}
        if rows[start : start + size]:
            body[key] = list(rows[start : start + size])
        if start + size < len(rows):
            body["nextPageToken"] = _token(start + size)
        return jsonify(body)


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"~!!~{position}".encode()).decode()


def _position(token: str) -> int | None:
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("~!!~") or 0)
    except ValueError:
        return None
