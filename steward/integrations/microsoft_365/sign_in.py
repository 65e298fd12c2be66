"""Signing in as an app, and what the token and the credential say of themselves."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from steward.integrations.microsoft_365 import asking
from steward.sdk.auth import ClientCredentials, PrivateKeyJwt
from steward.sdk.certificates import Certificate
from steward.sdk.context import Context
from steward.sdk.times import moment_of


def sign_in(context: Context, login: str, graph: str) -> ClientCredentials | PrivateKeyJwt:
    """An app asks for whatever it was granted: `.default` of the resource."""
    given = context.credentials
    url = f"{login}/{context.settings['tenant']}/oauth2/v2.0/token"
    scope, rules = f"{graph}/.default", asking.TOKEN_RULES
    if context.auth == asking.CERTIFICATE or given.get("private_key"):
        return PrivateKeyJwt(
            context,
            url,
            given["client_id"],
            given["private_key"],
            scope=scope,
            certificate=given["certificate"],
            rules=rules,
        )
    secret = given["client_secret"]
    return ClientCredentials(
        context, url, given["client_id"], secret, scope=scope, style="form", rules=rules
    )


def claims_of(token: str) -> dict[str, Any]:
    """What an access token says, unchecked: it is not for us, so nothing is decided by it but
    which sentence to say. Empty where it cannot be read, as Microsoft reserves to itself."""
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        padded = payload + "=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, Any])
    except (ValueError, msgspec.DecodeError):
        return {}


def granted(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """The permissions in the claim `roles`, and those which they include; None where the token
    does not tell. An app that was granted nothing has a token without the claim."""
    if not claims:
        return None
    roles = claims.get("roles") or ()
    named = frozenset(str(role) for role in roles)
    return named.union(*(asking.IMPLIED.get(role, ()) for role in named))


def certificate_ends(context: Context) -> datetime | None:
    pem = context.credentials.get("certificate")
    return Certificate.of(pem).ends if pem else None


def secret_ends(known: Iterable[Mapping[str, Any]], secret: str) -> datetime | None:
    """Of an app's secrets, the one that is ours: `hint` is how it begins. Where several begin
    so, the first to end."""
    ours = [s for s in known if s.get("hint") and secret.startswith(str(s["hint"]))]
    ends = [end for s in ours if (end := moment_of(s.get("endDateTime")))]
    return min(ends, default=None)
