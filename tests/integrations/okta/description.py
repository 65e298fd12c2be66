"""Okta's API description, with a question that the copy of it lacks, as Okta documents it under
"List all enrolled factors".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.prism import spec

PATH = "/api/v1/users/{userId}/factors"
KINDS = (
    "call", "email", "push", "question", "signed_nonce", "sms", "token", "token:hardware",
    "token:hotp", "token:software:totp", "u2f", "web", "webauthn",
)  # fmt: skip
STATUSES = (
    "ACTIVE", "ENROLLED", "EXPIRED", "INACTIVE", "NOT_SETUP", "PENDING_ACTIVATION",
)  # fmt: skip
_TEXT = {"type": "string"}


def with_factors(folder: Path) -> Path:
    whole = json.loads(spec("okta/okta.slice.json").read_text())
    whole["paths"].setdefault(PATH, {"get": _listing(whole)})
    changed = folder / "okta.json"
    changed.write_text(json.dumps(whole))
    return changed


def _listing(whole: dict[str, Any]) -> dict[str, Any]:
    """Refusals are worded as everywhere."""
    like = whole["paths"]["/api/v1/iam/assignees/users"]["get"]
    refused = {status: told for status, told in like["responses"].items() if status != "200"}
    listed = {"application/json": {"schema": {"type": "array", "items": _FACTOR}}}
    return {
        "parameters": [{"name": "userId", "in": "path", "required": True, "schema": _TEXT}],
        "responses": {"200": {"description": "Success", "content": listed}, **refused},
        "security": [{"apiToken": []}, {"oauth2": ["okta.users.read"]}],
    }


_FACTOR = {
    "type": "object",
    "required": ["id", "factorType", "status"],
    "properties": {
        "id": _TEXT,
        "factorType": {"type": "string", "enum": KINDS},
        "provider": _TEXT,
        "vendorName": _TEXT,
        "status": {"type": "string", "enum": STATUSES},
        "created": {"type": "string", "format": "date-time"},
        "lastUpdated": {"type": "string", "format": "date-time"},
        "_links": {"type": "object"},
    },
}
