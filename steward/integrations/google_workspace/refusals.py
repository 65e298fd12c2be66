"""How Google says no: by status, and by the reason in the body.

Reasons: developers.google.com/workspace/admin/directory/v1/limits and cloud.google.com/apis/design/
errors. Google gives the older `errors[].reason`, the newer `details[].reason`, or both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.rules import Rule


class Gone(Unexpected):
    """What was listed a moment ago has been deleted since."""


class Invalid(Unexpected):
    """Google has no such thing, or not yet: a product that is not sold, a report not yet made."""


class Down(Unavailable):
    """Out of order, perhaps for one user alone, in contrast to a request to slow down."""


class NotDelegated(Forbidden):
    """The token endpoint gives the service account no token for these scopes."""


class NotEnabled(Forbidden):
    """The API is switched off: no scope and no privilege helps."""


class NoPrivilege(Forbidden):
    """The scope is there, but the administrator may not."""


_OLD, _NEW = "error.errors.0.reason", "error.details.0.reason"
_SLOW = "Google asks to slow down: the requests of this Google Cloud project are used up for now."
_LACKS = "Google did not grant the scope for this."

_HASTE = (
    Rule(
        Unavailable,
        (403, 429),
        at=_OLD,
        is_in=("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"),
        message=_SLOW,
    ),
    Rule(Unavailable, (403, 429), at=_NEW, is_in=("RATE_LIMIT_EXCEEDED",), message=_SLOW),
)
_LACKING = (
    Rule(Forbidden, 403, at=_NEW, is_in=("ACCESS_TOKEN_SCOPE_INSUFFICIENT",), message=_LACKS),
    Rule(Forbidden, 403, at=_OLD, is_in=("insufficientPermissions",), message=_LACKS),
)
_REST = (
    Rule(
        NotEnabled,
        403,
        at=_OLD,
        is_in=("domainCannotUseApis",),
        message="Your Admin console does not let apps use its API: open Security, Access and data "
        "control, API controls.",
    ),
    Rule(
        NoPrivilege,
        403,
        at="error.code",
        is_in=(403,),
        message="Google does not show this to the administrator that Steward acts for: the role "
        "lacks a privilege.",
    ),
    Rule(
        Unauthorized,
        401,
        at="error.code",
        is_in=(401,),
        message="Google refuses the token: it was revoked, or the administrator was suspended.",
    ),
    Rule(Gone, 404, at="error.code", is_in=(404,), message="Google knows nothing of this name."),
    Rule(
        Invalid,
        400,
        at=_OLD,
        is_in=("invalid", "badRequest", "invalidParameter"),
        message="Google did not accept the request.",
    ),
    Rule(Down, range(500, 600), message="Google is out of order at the moment."),
)


def rules_of(api: str) -> tuple[Rule, ...]:
    """`api` is the name under which Google Cloud lists it."""
    said = (
        f"The {api} is switched off in your Google Cloud project: open APIs and services, Library, "
        f"{api}, and choose Enable."
    )
    off = (
        Rule(NotEnabled, 403, at=_OLD, is_in=("accessNotConfigured",), message=said),
        Rule(NotEnabled, 403, at=_NEW, is_in=("SERVICE_DISABLED",), message=said),
    )
    return (*_HASTE, *off, *_LACKING, *_REST)


# Recorded answers have 401 with unauthorized_client; the others are RFC 6749, 5.2.
TOKEN_RULES = (
    Rule(
        NotDelegated,
        (400, 401, 403),
        at="error",
        is_in=("unauthorized_client",),
        message="Google gives the service account no token. In the Admin console open Security, "
        "Access and data control, API controls, Manage domain-wide delegation: enter the service "
        "account's client ID with all scopes of the guide. A change may take up to 24 hours.",
    ),
    Rule(
        Unauthorized,
        (400, 401, 403),
        at="error",
        is_in=("invalid_grant", "invalid_client"),
        message="Google does not accept the key: it was deleted, the service account was switched "
        "off, or the administrator to act for is no active user. A clock that is wrong does it "
        "too.",
    ),
)

CONSENT_RULES = (
    Rule(
        Forbidden,
        (400, 401, 403),
        at="error",
        is_in=("admin_policy_enforced", "org_internal"),
        message="Your Admin console does not let this OAuth app in: open Security, Access and data "
        "control, API controls, Manage app access, and trust its client ID.",
    ),
)


def naming(refused: Forbidden, scope: str, privileges: Mapping[str, Any]) -> ConnectorError:
    """The same refusal with what would open the door."""
    if isinstance(refused, NotEnabled):
        return NotEnabled(refused.message, missing=("an API that is switched off",))
    if isinstance(refused, NoPrivilege) and scope in privileges:
        return NoPrivilege(refused.message, missing=(privileges[scope],))
    return type(refused)(refused.message, missing=refused.missing or (scope,))
