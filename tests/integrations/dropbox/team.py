"""A made-up team, in the shapes of the public Stone descriptions (team_members, team_linked_apps,
team_log)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TEAM = "dbtid:AAHnorthwind"
STATUSES = {7: "suspended", 11: "invited", 13: "removed", 17: "suspended"}
LIMITED = {5, 17}
ROLES = {1: ("Team admin",), 2: ("Support admin", "Billing admin"), 3: ("Reporting admin",)}
FOLDER, WHOLE = "dbaid:AAFnotes", "dbaid:AAFbackup"
SIZE = 30


def member_id(number: int) -> str:
    return f"dbmid:AAH{number:04d}"


def member(number: int) -> dict[str, Any]:
    status = STATUSES.get(number, "active")
    recoverable = {"is_recoverable": True} if status == "removed" else {}
    profile: dict[str, Any] = {
        "team_member_id": member_id(number),
        "account_id": f"dbid:AAH{number:04d}",
        "email": f"member{number}@northwind-labs.example",
        "email_verified": number != 9,
        "status": {".tag": status, **recoverable},
        "name": {"display_name": f"Member {number}", "abbreviated_name": "M"},
        "membership_type": {".tag": "limited" if number in LIMITED else "full"},
        "groups": [f"g:{number % 3}", "g:all"] if status == "active" else [],
        "member_folder_id": str(9000 + number),
        "invited_on": "2023-05-01T09:00:00Z",
    }
    if status != "invited":
        profile["joined_on"] = "2023-05-02T09:00:00Z"
    if number == 4:
        seconds = [("m.four", True), ("unproved", False)]
        profile["secondary_emails"] = [
            {"email": f"{name}@northwind-labs.example", "is_verified": proved}
            for name, proved in seconds
        ]
    roles = [
        {"role_id": f"pid_dbtmr:{name}", "name": name, "description": name}
        for name in ROLES.get(number, ())
    ]
    return {"profile": profile, "roles": roles}


def event(number: int, day: int, **more: Any) -> dict[str, Any]:
    user = {".tag": "team_member", "team_member_id": member_id(number), "email": "x@y.example"}
    actor = more.pop("actor", "user")
    kind, way = more.pop("kind", "file_add"), more.pop("way", "end_user")
    return {
        "timestamp": (NOW - timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event_category": {".tag": "file_operations"},
        "actor": {".tag": actor, actor: user},
        "origin": {"access_method": {".tag": way, way: {}}},
        "event_type": {".tag": kind, "description": kind},
        "details": {".tag": f"{kind}_details"},
    }


def events() -> list[dict[str, Any]]:
    """In no order, as Dropbox says of them; and what must not count as being there."""
    true = [event(number, day) for number in range(1, 6) for day in (0, 3, 40)]
    return [
        *true[::2],
        *true[1::2],
        event(1, 5, actor="admin", way="admin_console"),
        event(6, 1, kind="login_fail"),
        event(6, 2, way="api"),
        event(6, 3, way="sign_in_as"),
        {**event(6, 4), "actor": {".tag": "dropbox"}},
        {**event(6, 5), "actor": {".tag": "user", "user": {".tag": "non_team_member"}}},
    ]


def linked() -> list[dict[str, Any]]:
    notes = {"app_id": FOLDER, "app_name": "Notes", "publisher": "Notes Ltd", "is_app_folder": True}
    backup = {"app_id": WHOLE, "app_name": "Backup", "is_app_folder": False}
    dated = [{**notes, "linked": "2024-05-12T15:50:38Z"}, backup]
    return [
        {"team_member_id": member_id(number), "linked_api_apps": dated[: 1 + number % 2]}
        for number in range(1, 9)
    ]
