"""What reaches the organisation besides its people: apps that owners installed, and tokens that
members let in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from steward.demo.company import Human, Use
from steward.demo.vendors.github_users import API, ORG, ORG_ID, WEB, Directory, owner_links, user

_OPEN: dict[str, Any] = {"suspended_at": None, "suspended_by": None}
# Slug, what it may do, and on which repositories.
APPS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("slack", {"metadata": "read", "issues": "read", "pull_requests": "read"}, "all"),
    ("renovate", {"metadata": "read", "contents": "write", "workflows": "write"}, "all"),
    ("codecov", {"metadata": "read", "checks": "write", "statuses": "write"}, "selected"),
    ("review-buddy-ai", {"metadata": "read", "contents": "read", "issues": "write"}, "all"),
    ("old-ci-bridge", {"metadata": "read", "organization_hooks": "write"}, "all"),
)
SUSPENDED = "old-ci-bridge"


def installations() -> list[dict[str, Any]]:
    return [_installation(number, *app) for number, app in enumerate(APPS, 1)]


def _installation(
    number: int, slug: str, permissions: dict[str, str], repositories: str
) -> dict[str, Any]:
    address = f"{API}/app/installations/{7000 + number}"
    state = {"suspended_at": "2025-06-02T09:00:00Z", "suspended_by": None}
    return {
        "id": 7000 + number,
        "account": _organization(),
        "repository_selection": repositories,
        "access_tokens_url": f"{address}/access_tokens",
        "repositories_url": f"{API}/installation/repositories",
        "html_url": f"{WEB}/organizations/{ORG}/settings/installations/{7000 + number}",
        "app_id": 300 + number,
        "app_slug": slug,
        "target_id": ORG_ID,
        "target_type": "Organization",
        "permissions": permissions,
        "events": ["push"],
        "created_at": f"2024-0{number}-16T08:47:09.000-07:00",
        "updated_at": "2025-06-06T11:23:23.000-07:00",
        "single_file_name": None,
        **(state if slug == SUSPENDED else _OPEN),
    }


def _organization() -> dict[str, Any]:
    """As a "simple user", which an organisation is too in these answers."""
    return {
        "login": ORG,
        "id": ORG_ID,
        "node_id": "O_kgDOAAFgYg",
        "avatar_url": f"{WEB}/{ORG}.png",
        **owner_links(ORG),
        "type": "Organization",
        "site_admin": False,
    }


def fine_grained(directory: Directory) -> list[dict[str, Any]]:
    """Every fourth member has one, every eighth an expired one besides."""
    owners = [pair for pair in directory.members if pair[0].number % 4 == 0]
    tokens = [_token(human, use, expired=False) for human, use in owners]
    return tokens + [_token(h, u, expired=True) for h, u in owners if h.number % 8 == 0]


def _token(human: Human, use: Use, *, expired: bool) -> dict[str, Any]:
    number = human.number * 2 + expired
    return {
        "id": 25_000 + number,
        "owner": user(human, use),
        "repository_selection": "all",
        "repositories_url": f"{API}/organizations/{ORG_ID}/personal-access-tokens/{number}",
        "permissions": {
            "organization": {"members": "read"},
            "repository": {"metadata": "read", "contents": "write" if expired else "read"},
        },
        "access_granted_at": "2025-05-16T08:47:09.000-07:00",
        "token_id": 98_000 + number,
        "token_name": "deploy script",
        "token_expired": expired,
        "token_expires_at": "2025-11-16T08:47:09.000-07:00" if expired else None,
        "token_last_used_at": _written(use.last_active),
    }


# Type of the credential, its scopes, and whose it is: every so-manieth member's.
CREDENTIALS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("personal access token", ("repo", "workflow"), 6),
    ("OAuth app token", ("repo", "read:org"), 5),
    ("GitHub app token", (), 7),
    ("SSH key", (), 2),
)


def credentials(directory: Directory) -> list[dict[str, Any]]:
    """And a token that has run out, and one of somebody whose login GitHub has forgotten."""
    found = [
        _credential(number, human, use, kind, scopes)
        for number, (kind, scopes, every) in enumerate(CREDENTIALS)
        for human, use in directory.members
        if human.number % every == 0
    ]
    human, use = directory.members[0]
    over = _credential(8, human, use, "personal access token", ("admin:org",))
    ended = over | {"authorized_credential_expires_at": "2020-02-25T19:06:43Z"}
    return [*found, ended, over | {"login": "gone-long-ago", "credential_id": 1}]


def _credential(
    number: int, human: Human, use: Use, kind: str, scopes: tuple[str, ...]
) -> dict[str, Any]:
    own_id = 160_000 + human.number * 10 + number
    said: dict[str, Any] = {
        "login": use.username,
        "credential_id": own_id,
        "credential_type": kind,
        "credential_authorized_at": "2025-02-26T19:06:43Z",
        "credential_accessed_at": _written(use.last_active),
        "authorized_credential_id": own_id + 5,
    }
    if kind == "SSH key":
        return said | {"fingerprint": f"key{own_id}", "authorized_credential_title": "laptop"}
    return said | {"token_last_eight": f"{own_id:08d}", "scopes": list(scopes)}


def _written(moment: datetime | None) -> str | None:
    return (moment - timedelta(hours=1)).isoformat() if moment else None
