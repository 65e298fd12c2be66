"""What contracts commit to, and what seats cost at their prices, beside what was paid. Nothing is
added to what was paid: each has a column of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from steward.insight.commitments import Committed, committed
from steward.insight.committed_shares import NOT_SHARED, by_department
from steward.insight.licences import licences
from steward.insight.spend import Period, no_rate_of
from steward.inventory.application import Application
from steward.inventory.charging import merged_applications
from steward.inventory.spend import WHY

RULE = (
    "Committed is what contracts cost in the period, evenly over their days; it stands beside what "
    "was paid and is never added to it, and where both are known for an application, the "
    "difference says how much more or, with a minus, less was paid than committed."
)
NO_APPLICATION = "Contracts for no one application"
NOBODY_TOLD = "– Not told by payments who bears it"
Row: TypeAlias = dict[str, Any]
ZERO = Decimal()


def with_applications(paid: Iterable[Row], period: Period) -> list[Row]:
    """What is committed or costs seats gets a row too where nothing was paid."""
    found, seats = committed(period), seats_now()
    of_none = found.by_application.get(None)
    rows = {row["application_id_"]: row for row in paid}
    missing = ({*found.by_application, *seats} - rows.keys()) - {None}
    names = dict(Application.objects.filter(pk__in=missing).values_list("pk", "name"))
    rows |= {number: _unpaid(number, name) for number, name in names.items()}
    compared = _Compared(found, no_rate_of(period))
    made = [{**row, **compared.told(row), "seats_now": seats.get(n)} for n, row in rows.items()]
    if of_none is not None:
        nothing = {"committed": of_none, "difference": None, "seats_now": None}
        made.append({**_unpaid(None, NO_APPLICATION), **nothing})
    return made


def _unpaid(number: int | None, name: str) -> Row:
    nothing = {"paid": ZERO, "payments": 0, "last_paid": None}
    return {"application_id_": number, "name": name, **nothing}


@dataclass(frozen=True)
class _Compared:
    """`no_rate` are applications of which not everything that was paid is in the figures."""

    committed: Committed
    no_rate: frozenset[int | None]

    def told(self, row: Mapping[str, Any]) -> Row:
        number = row["application_id_"]
        agreed = self.committed.by_application.get(number) if number else None
        partly = number in self.no_rate or number in self.committed.partly
        compares = agreed is not None and row["payments"] and not partly
        return {"committed": agreed, "difference": row["paid"] - agreed if compares else None}


def seats_now() -> dict[int, Decimal]:
    """What the seats of an application cost a month at today's prices; the same as the licences
    say."""
    merged, found = merged_applications(), dict[int, Decimal]()
    for one in licences():
        if one.costs is not None:
            number = merged.get(one.application, one.application)
            found[number] = found.get(number, ZERO) + one.costs.month
    return found


def with_one_department(paid: Iterable[Row], period: Period, department: str) -> list[Row]:
    """By application, of what this department bears."""
    shares = {of: part for (of, unit, _), part in by_department(period).items()
              if unit == department and of is not None}  # fmt: skip
    blank = {"payments": None, "last_paid": None, "paid": ZERO}
    names = dict(Application.objects.filter(pk__in=shares).values_list("pk", "name"))

    def empty(number: Any) -> Row:
        return {"application_id_": number, "name": names[number], **blank}

    made = _laid_beside(paid, "application_id_", shares, empty)
    return [{**row, "difference": None, "seats_now": None} for row in made]


def with_departments(paid: Iterable[Row], period: Period) -> list[Row]:
    found: dict[tuple[str, str], Decimal] = {}
    for (_, unit, why), part in by_department(period).items():
        found[unit, why] = found.get((unit, why), ZERO) + part
    rows = [{**row, "place": (row["department"], row["why"])} for row in paid]
    return _laid_beside(rows, "place", found, _department)


def _department(place: Any) -> Row:
    unit, why = place
    name = NOBODY_TOLD if why == NOT_SHARED else f"– {WHY[why]}" if why else unit
    return {"department": unit, "why": why, "name": name, "paid": ZERO}


def with_months(paid: Iterable[Row], period: Period) -> list[Row]:
    nothing = {"paid": ZERO, "payments": 0, "last_paid": None}
    found = committed(period).by_month
    return _laid_beside(paid, "name", found, lambda month: {"name": month, **nothing})


def _laid_beside(
    paid: Iterable[Row],
    key: str,
    found: Mapping[Any, Decimal],
    empty: Callable[[Hashable], Row],
) -> list[Row]:
    rows = {row[key]: row for row in paid}
    rows |= {place: empty(place) for place in found if place not in rows}
    return [{**row, "committed": found.get(place)} for place, row in rows.items()]
