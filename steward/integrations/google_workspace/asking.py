"""What an admin is asked for: settings, ways to sign in, and permissions by Google's own names.

The scopes and what each opens: developers.google.com/identity/protocols/oauth2/scopes and the
discovery documents of the three APIs.
"""

from __future__ import annotations

from steward.integrations.google_workspace.refusals import CONSENT_RULES
from steward.sdk.fields import AuthOption, Consent, Field, Scope

_AUTH = "https://www.googleapis.com/auth/"
USERS = f"{_AUTH}admin.directory.user.readonly"
GROUPS = f"{_AUTH}admin.directory.group.readonly"
ROLES = f"{_AUTH}admin.directory.rolemanagement.readonly"
TOKENS = f"{_AUTH}admin.directory.user.security"
AUDIT = f"{_AUTH}admin.reports.audit.readonly"
USAGE = f"{_AUTH}admin.reports.usage.readonly"
LICENSING = f"{_AUTH}apps.licensing"
CUSTOMER = f"{_AUTH}admin.directory.customer.readonly"

SCOPES = (
    Scope(
        USERS,
        "Who has an account, its status, profile, 2-step verification and last sign-in. Nothing "
        "works without it.",
        streams=("accounts", "licenses", "grants"),
        required=True,
    ),
    Scope(GROUPS, "The groups and who is in them.", streams=("groups",)),
    Scope(ROLES, "Who holds which administrator role.", streams=("groups",)),
    Scope(LICENSING, "Who holds a Google Workspace licence.", streams=("licenses",)),
    Scope(
        TOKENS,
        "Which third-party apps people have let into their account, and what those may do.",
        streams=("grants",),
    ),
    Scope(
        AUDIT,
        "On which days who signed in to Google, and with Google to other apps.",
        streams=("activity",),
    ),
    Scope(USAGE, "When Gmail and Drive were last used, by people who stay signed in."),
    Scope(CUSTOMER, "The name of the organisation."),
)

# What an admin's role must permit, where Google refuses though the scope was granted.
PRIVILEGES = {
    USERS: "the privilege Users: Read",
    GROUPS: "the privilege Groups: Read",
    ROLES: "the role Super Admin",
    LICENSING: "the privilege License Management",
    TOKENS: "the privilege User Security Management",
    AUDIT: "the privilege Reports",
    USAGE: "the privilege Reports",
}

_LEAVE = "Google's own; leave it as it is."
SETTINGS = (
    Field(
        "suspended",
        "A suspended user",
        kind="choice",
        choices=(
            ("paused", "is only paused: nobody is taken to have left"),
            ("left", "has left the company"),
        ),
        default="paused",
        help="Archived and deleted users have always left.",
    ),
    Field(
        "url",
        "Admin API address",
        kind="url",
        default="https://admin.googleapis.com",
        help=_LEAVE,
    ),
    Field(
        "licensing_url",
        "Licensing API address",
        kind="url",
        default="https://licensing.googleapis.com",
        help=_LEAVE,
    ),
    Field(
        "token_url",
        "Token address",
        kind="url",
        default="https://oauth2.googleapis.com/token",
        help=_LEAVE,
    ),
    Field(
        "consent_url",
        "Consent address",
        kind="url",
        default="https://accounts.google.com/o/oauth2/v2/auth",
        help=_LEAVE,
    ),
)

SERVICE_ACCOUNT = AuthOption(
    "service_account",
    "Service account with domain-wide delegation",
    fields=(
        Field(
            "service_account_key",
            "JSON key file",
            kind="textarea",
            secret=True,
            help="The whole content of the file that Google let you download.",
        ),
        Field(
            "admin",
            "Administrator to act for",
            placeholder="steward@example.com",
            help="The address of a user of yours whose administrator role may read all this.",
            pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
            pattern_hint="Enter the e-mail address of the administrator, such as "
            "steward@example.com.",
        ),
    ),
    scopes=SCOPES,
)

# developers.google.com/identity/protocols/oauth2/web-server: a refresh token comes with offline
# access, and only when the admin is asked anew.
OAUTH = AuthOption(
    "oauth",
    "An administrator signs in (OAuth 2.0)",
    scopes=SCOPES,
    consent=Consent(
        authorize_url="{consent_url}",
        token_url="{token_url}",  # noqa: S106 (an address)
        extra=(("access_type", "offline"), ("prompt", "consent")),
        rules=CONSENT_RULES,
    ),
)

AUTH = (SERVICE_ACCOUNT, OAUTH)
