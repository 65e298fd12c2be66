"""Dropbox's members, groups, linked apps and events as Steward's records.

A union is an object with its name under `.tag` (Stone, "JSON serializer").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steward.sdk.records import (
    Account,
    Activity,
    App,
    Grant,
    Group,
    License,
    Membership,
    Seat,
)
from steward.sdk.times import moment_of

LICENSE = "dropbox"
APP_FOLDER, FULL = "App folder", "Full Dropbox"


def tag(union: Any) -> str:
    return str(union.get(".tag") or "") if isinstance(union, dict) else ""


def account(member: dict[str, Any]) -> Account:
    """Suspended is only paused: Dropbox keeps the files and the licence for a return."""
    profile = member["profile"]
    status = tag(profile["status"])
    return Account(
        id=profile["team_member_id"],
        name=(profile.get("name") or {}).get("display_name") or "",
        email=profile.get("email") or None,
        emails=_further(profile),
        verified=profile.get("email_verified") is not False,
        status="disabled" if status in ("suspended", "removed") else "active",
        role=_role(member),
        created_at=moment_of(profile.get("joined_on") or profile.get("invited_on")),
        attributes=_attributes(profile, status),
    )


def _further(profile: dict[str, Any]) -> tuple[str, ...]:
    seconds = profile.get("secondary_emails") or ()
    return tuple(str(one["email"]) for one in seconds if one.get("is_verified"))


def _role(member: dict[str, Any]) -> str:
    """Whoever has no role is a plain member, in the words of the admin console."""
    names = [str(role["name"]) for role in member.get("roles") or ()]
    return ", ".join(names) or "Member"


def _attributes(profile: dict[str, Any], status: str) -> dict[str, Any]:
    said: dict[str, Any] = {"app_status": status}
    if status == "suspended":
        said["suspended"] = True
    if kind := tag(profile.get("membership_type")):
        said["membership_type"] = kind
    return said


def seat(member: dict[str, Any]) -> Seat | None:
    """A limited member uses no licence; an invited and a suspended one do (team.stone; Dropbox's
    help, "Delete a member")."""
    profile = member["profile"]
    holds = tag(profile["membership_type"]) == "full" and tag(profile["status"]) != "removed"
    return Seat(license=LICENSE, account=profile["team_member_id"]) if holds else None


def license_of(team: dict[str, Any]) -> License:
    bought = team.get("num_licensed_users")
    return License(
        id=LICENSE, name="Dropbox licence", purchased=bought if isinstance(bought, int) else None
    )


def group(group: dict[str, Any]) -> Group:
    return Group(id=group["group_id"], name=group.get("group_name") or group["group_id"])


def memberships(member: dict[str, Any]) -> Iterator[Membership]:
    profile = member["profile"]
    for one in profile.get("groups") or ():
        yield Membership(group=str(one), account=profile["team_member_id"])


def linked(told: set[str], member: dict[str, Any]) -> Iterator[App | Grant]:
    """`told` are the apps that the page has named already."""
    for app in member["linked_api_apps"]:
        if app["app_id"] not in told:
            told.add(app["app_id"])
            yield App(
                id=app["app_id"],
                name=app.get("app_name") or app["app_id"],
                publisher=app.get("publisher") or "",
            )
        yield Grant(
            app=app["app_id"],
            account=member["team_member_id"],
            scopes=_scopes(app),
            granted_at=moment_of(app.get("linked")),
        )


def _scopes(app: dict[str, Any]) -> tuple[str, ...]:
    """Dropbox tells how far an app reaches and not what it may do there."""
    reach = app.get("is_app_folder")
    return () if reach is None else (APP_FOLDER if reach else FULL,)


# Of what the log puts down to a member: what others did as them, or an app did for them.
_NOT_THEM = ("api", "sign_in_as")
# Somebody tried, and did not get in.
_FAILED = ("login_fail", "sso_error")


def activity(told: set[tuple[str, Any]], event: dict[str, Any]) -> Activity | None:
    """`told` holds what the page has said already; events come in no order."""
    moment = moment_of(event["timestamp"])
    if moment is None:
        raise ValueError("the event has no time")
    member, day = _who(event), moment.date()
    if not member or (member, day) in told:
        return None
    told.add((member, day))
    return Activity(account=member, day=day)


def _who(event: dict[str, Any]) -> str:
    """A member who acted themselves, as one of the team or as its admin; "" for nobody."""
    way = tag((event.get("origin") or {}).get("access_method"))
    if way in _NOT_THEM or tag(event.get("event_type")) in _FAILED:
        return ""
    actor = event.get("actor") or {}
    user = actor.get(tag(actor)) if tag(actor) in ("user", "admin") else None
    return str((user or {}).get("team_member_id") or "")
