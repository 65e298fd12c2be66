"""Waste in money, by application, licence, reason and department, from the figures of licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from steward.insight.licences import UNASSIGNED, WASTE, Licence, Sum, licences
from steward.insight.seat_counts import counted_by_department

NO_DEPARTMENT = ""


@dataclass(frozen=True)
class Waste:
    """So many seats of a licence that could be given up for one reason. `department` is whose they
    are; None where departments were not asked for."""

    licence: Licence
    reason: str
    seats: int
    department: str | None = None

    @property
    def reason_said(self) -> str:
        return WASTE[self.reason]


def wastes(application: int | None = None) -> list[Waste]:
    return [
        Waste(one, reason, count)
        for one in licences(application)
        for reason, count in one.wasted.items()
    ]


def wastes_by_department(application: int | None = None) -> list[Waste]:
    """The same seats, with the departments of who holds them. What nobody holds is nobody's."""
    counts = counted_by_department()
    found = []
    for waste in wastes(application):
        one = waste.licence
        place = (one.application, one.key)
        if waste.reason == UNASSIGNED:
            found.append(Waste(one, UNASSIGNED, waste.seats, NO_DEPARTMENT))
            continue
        for department, count in counts.get((place, waste.reason), Counter()).items():
            found.append(Waste(one, waste.reason, count, department))
    return found


Key = TypeVar("Key", bound=Hashable)


def summed(rows: Iterable[Waste], by: Callable[[Waste], Key]) -> dict[Key, Sum]:
    """The largest first: by what it costs, then by seats."""
    found: dict[Key, Sum] = {}
    for waste in rows:
        found[by(waste)] = found.get(by(waste), Sum()).plus(waste.licence, waste.seats)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].month, -pair[1].seats)))
