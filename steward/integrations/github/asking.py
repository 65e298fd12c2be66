"""What is asked of an admin who connects GitHub: settings, ways to sign in, permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.sdk.fields import AuthOption, Field, Scope

SETTINGS = (
    Field(
        "org",
        "Organisation",
        help="The name in the address: github.com/NAME.",
        placeholder="acme",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
        pattern_hint="Enter the organisation's name alone, such as acme for github.com/acme.",
    ),
    Field(
        "enterprise",
        "Enterprise",
        help="Optional. The name in github.com/enterprises/NAME, to read the licences it pays for.",
        required=False,
        default="",
        pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
        pattern_hint="Enter the enterprise's name alone, as in github.com/enterprises/NAME.",
    ),
    Field(
        "url",
        "API address",
        help="Change it for GitHub Enterprise Server (https://HOST/api/v3) or for data residency "
        "(https://api.NAME.ghe.com).",
        kind="url",
        default="https://api.github.com",
    ),
)

_LICENSES = "Copilot seats: who has one and when it was last used."
_ACTIVITY = "The audit log: who did something on which day (GitHub Enterprise Cloud)."
_ADMINISTRATION = f"{_ACTIVITY} Installed GitHub Apps, and tokens authorised for single sign-on."
_TOKENS = "Fine-grained tokens of members that reach the organisation. GitHub tells only apps."

CLASSIC = AuthOption(
    "token",
    "Personal access token (classic)",
    fields=(Field("token", "Token", help="Starts with ghp_.", secret=True),),
    scopes=(
        Scope(
            "read:org",
            "Members, owners, outside collaborators, teams, Copilot seats, installed GitHub Apps, "
            "and tokens authorised for single sign-on.",
            streams=("accounts", "groups", "licenses", "grants"),
            required=True,
        ),
        Scope("read:audit_log", _ACTIVITY, streams=("activity",)),
    ),
)

# Named as an admin reads them in GitHub's own form.
_PERMISSIONS = (
    Scope(
        "Members: read",
        "Members, owners, outside collaborators and teams.",
        streams=("accounts", "groups"),
        required=True,
    ),
    Scope("GitHub Copilot Business: read", _LICENSES, streams=("licenses",)),
    Scope("Administration: read", _ADMINISTRATION, streams=("activity", "grants")),
)

FINE_GRAINED = AuthOption(
    "fine_grained",
    "Personal access token (fine-grained)",
    fields=(Field("fine_grained_token", "Token", help="Starts with github_pat_.", secret=True),),
    scopes=_PERMISSIONS,
)

APP = AuthOption(
    "app",
    "GitHub App",
    fields=(
        Field(
            "app_id",
            "App ID or client ID",
            help="At the top of the app's settings page.",
            pattern=r"[A-Za-z0-9.]+",
            pattern_hint="Enter the App ID, a number such as 123456, or the client ID.",
        ),
        Field(
            "installation_id",
            "Installation ID",
            help="The number at the end of the address of the app's installation page.",
            pattern=r"\d+",
            pattern_hint="Enter the number at the end of the installation page's address.",
        ),
        Field(
            "private_key",
            "Private key",
            help="The whole .pem file that GitHub let you download.",
            kind="textarea",
            secret=True,
        ),
    ),
    scopes=(*_PERMISSIONS, Scope("Personal access tokens: read", _TOKENS)),
)

AUTH = (CLASSIC, FINE_GRAINED, APP)

# A classic scope is not listed in X-OAuth-Scopes when a wider one that contains it is.
WIDER = {
    "admin:org": ("write:org", "read:org"),
    "write:org": ("read:org",),
    "audit_log": ("read:audit_log",),
    "admin:enterprise": ("read:enterprise",),
}


_NAMES = {
    "members": "Members",
    "organization_copilot_seat_management": "GitHub Copilot Business",
    "organization_administration": "Administration",
    "organization_personal_access_tokens": "Personal access tokens",
}


def permitted(installation: Mapping[str, Any]) -> frozenset[str] | None:
    """The permissions that GitHub names when it makes an installation's token. Whoever may write
    may read."""
    named = installation.get("permissions")
    if not isinstance(named, dict):
        return None
    return frozenset(f"{name}: read" for key, name in _NAMES.items() if key in named)


def granted(header: str) -> frozenset[str] | None:
    """The scopes in an `X-OAuth-Scopes` header and those they contain; None where it is absent
    or empty, as for every credential but a classic token."""
    named = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not named:
        return None
    return frozenset(named.union(*(WIDER.get(scope, ()) for scope in named)))
