"""How Slack says no: in the body's `error`, mostly with HTTP status 200."""

from __future__ import annotations

from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.rules import Rule
from steward.sdk.tokens import SPENT, WITHDRAWN, WRONG_CLIENT

ANY = range(200, 600)
DEAD = ("token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed")
PLAN = ("paid_only", "feature_not_enabled", "paid_teams_only")
WRONG_KIND = ("not_allowed_token_type", "user_is_bot", "user_is_restricted")
REFUSED = (
    "no_permission",
    "access_denied",
    "team_access_not_granted",
    "ekm_access_denied",
    "restricted_action",
    "not_an_admin",
)
BUSY = (
    "ratelimited",
    "rate_limited",
    "request_timeout",
    "service_unavailable",
    "internal_error",
    "fatal_error",
    "team_added_to_org",
    "org_login_required",
)
SPENT_CODE = ("invalid_code", "code_already_used", "code_expired", "invalid_code_verifier")
ENDED_CONSENT = ("invalid_refresh_token", "invalid_grant", *DEAD)
WRONG_APP = ("bad_client_secret", "invalid_client_id", "invalid_client")

_BUSY = Rule(
    status=ANY,
    at="error",
    is_in=BUSY,
    error=Unavailable,
    message="Slack cannot answer just now or asks Steward to slow down.",
)
_UNKNOWN = Rule(
    status=ANY,
    at="ok",
    is_in=(False,),
    error=Unexpected,
    message="Slack answered with an error that Steward does not know.",
)

# Of oauth.v2.access, the token endpoint.
TOKEN_RULES = (
    Rule(status=ANY, at="error", is_in=ENDED_CONSENT, error=Unauthorized, message=WITHDRAWN),
    Rule(status=ANY, at="error", is_in=SPENT_CODE, error=Unauthorized, message=SPENT),
    Rule(status=ANY, at="error", is_in=WRONG_APP, error=Unauthorized, message=WRONG_CLIENT),
    Rule(
        status=ANY,
        at="error",
        is_in=("bad_redirect_uri",),
        error=Unauthorized,
        message="Slack does not know the redirect address. Enter it in the Slack app, under OAuth "
        "& Permissions, then connect once more.",
    ),
    _BUSY,
    _UNKNOWN,
)

RULES = (
    Rule(
        status=ANY,
        at="error",
        is_in=DEAD,
        error=Unauthorized,
        message="Slack refuses the token.",
    ),
    Rule(
        status=ANY,
        at="error",
        is_in=("missing_scope",),
        error=Forbidden,
        missing_at="needed",
        message="The Slack token lacks a scope for this.",
    ),
    Rule(
        status=ANY,
        at="error",
        is_in=PLAN,
        error=Forbidden,
        message="Slack gives this to workspaces on a paid plan only (Pro, Business+ or "
        "Enterprise).",
    ),
    Rule(
        status=ANY,
        at="error",
        is_in=WRONG_KIND,
        error=Forbidden,
        message="Slack gives this to a user token (xoxp-) of a workspace owner or admin only.",
    ),
    Rule(
        status=ANY,
        at="error",
        is_in=REFUSED,
        error=Forbidden,
        message="Slack refuses this: whoever installed the app must be an owner or admin of the "
        "workspace, and the workspace must allow the app.",
    ),
    Rule(
        status=ANY,
        at="error",
        is_in=("missing_argument", "team_not_found", "invalid_team_id"),
        error=Unexpected,
        message="Slack needs to know which workspace is meant: enter its ID in the settings.",
    ),
    _BUSY,
    _UNKNOWN,
)
