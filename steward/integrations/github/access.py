"""GitHub's installations, tokens and authorised credentials as Steward's records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from steward.sdk.records import App, Grant
from steward.sdk.times import moment_of

TOKENS = App(id="personal-access-tokens", name="Personal access tokens")
# By `credential_type`. A key is a member's own and no app's.
KINDS = {
    "personal access token": TOKENS,
    "OAuth app token": App(id="oauth-app-tokens", name="OAuth apps that GitHub does not name"),
    "GitHub app token": App(
        id="github-app-tokens", name="GitHub Apps acting for a member, not named by GitHub"
    ),
}


def installed(installation: dict[str, Any]) -> Iterator[App | Grant]:
    """Of a suspended one GitHub keeps the permissions, and takes no request."""
    app, slug = str(installation["app_id"]), str(installation["app_slug"])
    suspended = bool(installation.get("suspended_at"))
    yield App(id=app, name=slug, key=slug, active=not suspended)
    yield Grant(
        app=app,
        scopes=_scopes(installation.get("permissions")),
        granted_at=moment_of(installation.get("created_at")),
    )


def fine_grained(told: set[str], token: dict[str, Any]) -> Iterator[App | Grant]:
    """`told` are the apps that the page has named already."""
    if token.get("token_expired"):
        return
    asked = token.get("permissions") or {}
    yield from _once(told, TOKENS)
    yield Grant(
        app=TOKENS.id,
        account=str(token["owner"]["id"]),
        scopes=tuple(scope for kind in asked for scope in _scopes(asked[kind])),
        granted_at=moment_of(token.get("access_granted_at")),
        last_used_at=moment_of(token.get("token_last_used_at")),
    )


def logins(credentials: list[Any]) -> Iterator[str]:
    return (str(one.get("login") or "") for one in credentials if isinstance(one, dict))


def authorised(
    ids: dict[str, str], now: datetime, told: set[str], credential: dict[str, Any]
) -> Iterator[App | Grant]:
    """Of nobody, where GitHub knows the login no longer."""
    app = KINDS.get(credential["credential_type"])
    account = ids.get(credential["login"])
    ends = moment_of(credential.get("authorized_credential_expires_at"))
    if app is None or account is None or (ends is not None and ends <= now):
        return
    yield from _once(told, app)
    yield Grant(
        app=app.id,
        account=account,
        scopes=tuple(str(scope) for scope in credential.get("scopes") or ()),
        granted_at=moment_of(credential.get("credential_authorized_at")),
        last_used_at=moment_of(credential.get("credential_accessed_at")),
    )


def _once(told: set[str], app: App) -> Iterator[App]:
    if app.id not in told:
        told.add(app.id)
        yield app


def _scopes(permissions: Any) -> tuple[str, ...]:
    """A permission and how far it goes, such as `contents:read`."""
    return tuple(f"{name}:{level}" for name, level in (permissions or {}).items())
