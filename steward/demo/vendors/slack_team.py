"""What the made-up company looks like to Slack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from steward.demo.company import Company, Human, Use
from steward.demo.controls import Controls

TEAM = "T0NRTHWND1"
_IMAGE = "https://secure.gravatar.com/avatar/0.png"


class Workspace:
    def __init__(self, company: Company, controls: Controls) -> None:
        self.company, self.controls = company, controls

    def members(self) -> Iterator[tuple[Human, Use]]:
        hidden = self.controls.hidden
        return (pair for pair in self.company.users("slack") if pair[0].id not in hidden)

    def identity(self) -> dict[str, Any]:
        return {
            "ok": True,
            "url": "https://northwind-labs.slack.com/",
            "team": self.company.name,
            "user": "steward",
            "team_id": TEAM,
            "user_id": user_id(1),
            "is_enterprise_install": False,
        }

    def team(self) -> dict[str, Any]:
        return {
            "id": TEAM,
            "name": self.company.name,
            "domain": "northwind-labs",
            "email_domain": self.company.domain,
            "icon": {"image_default": True},
        }

    def user(self, human: Human, use: Use) -> dict[str, Any]:
        """A deactivated member keeps its profile and loses its marks; a suspended one is not
        known to Slack and stays an ordinary member."""
        gone, bot = use.status == "disabled", human.employment == "service"
        profile = _profile(human.name, human.title) | {"email": use.email or None}
        if bot:
            del profile["email"]
            profile |= {"api_app_id": f"A0{human.number:07d}", "bot_id": f"B0{human.number:07d}X"}
        member = _member(user_id(human.number), use.username, human.name, profile)
        if gone:
            return member | {"deleted": True, "is_bot": bot}
        return member | {"is_bot": bot, "has_2fa": human.number % 9 != 0} | _marks(human, use)

    def slackbot(self) -> dict[str, Any]:
        profile = _profile("Slackbot", "") | {"always_active": True}
        bot = _member("USLACKBOT", "slackbot", "Slackbot", profile)
        return bot | {"is_bot": False, "updated": 0}

    def usergroups(self, named: bool) -> list[dict[str, Any]]:
        teams = self.company.teams["slack"].items()
        return [self._usergroup(n, *team, named) for n, team in enumerate(teams, 1)]

    def _usergroup(self, number: int, key: str, name: str, named: bool) -> dict[str, Any]:
        users = [
            user_id(human.number)
            for human, use in self.members()
            if key in use.teams and use.status != "disabled"
        ]
        group = {
            "id": f"S0{number:07d}",
            "team_id": TEAM,
            "is_usergroup": True,
            "is_subteam": True,
            "name": name,
            "description": "",
            "handle": key,
            "is_external": False,
            "date_create": 1_700_000_000,
            "date_update": 1_700_000_000,
            "date_delete": 0,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": user_id(1),
            "updated_by": user_id(1),
            "deleted_by": None,
            "prefs": {"channels": [], "groups": []},
            "user_count": len(users),
        }
        return group | ({"users": users} if named else {})

    def billed(self) -> dict[str, dict[str, bool]]:
        return {
            user_id(human.number): {"billing_active": use.holds_seat}
            for human, use in self.members()
        }

    def logins(self) -> list[dict[str, Any]]:
        hidden = {user_id(h.number) for h in self.company.people if h.id in self.controls.hidden}
        return [login for login in self._all_logins if login["user_id"] not in hidden]

    @cached_property
    def _all_logins(self) -> list[dict[str, Any]]:
        """Newest first: two devices each, on every fourth day back from the last day."""
        today = datetime.combine(self.company.today, datetime.min.time(), UTC)
        oldest = today - timedelta(days=200)
        found = [
            _login(human, use, use.last_active - timedelta(days=back), device)
            for human, use in self.company.users("slack")
            for back in range(0, 120, 4)
            for device in ("Macintosh", "iPhone")
            if use.last_active and use.last_active - timedelta(days=back) > oldest
        ]
        return sorted(found, key=lambda login: (-login["date_last"], login["user_id"]))


def user_id(number: int) -> str:
    return f"U0{number:07d}"


def _marks(human: Human, use: Use) -> dict[str, bool]:
    """Every second guest may see one channel only; those carry both marks."""
    owner = use.role == "owner"
    guest = use.role == "guest"
    return {
        "is_primary_owner": owner,
        "is_owner": owner,
        "is_admin": owner or use.role == "admin",
        "is_restricted": guest,
        "is_ultra_restricted": guest and human.number % 20 == 0,
    }


def _member(id: str, username: str, name: str, profile: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id,
        "team_id": TEAM,
        "name": username,
        "deleted": False,
        "color": "9f69e7",
        "real_name": name,
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": profile,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }


def _profile(name: str, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "phone": "",
        "skype": "",
        "real_name": name,
        "real_name_normalized": name,
        "display_name": name,
        "display_name_normalized": name,
        "fields": None,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "g0",
        "image_72": _IMAGE,
        "team": TEAM,
    }


def _login(human: Human, use: Use, at: datetime, device: str) -> dict[str, Any]:
    moment = int(at.timestamp()) - (1 if device == "iPhone" else 0)
    return {
        "user_id": user_id(human.number),
        "username": use.username,
        "date_first": moment - 60,
        "date_last": moment,
        "count": 2,
        "ip": "198.51.100.7",
        "user_agent": f"Mozilla/5.0 ({device})",
        "isp": None,
        "country": "DE",
        "region": None,
    }
