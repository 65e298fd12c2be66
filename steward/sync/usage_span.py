"""From which day on an app tells who was active.

An app that shows the last month of sign-ins may also say of somebody idle that they were last seen
half a year ago. Such single days are true, and are not a record of that half year: taken for one,
all other days of it would look as if nobody had worked.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Sum

from steward.inventory.account import ActiveDays

# A month belongs to the record when at least one in so many of those active in the busiest month
# were active in it; a day of its first month, of those on the busiest day (weekends are quiet).
MONTH, DAY = 5, 10


def told_from(book: int, of_apps: bool) -> date | None:
    """`of_apps`: of sign-ins to other applications, instead of activity in its own."""
    rows = ActiveDays.objects.filter(instance=book)
    rows = rows.exclude(app=0) if of_apps else rows.filter(app=0)
    # An account has one row a month, and one for each application it signed in to.
    accounts = Count("account", distinct=True) if of_apps else Count("pk")
    months = dict(rows.order_by().values_list("month").annotate(accounts))
    if not months:
        return None
    most = max(months.values())
    first = min(month for month, count in months.items() if count * MONTH >= most)
    return _day_of(rows.filter(month=first), first)


def _day_of(rows: Any, month: date) -> date:
    sums: dict[str, Any] = {
        f"day{bit}": Sum(F("days").bitrightshift(bit).bitand(1)) for bit in range(31)
    }
    counts = [count or 0 for count in rows.aggregate(**sums).values()]
    most = max(counts)
    return month + timedelta(days=next(n for n, c in enumerate(counts) if c * DAY >= most and c))
