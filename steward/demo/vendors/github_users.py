"""What the made-up company looks like to GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from steward.demo.company import Company, Human, Use
from steward.demo.controls import Controls

ORG = "northwind-labs"
ORG_ID = 90210
API = "https://api.github.com"
WEB = "https://github.com"


class Directory:
    """A user whose account was disabled elsewhere is no longer in the organisation: GitHub
    removes, it does not deactivate."""

    def __init__(self, company: Company, controls: Controls) -> None:
        self.company, self.controls = company, controls
        self.known = [pair for pair in company.users("github") if pair[1].status != "disabled"]
        self.by_node = {node_id(human): (human, use) for human, use in self.known}
        self.by_login = {use.username: (human, use) for human, use in self.known}

    @property
    def members(self) -> list[tuple[Human, Use]]:
        return [pair for pair in self._shown() if pair[1].role != "guest"]

    @property
    def outside(self) -> list[tuple[Human, Use]]:
        return [pair for pair in self._shown() if pair[1].role == "guest"]

    @property
    def seated(self) -> list[tuple[Human, Use]]:
        return [pair for pair in self.members if pair[1].holds_seat]

    def _shown(self) -> list[tuple[Human, Use]]:
        return [pair for pair in self.known if pair[0].id not in self.controls.hidden]

    def organization(self) -> dict[str, Any]:
        api = f"{API}/orgs/{ORG}"
        return {
            "login": ORG,
            "id": ORG_ID,
            "node_id": "O_kgDOAAFgYg",
            "url": api,
            "repos_url": f"{api}/repos",
            "events_url": f"{api}/events",
            "hooks_url": f"{api}/hooks",
            "issues_url": f"{api}/issues",
            "members_url": f"{api}/members{{/member}}",
            "public_members_url": f"{api}/public_members{{/member}}",
            "avatar_url": f"{WEB}/{ORG}.png",
            "description": None,
            "name": self.company.name,
            "has_organization_projects": True,
            "has_repository_projects": True,
            "public_repos": 3,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "html_url": f"{WEB}/{ORG}",
            "type": "Organization",
            "created_at": "2019-03-04T09:00:00Z",
            "updated_at": "2025-03-04T09:00:00Z",
            "archived_at": None,
        }

    def teams(self) -> Iterator[tuple[int, tuple[str, str]]]:
        return enumerate(self.company.teams["github"].items(), 501)

    def copilot(self) -> dict[str, Any]:
        total = len(self.seated)
        idle = sum(use.last_active is None for _, use in self.seated)
        return {
            "seat_breakdown": {
                "total": total,
                "added_this_cycle": 0,
                "pending_invitation": 0,
                "pending_cancellation": 0,
                "active_this_cycle": total - idle,
                "inactive_this_cycle": idle,
            },
            "seat_management_setting": "assign_selected",
            "ide_chat": "enabled",
            "platform_chat": "enabled",
            "cli": "enabled",
            "public_code_suggestions": "block",
            "plan_type": "business",
        }

    def seat(self, human: Human, use: Use) -> dict[str, Any]:
        used = use.last_active.isoformat().replace("+00:00", "Z") if use.last_active else None
        return {
            "created_at": "2025-01-07T09:00:00-06:00",
            "updated_at": "2025-01-07T09:00:00-06:00",
            "pending_cancellation_date": None,
            "last_activity_at": used,
            "last_activity_editor": "vscode/1.96.2/copilot/1.250.0" if used else None,
            "plan_type": "business",
            "assignee": user(human, use),
            "assigning_team": None,
        }

    def licensed(self, human: Human, use: Use) -> dict[str, Any]:
        role = "Owner" if use.role in ("owner", "admin") else "Member"
        return self.server_only() | {
            "github_com_login": use.username,
            "github_com_name": human.name,
            "enterprise_server_user_ids": [],
            "github_com_user": True,
            "enterprise_server_user": False,
            "github_com_profile": f"{WEB}/{use.username}",
            "github_com_member_roles": [f"{ORG}:{role}"],
            "github_com_saml_name_id": human.email,
            "enterprise_server_emails": [],
        }

    def server_only(self) -> dict[str, Any]:
        """Someone of a connected Enterprise Server, who has no account on github.com."""
        return {
            "github_com_login": "",
            "github_com_name": "",
            "enterprise_server_user_ids": ["git.northwind-labs.example:77"],
            "github_com_user": False,
            "enterprise_server_user": True,
            "visual_studio_subscription_user": False,
            "license_type": "enterprise",
            "github_com_profile": "",
            "github_com_member_roles": [],
            "github_com_enterprise_roles": [],
            "github_com_verified_domain_emails": [],
            "github_com_saml_name_id": "",
            "github_com_orgs_with_pending_invites": [],
            "github_com_two_factor_auth": None,
            "enterprise_server_emails": [f"hubot@{self.company.domain}"],
            "visual_studio_license_status": "",
            "visual_studio_subscription_email": "",
            "total_user_accounts": 1,
        }


def user_id(human: Human) -> int:
    return 40_000 + human.number


def signs_on(human: Human) -> bool:
    """Whether they have ever signed on by SAML."""
    return human.employment != "unknown"


def has_second_factor(human: Human) -> bool:
    return human.number % 9 != 0


def node_id(human: Human) -> str:
    return f"U_kgDO{user_id(human):06d}"


def owner_links(login: str) -> dict[str, Any]:
    """What GitHub's answers say alike of users and of organisations."""
    api = f"{API}/users/{login}"
    return {
        "gravatar_id": "",
        "url": api,
        "html_url": f"{WEB}/{login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
    }


def user(human: Human, use: Use) -> dict[str, Any]:
    return {
        "login": use.username,
        "id": user_id(human),
        "node_id": node_id(human),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user_id(human)}?v=4",
        **owner_links(use.username),
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def team(number: int, slug: str, name: str) -> dict[str, Any]:
    api = f"{API}/organizations/{ORG_ID}/team/{number}"
    return {
        "id": number,
        "node_id": f"T_kwDO{number:06d}",
        "url": api,
        "html_url": f"{WEB}/orgs/{ORG}/teams/{slug}",
        "name": name,
        "slug": slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{api}/members{{/member}}",
        "repositories_url": f"{api}/repos",
        "type": "organization",
        "organization_id": ORG_ID,
        "parent": None,
    }


@cache
def audit_events(directory: Directory) -> tuple[dict[str, Any], ...]:
    """Everybody's pushes, on every third day back from their last day, for 90 days."""
    today = datetime.combine(directory.company.today, datetime.min.time(), UTC)
    events = [
        _event(human, use, use.last_active - timedelta(days=back))
        for human, use in directory.by_login.values()
        for back in range(0, 91, 3)
        if use.last_active and use.last_active - timedelta(days=back) > today - timedelta(days=90)
    ]
    return tuple(sorted(events, key=lambda event: (event["@timestamp"], event["_document_id"])))


def _event(human: Human, use: Use, at: datetime) -> dict[str, Any]:
    moment = int(at.timestamp() * 1000)
    return {
        "@timestamp": moment,
        "action": "git.push",
        "actor": use.username,
        "actor_id": user_id(human),
        "created_at": moment,
        "_document_id": f"{moment}-{human.number}",
        "org": ORG,
        "org_id": ORG_ID,
        "repo": f"{ORG}/product",
    }
