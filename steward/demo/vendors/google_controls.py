"""What can be done to the simulated Google besides what `demo.controls` can, and its dialect."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify, request

from steward.demo.controls import Controls

ADMIN = "it-admin@northwind-labs.example"
CLIENT = "640000000001-steward.apps.googleusercontent.com"
SECRET = "GOCSPX-made-up"


@dataclass
class GoogleControls(Controls):
    """`missing_scopes` are those that the delegation does not list, or the consent does not give;
    `missing_privileges`, by scope, what the administrator's role does not permit. `apis_off` are
    parts of paths of APIs that are switched off. `failing` are ids of users or groups for whom
    Google answers with that status. `haste` is the status of a refusal for haste. `refresh_tokens`
    have their scopes. `deleted` are ids of groups and users that are listed, and gone when they
    are asked for."""

    missing_privileges: set[str] = field(default_factory=set)
    apis_off: set[str] = field(default_factory=set)
    failing: dict[str, int] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    haste: int = 403
    admins: set[str] = field(default_factory=lambda: {ADMIN})
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    scopes_of: dict[str, frozenset[str]] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=lambda: {CLIENT: SECRET})


class GoogleDialect:
    def __init__(self, controls: GoogleControls) -> None:
        self.controls = controls

    def token(self) -> str:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        return value if kind == "Bearer" else ""

    def unauthorized(self) -> Response:
        return refuse(401, "authError", "Invalid Credentials", "UNAUTHENTICATED")

    def slow_down(self, ends: float) -> Response:
        """Neither of the two says how long."""
        if self.controls.haste == 429:
            said = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'."
            return refuse(429, "rateLimitExceeded", said, "RESOURCE_EXHAUSTED")
        return refuse(403, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")

    def hints(self, left: int, ends: float) -> dict[str, str]:
        return {}


def refuse(
    status: int, reason: str, message: str, said: str = "", domain: str = "global", detail: str = ""
) -> Response:
    """As cloud.google.com/apis/design/errors has it, with the older list of errors beside."""
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": domain, "reason": reason}],
    }
    if said:
        error["status"] = said
    if detail:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
    response = jsonify(error=error)
    response.status_code = status
    return response
