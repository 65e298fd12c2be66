"""What was paid for software: by month, and what is missing in the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from steward.insight.asking import BadRequest
from steward.insight.charts import Chart, Series
from steward.insight.memory import remembered
from steward.insight.provenance import Provenance, provenance
from steward.insight.traces import Minds
from steward.inventory import money
from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.imports import Import
from steward.inventory.instance import Instance, StreamState
from steward.inventory.spend import (
    WHY,
    DepartmentShare,
    PersonShare,
    Retelling,
    SpendMonth,
    first_of,
)

MONTHS, MOST_MONTHS = 12, 120
ZERO = Decimal()


@dataclass(frozen=True)
class Period:
    """Whole months, from the first day of one to the last of another."""

    first: date
    last: date

    @classmethod
    def of(cls, since: str = "", until: str = "") -> Period:
        """From "2026-03" and the like; the day of a date does not matter. The last twelve months,
        where nothing is said."""
        this = first_of(timezone.now().date())
        last = _month(until) if until else max(this, _month(since) if since else this)
        first = _month(since) if since else _back(last, MONTHS - 1)
        if first > last:
            raise BadRequest("The period ends before it begins.")
        if _back(last, MOST_MONTHS - 1) > first:
            raise BadRequest(f"A period has at most {MOST_MONTHS} months.")
        return cls(first, next_of(last) - timedelta(days=1))

    @property
    def months(self) -> list[date]:
        months = [self.first]
        while (following := next_of(months[-1])) <= self.last:
            months.append(following)
        return months

    @property
    def asked(self) -> dict[str, str]:
        """As filters say it."""
        return {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}

    def __str__(self) -> str:
        first, last = f"{self.first:%B %Y}", f"{self.last:%B %Y}"
        return first if first == last else f"{first} to {last}"


def next_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _back(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(max(number // 12, 1), number % 12 + 1, 1)


def _month(text: str) -> date:
    try:
        month = date.fromisoformat(text if len(text) > len("2026-03") else f"{text}-01")
    except ValueError:
        raise BadRequest("A month looks like 2026-03.") from None
    if not 1970 <= month.year <= 2200:
        raise BadRequest("A month looks like 2026-03.")
    return first_of(month)


def counted(period: Period) -> Any:
    """Payments for software, each once; those in a currency without a rate too."""
    return Charge.objects.counted().filter(is_saas=True, day__range=(period.first, period.last))


def paid(period: Period) -> Any:
    """Those that make up every sum."""
    return counted(period).filter(told__isnull=False)


# What an application that was merged has become.
APPLICATION = Coalesce(
    F("application__merged_into__merged_into"), F("application__merged_into"), F("application")
)
APPLICATION_NAME = Coalesce(
    F("application__merged_into__merged_into__name"),
    F("application__merged_into__name"),
    F("application__name"),
)


def of_application(rows: Any, application: int) -> Any:
    return rows.filter(
        Q(application=application)
        | Q(application__merged_into=application)
        | Q(application__merged_into__merged_into=application)
    )


def no_rate_of(period: Period) -> frozenset[int | None]:
    """Applications of which some payment could not be converted."""
    rows = counted(period).filter(told=None).order_by().annotate(of=APPLICATION)
    return frozenset(rows.values_list("of", flat=True).distinct())


@dataclass(frozen=True)
class Unconverted:
    currency: str
    amount: Decimal
    payments: int


@dataclass(frozen=True)
class Spend:
    """`total` is in `currency`; what could not be converted into it is in no sum. `unmatched` is
    part of the total. `telling` says that shares are being told anew."""

    period: Period
    currency: str
    total: Decimal
    payments: int
    unmatched: Decimal
    unmatched_vendors: int
    unconverted: tuple[Unconverted, ...]
    telling: bool


def spend(period: Period) -> Spend:
    found: Spend = remembered(
        ("spend", period, Company.get().currency), lambda: _spend(period), Minds.FIGURES
    )
    return found


def _spend(period: Period) -> Spend:
    unmatched = Q(application=None, matched=Charge.NOTHING)
    sums = paid(period).aggregate(
        total=Sum("told"), payments=Count("pk"), unmatched=Sum("told", filter=unmatched)
    )
    no_rate = counted(period).filter(told=None).order_by().values("currency")
    by_currency = no_rate.annotate(sum=Sum("amount"), count=Count("pk")).order_by("currency")
    vendors = counted(period).filter(unmatched).order_by().values("vendor_key").distinct()
    return Spend(
        period,
        Company.get().currency,
        sums["total"] or ZERO,
        sums["payments"],
        sums["unmatched"] or ZERO,
        vendors.count(),
        tuple(Unconverted(r["currency"], r["sum"], r["count"]) for r in by_currency),
        is_telling(),
    )


def is_telling() -> bool:
    waiting: bool = SpendMonth.objects.filter(untold=True).exists() or Retelling.objects.exists()
    return waiting


def by_month(rows: Any) -> dict[date, Decimal]:
    found = rows.order_by().annotate(of=TruncMonth("day")).values("of").annotate(sum=Sum("told"))
    return dict(found.values_list("of", "sum"))


def paid_by_month(period: Period) -> dict[date, Decimal]:
    """All that was paid for software."""
    key = ("paid by month", period, Company.get().currency)
    return dict(remembered(key, lambda: by_month(paid(period)), Minds.FIGURES))


def chart(
    period: Period,
    sums: Mapping[date, Decimal],
    title: str = "Paid by month",
    href: str = "",
    beside: Mapping[str, Mapping[date, Decimal]] | None = None,
) -> Chart:
    """A month that no source covers is a gap, not a zero. `beside` is drawn next to what was paid,
    by its name."""
    drawn = _chart(period, sums, title, href)
    for name, sums in (beside or {}).items():
        if sums:
            told = money.text(sum(sums.values(), ZERO), Company.get().currency)
            points = Series(name, [sums.get(month) for month in period.months])
            said = f"{drawn.said} {name}: {told}."
            drawn = replace(drawn, said=said, series=[*drawn.series, points])
    return drawn


def _chart(period: Period, sums: Mapping[date, Decimal], title: str, href: str = "") -> Chart:
    known = covered_months()
    points = [sums.get(month, ZERO if month in known else None) for month in period.months]
    currency = Company.get().currency
    total = money.text(sum((point for point in points if point is not None), ZERO), currency)
    labels = [f"{month:%b %Y}" for month in period.months]
    said = f"{title}, {period}: {total} in all."
    return Chart(title, said, labels, [Series("Paid", points)], "bar", currency, href)


def covered_months() -> frozenset[date]:
    """Those of which some source tells: from its first charge to the last day that it can know
    of, which is that of the latest reading where it is an app."""
    return remembered(("covered months",), _covered, Minds.FIGURES)  # type: ignore[no-any-return]


def _covered() -> frozenset[date]:
    spans = Charge.objects.present().order_by().values("book", "entered")
    read = dict(_last_read())
    months: set[date] = set()
    for row in spans.annotate(begin=Min("day"), end=Max("day")):
        end = max(row["end"], read.get(row["book"], row["end"]))
        months |= set(Period(first_of(row["begin"]), end).months)
    return frozenset(months)


def _last_read() -> Iterable[tuple[int, date]]:
    states = StreamState.objects.filter(name="charges", last_ok_at__isnull=False)
    rows = states.values_list("instance__book", "last_ok_at")
    return ((book, at.date()) for book, at in rows)


def sources() -> Provenance:
    """Instances that tell of charges, and files that were brought in."""
    files: QuerySet[Import] = Import.objects.filter(kind="charges", undone_at=None)
    return provenance(("charges",), files=files.count())


def of_person(person: int, period: Period) -> dict[str, Any] | None:
    """What a person costs: by month, and by application with the dearest first; None where it is
    nothing. What they have paid themselves is another matter, and comes with it."""
    rows = PersonShare.objects.filter(person=person, month__range=(period.first, period.last))
    sums: dict[str, Decimal] = {}
    months: dict[date, Decimal] = {}
    for month, amount, parts in rows.values_list("month", "amount", "parts"):
        months[month] = amount
        for application, part in parts.items():
            sums[application] = sums.get(application, ZERO) + Decimal(part)
    if not months:
        return None
    names = Application.objects.in_bulk([int(number) for number in sums if number])
    dearest = sorted(sums.items(), key=lambda pair: -pair[1])
    return {
        "chart": _chart(period, months, "Cost by month"),
        "applications": [(names.get(int(n or 0)), amount) for n, amount in dearest],
        "total": sum(sums.values(), ZERO),
        "by_card": paid(period).filter(person=person).aggregate(sum=Sum("told"))["sum"],
        "period": period,
    }


def departments_of(application: int, period: Period) -> Sequence[dict[str, Any]]:
    rows = DepartmentShare.objects.filter(
        application=application, month__range=(period.first, period.last)
    )
    found = rows.order_by().values("department", "why").annotate(paid=Sum("amount"))
    ordered = found.order_by("-paid", "department", "why")
    return [{**row, "name": row["department"] or WHY[row["why"]]} for row in ordered]


def finance_instances() -> Any:
    return Instance.objects.present().filter(streams__name="charges").distinct()
