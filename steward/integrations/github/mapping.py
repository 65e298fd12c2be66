"""GitHub's users, seats and events as Steward's records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from steward.integrations.github.profiles import Profile
from steward.sdk.answer import Answer
from steward.sdk.errors import Unexpected
from steward.sdk.records import Account, AccountKind, Activity, License, Membership, Seat
from steward.sdk.times import moment_of

COPILOT, ENTERPRISE = "copilot", "enterprise"


def account(
    user: dict[str, Any],
    profiles: dict[str, Profile],
    role: str,
    kind: AccountKind = "person",
    attributes: dict[str, Any] | None = None,
) -> Account:
    profile = profiles.get(str(user["id"]), Profile())
    shown = [user["email"]] if user.get("email") else []
    emails = tuple(dict.fromkeys([*profile.emails, *shown]))
    return Account(
        id=str(user["id"]),
        username=user["login"],
        name=profile.name or user.get("name") or "",
        email=emails[0] if emails else None,
        emails=emails[1:],
        kind="service" if user.get("type") == "Bot" else kind,
        role=role,
        attributes=attributes or {},
    )


def linked(user: dict[str, Any], profiles: dict[str, Profile]) -> dict[str, bool]:
    """Of members: outside collaborators sign in as they do everywhere."""
    said = profiles.get(str(user["id"]), Profile()).is_linked
    return {} if said is None else {"sso": said}


def membership(group: str, user: dict[str, Any]) -> Membership:
    return Membership(group=group, account=str(user["id"]))


def seat(seat: dict[str, Any]) -> Seat | None:
    """Without an assignee it is an invitation that nobody has taken up yet."""
    if not seat.get("assignee"):
        return None
    return Seat(
        license=COPILOT,
        account=str(seat["assignee"]["id"]),
        last_active_at=moment_of(seat.get("last_activity_at")),
    )


def enterprise_license(bought: int | None) -> License:
    return License(id=ENTERPRISE, name="GitHub Enterprise", purchased=bought)


def members(users: list[Any], org: str) -> Iterator[str]:
    """Logins of the enterprise's users who belong to this organisation. Roles read
    “organisation:Owner”."""
    ours = f"{org}:".casefold()
    for user in users:
        roles = user.get("github_com_member_roles") if isinstance(user, dict) else None
        if any(str(role).casefold().startswith(ours) for role in roles or ()):
            yield str(user.get("github_com_login") or "")


def enterprise_seat(ids: dict[str, str], user: dict[str, Any]) -> Seat | None:
    account = ids.get(user.get("github_com_login") or "")
    return Seat(license=ENTERPRISE, account=account) if account else None


def ids(users: list[Any]) -> Iterator[Any]:
    return (user.get("id") for user in users if isinstance(user, dict))


def unnamed(events: list[Any]) -> Iterator[str]:
    """Logins of actors whom the log names without their id, as older servers do."""
    for event in events:
        if not isinstance(event, dict) or event.get("actor_id"):
            continue
        login = str(event.get("actor") or "")
        if login and not login.endswith("[bot]"):
            yield login


def activity(
    ids: dict[str, str], told: dict[date, set[str]], event: dict[str, Any]
) -> Activity | None:
    """`told` holds whom the day being read is already known of."""
    account = str(event.get("actor_id") or ids.get(event.get("actor") or "", ""))
    moment = moment_of(event.get("@timestamp") or event["created_at"])
    if moment is None:
        raise ValueError("the event has no time")
    day = moment.date()
    if day not in told:
        told.clear()
    known = told.setdefault(day, set())
    if not account or account in known:
        return None
    known.add(account)
    return Activity(account=account, day=day)


def object_of(answer: Answer) -> dict[str, Any]:
    body = answer.json()
    if not isinstance(body, dict):
        raise Unexpected("GitHub answered with something other than the object asked for.")
    return body


def list_of(answer: Answer, at: str = "") -> list[Any]:
    items = object_of(answer).get(at) if at else answer.json()
    if not isinstance(items, list):
        raise Unexpected("GitHub answered without the list that was asked for.")
    return items


def expiry(value: str | None) -> datetime | None:
    """`2026-12-01 09:30:00 UTC`, or with an offset such as +0200; None where nothing is said."""
    if not value:
        return None
    try:
        return datetime.fromisoformat(value.replace(" UTC", "+00:00")).astimezone(UTC)
    except ValueError:
        return None
