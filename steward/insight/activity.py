"""When an account was active."""

from __future__ import annotations

from datetime import date

from steward.inventory.account import Account, ActiveDays
from steward.inventory.history import days_of


def activity_of(account: Account, months: int = 6) -> list[tuple[date, list[date]]]:
    """The days known to have been active, by month, newest first."""
    rows = ActiveDays.objects.present().filter(account=account)
    by_month: dict[date, int] = {}
    for month, bits in rows.values_list("month", "days"):
        by_month[month] = by_month.get(month, 0) | bits
    newest = sorted(by_month.items(), reverse=True)[:months]
    return [(month, days_of(month, bits)) for month, bits in newest]
