"""What Slack asks of the admin: settings, two ways to sign in, and the scopes of both."""

from __future__ import annotations

from steward.integrations.slack.refusals import TOKEN_RULES
from steward.sdk.fields import AuthOption, Consent, Field, Scope

SETTINGS = (
    Field(
        "team",
        "Workspace ID",
        help="Only for a token of a whole Enterprise organisation: which workspace to read.",
        required=False,
        default="",
        placeholder="T0123456789",
        pattern=r"[TE][A-Z0-9]{2,}",
        pattern_hint="A workspace ID starts with T, such as T0123456789.",
    ),
    Field("url", "API address", kind="url", default="https://slack.com/api"),
    Field(
        "consent_url",
        "Address of the consent page",
        help="Leave it, unless the workspace is on GovSlack.",
        kind="url",
        default="https://slack.com/oauth/v2/authorize",
    ),
)

SCOPES = (
    Scope(
        "users:read",
        "Members, guests and bots, also deactivated ones.",
        streams=("accounts",),
        required=True,
    ),
    Scope("users:read.email", "Their e-mail addresses, which join them to people."),
    Scope("usergroups:read", "User groups and who is in them.", streams=("groups",)),
    Scope(
        "admin",
        "Billed seats, access logs (paid plans) and the log of apps that were let in. Slack has no "
        "narrower scope for them; Steward reads only.",
        streams=("licenses", "grants", "activity"),
    ),
)

# docs.slack.dev, "Installing with OAuth" and "oauth.v2.access": user scopes are asked for in a
# parameter of their own, with commas, and the user's token lies within `authed_user`. A rotated
# one comes at the top.
CONSENT = Consent(
    "{consent_url}",
    "{url}/oauth.v2.access",
    style="basic",
    separator=",",
    scope_in="user_scope",
    answer_at="authed_user",
    rules=TOKEN_RULES,
)

TOKEN = AuthOption(
    "token",
    "OAuth token of a Slack app",
    fields=(
        Field(
            "token",
            "User OAuth token",
            help="Starts with xoxp-. A bot token (xoxb-) reads members and user groups alone.",
            secret=True,
        ),
    ),
    scopes=SCOPES,
)
OAUTH = AuthOption("oauth", "Slack asks you", scopes=SCOPES, consent=CONSENT)
AUTH = (TOKEN, OAUTH)
