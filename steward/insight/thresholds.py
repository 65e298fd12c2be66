"""After how long somebody counts as inactive: what an application says, or else 30 days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from steward.inventory.application import Application

DAYS = 30


def inactive_after(application: Application | None) -> int:
    """In days without activity."""
    own = application.inactive_after if application else None
    return int(own or DAYS)


def not_within(field: str, application: str, now: Any) -> Q:
    """Rows whose `field`, a day or a moment, lies further back from `now` than that; `application`
    is the way to it. Those of no application, or of any, have the usual."""
    own = Application.objects.exclude(inactive_after=None).order_by()
    limits: dict[int, list[int]] = {}
    for number, days in own.values_list("pk", "inactive_after"):
        limits.setdefault(days, []).append(number)
    before = {days: Q(**{f"{field}__lte": _back(now, days)}) for days in {DAYS, *limits}}
    if not limits:
        return before[DAYS]
    special = [Q(**{f"{application}__in": some}) & before[d] for d, some in limits.items()]
    theirs = [number for some in limits.values() for number in some]
    others = ~Q(**{f"{application}__in": theirs}) | Q(**{f"{application}__isnull": True})
    return reduce(or_, special, others & before[DAYS])


def _back(now: Any, days: int) -> date:
    back: date = now - timedelta(days=days)
    return back
