"""What has happened to one account, and when it was active."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from steward.inventory.account import Account, ActiveDays
from steward.inventory.history import days_of

_WATCHED = {
    "status": "status",
    "role": "role",
    "holds_seat": "paid seat",
    "email": "e-mail",
    "username": "user name",
    "name": "name",
    "kind": "kind",
}


@dataclass(frozen=True)
class Change:
    at: datetime
    sentence: str


def timeline_of(account: Account, most: int = 100) -> list[Change]:
    """Newest first; ends with the day on which the account was first seen."""
    past = list(account.versions.order_by("-until")[:most])
    changes = []
    newer: Any = account
    for version in past:
        said = _difference(version, newer)
        changes.append(Change(version.until, said or "details changed"))
        newer = version
    if len(past) < most:
        changes.append(Change(account.first_seen_at, "first seen"))
    return changes


def _difference(old: Any, new: Any) -> str:
    parts = []
    for field, label in _WATCHED.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            parts.append(f"{label}: {_word(before)} → {_word(after)}")
    changed = sorted(
        name
        for name in {*old.attributes, *new.attributes}
        if old.attributes.get(name) != new.attributes.get(name) and name != "emails"
    )
    parts += [f"{name.replace('_', ' ')} changed" for name in changed]
    return ", ".join(parts)


def _word(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "none"


def activity_of(account: Account, months: int = 6) -> list[tuple[date, list[date]]]:
    """The days known to have been active, by month, newest first."""
    rows = ActiveDays.objects.present().filter(account=account)
    by_month: dict[date, int] = {}
    for month, bits in rows.values_list("month", "days"):
        by_month[month] = by_month.get(month, 0) | bits
    newest = sorted(by_month.items(), reverse=True)[:months]
    return [(month, days_of(month, bits)) for month, bits in newest]
