"""What contracts commit to, by the departments that bear it: in the proportions in which what was
paid for the application in the period is shared. Where nothing was, nobody can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from django.db.models import Sum

from steward.insight.commitments import committed
from steward.insight.memory import remembered
from steward.insight.spend import Period
from steward.insight.traces import Minds
from steward.inventory.amounts import MONEY_PLACES
from steward.inventory.charging import merged_applications
from steward.inventory.company import Company
from steward.inventory.spend import DepartmentShare
from steward.inventory.splitting import split

NOT_SHARED = "unshared"
# Application, department, and why nobody is named.
Bearer: TypeAlias = tuple[int | None, str, str]


def by_department(period: Period) -> dict[Bearer, Decimal]:
    """All of it adds up to what is committed."""
    key = ("committed by department", period, Company.get().currency)
    found: dict[Bearer, Decimal] = remembered(key, lambda: _shared(period), Minds.FIGURES)
    return found


def _shared(period: Period) -> dict[Bearer, Decimal]:
    currency, ways = Company.get().currency, _ways(period)
    found: dict[Bearer, Decimal] = {}
    for application, amount in committed(period).by_application.items():
        way = ways.get(application, {}) if application else {}
        if not way or min(way.values()) < 0 or not sum(way.values()):
            way = {("", NOT_SHARED): Decimal(1)}
        weights = [int(weight.scaleb(MONEY_PLACES)) for weight in way.values()]
        for bearer, part in zip(way, split(amount, weights, currency), strict=True):
            found[(application, *bearer)] = part
    return found


def _ways(period: Period) -> Mapping[int, dict[tuple[str, str], Decimal]]:
    merged = merged_applications()
    rows = DepartmentShare.objects.filter(month__range=(period.first, period.last))
    grouped = rows.exclude(application=None).order_by().values("application", "department", "why")
    found: dict[int, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in grouped.annotate(sum=Sum("amount")):
        of = merged.get(row["application"], row["application"])
        found[of][row["department"], row["why"]] += row["sum"]
    return found
