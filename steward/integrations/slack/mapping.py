"""Slack's members, user groups, billing map and log entries as Steward's records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from steward.sdk.records import Account, AccountKind, Activity, Group, Membership, Seat
from steward.sdk.times import moment_of

SEAT = "slack"
SLACKBOT = "USLACKBOT"  # in every workspace, and not marked as a bot


def account(user: dict[str, Any]) -> Account:
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name")
    return Account(
        id=user["id"],
        username=user.get("name") or "",
        name=name or "",
        email=profile.get("email") or None,
        verified=user.get("is_email_confirmed") is not False,
        status="disabled" if user.get("deleted") else "active",
        kind=_kind(user),
        role=_role(user),
        attributes=_attributes(user, profile),
    )


def _kind(user: dict[str, Any]) -> AccountKind:
    """`is_app_user` is no sign of a bot: it marks people who authorised the asking app."""
    if user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == SLACKBOT:
        return "service"
    outside = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_external")
    return "guest" if any(user.get(mark) for mark in outside) else "person"


# The first mark that a member carries names the role; a single-channel guest carries both marks
# of a guest, and a primary owner those of an owner and an admin too.
_ROLES = (
    ("is_primary_owner", "primary owner"),
    ("is_owner", "owner"),
    ("is_admin", "admin"),
    ("is_ultra_restricted", "single-channel guest"),
    ("is_restricted", "multi-channel guest"),
    ("is_stranger", "external member"),
    ("is_external", "external member"),
)


def _role(user: dict[str, Any]) -> str:
    if _kind(user) == "service":
        return "bot"
    return next((role for mark, role in _ROLES if user.get(mark)), "member")


def _attributes(user: dict[str, Any], profile: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"app_status": _app_status(user)}
    if "has_2fa" in user:
        said["mfa"] = bool(user["has_2fa"])
    if profile.get("title"):
        said["title"] = profile["title"]
    return said


def _app_status(user: dict[str, Any]) -> str:
    if user.get("deleted"):
        return "deactivated"
    return "invited" if user.get("is_invited_user") else "active"


def group(group: dict[str, Any]) -> Iterator[Group | Membership]:
    yield Group(id=group["id"], name=group.get("name") or group.get("handle") or group["id"])
    for user in group.get("users") or ():
        yield Membership(group=group["id"], account=user)


def seat(billed: tuple[str, Any]) -> Seat | None:
    user, info = billed
    return Seat(license=SEAT, account=user) if info["billing_active"] else None


def is_dated(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("date_last"), int)


def activity(since: date, told: set[tuple[str, date]], entry: dict[str, Any]) -> Iterator[Activity]:
    """An entry gathers the sessions of one member, address and device; of the days between its
    first and its last nothing is known. `told` holds what the page said already."""
    for end in (entry["date_first"], entry["date_last"]):
        moment = moment_of(end)
        day = moment.date() if moment else date.min
        if day >= since and (entry["user_id"], day) not in told:
            told.add((entry["user_id"], day))
            yield Activity(account=entry["user_id"], day=day)
