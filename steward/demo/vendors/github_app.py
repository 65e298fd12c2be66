"""A GitHub App's installation: a signed assertion in, a token for an hour out."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

APP_ID = "430017"
INSTALLATION = 51_200_300


def refusal(assertion: str, public_keys: dict[str, str]) -> str:
    """GitHub's sentence for what is wrong with it; empty when it is right."""
    try:
        public_key = public_keys.get(APP_ID, "")
        token = jwt.decode(assertion, RSAKey.import_key(public_key), algorithms=["RS256"])
    except (JoseError, ValueError):
        return "A JSON web token could not be decoded"
    claims, now = token.claims, time.time()
    if str(claims.get("iss")) != APP_ID:
        return "'Issuer' claim ('iss') must be an Integer"
    if claims.get("exp", 0) > now + 600:
        return "'Expiration time' claim ('exp') is too far in the future"
    if claims.get("exp", 0) <= now or claims.get("iat", now) > now:
        return "'Expiration time' claim ('exp') must be a time in the future"
    return ""


def installation_token(without: Collection[str] = ()) -> dict[str, Any]:
    allowed = {"members": "read", "organization_administration": "read"}
    if "personal access tokens" not in without:
        allowed["organization_personal_access_tokens"] = "read"
    ends = datetime.now(UTC) + timedelta(hours=1)
    return {
        "token": f"ghs_{uuid4().hex}",
        "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": allowed,
        "repository_selection": "all",
    }
