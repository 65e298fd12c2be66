"""How things stood on a past day.

Current rows carry `since`, past versions `since` and `until`; what held at a moment is the one
row of each account that spans it. The last activity moves daily and is not versioned: it is the
newest of the days kept as bits, up to that moment.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    When,
)

from steward.inventory.account import AccountAt, ActiveDays

_TIME = DateTimeField(null=True)


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def accounts_at(day: date) -> Any:
    """Accounts as they stood at the end of that UTC day, with the fields of `Account`; read
    `active_at` for the last activity up to then (`last_active_at` may lie behind that day)."""
    end = end_of(day)
    rows = AccountAt.objects.filter(since__lt=end).filter(Q(until=None) | Q(until__gte=end))
    return rows.annotate(
        active_at=Case(
            When(last_active_at__lt=end, then=F("last_active_at")),
            default=_last_day(day),
            output_field=DateTimeField(null=True),
        )
    )


def _last_day(day: date) -> Subquery:
    """The newest day kept of the account, not after `day`."""
    first = day.replace(day=1)
    so_far = (1 << day.day) - 1
    rows = (
        ActiveDays.objects.filter(account=OuterRef("account_id"), app=0)
        .annotate(
            held=Case(
                When(month=first, then=F("days").bitand(so_far)),
                default=F("days"),
                output_field=BigIntegerField(),
            )
        )
        .filter(month__lte=first, held__gt=0)
        .order_by("-month")
    )
    return Subquery(rows.annotate(last=_highest()).values("last")[:1])


def _highest() -> Case:
    """The date of the highest bit. SQLite knows no logarithm, so the bits are tried in turn."""
    cases = [
        When(held__gte=1 << bit, then=ExpressionWrapper(F("month") + timedelta(days=bit), _TIME))
        for bit in reversed(range(31))
    ]
    return Case(*cases, output_field=_TIME)


def days_of(month: date, bits: int) -> list[date]:
    length = monthrange(month.year, month.month)[1]
    return [month.replace(day=d + 1) for d in range(length) if bits >> d & 1]
