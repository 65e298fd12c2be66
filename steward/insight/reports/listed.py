"""Reports whose rows are few and computed in Python: sorted and cut here, not by the database.

    Listed(slug=…, title=…, columns=…, made=rows_of, order=("-waste", "name"), …)

`made` gives each row as a mapping that has every column by name; everything else (page, API,
command line, CSV, XLSX, filters, money hidden from Readers) is as of any report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, TypeAlias

from steward.insight.reports.core import Report
from steward.insight.reports.question import Question
from steward.insight.reports.results import Result, Rows

Row: TypeAlias = Mapping[str, Any]


class ListedResult(Result):
    report: Listed

    @cached_property
    def made(self) -> list[Row]:
        """In the order asked for; by the last column of the order first, as sorting is stable."""
        unsorted = replace(self, order=())
        rows = unsorted._remembered(("made",), lambda: list(self.report.made(self.question)))
        places = {c.name: c.sort_by for c in self.report.columns if c.sort_by}
        for order in reversed(self.order):
            name = order.removeprefix("-")
            rows = _sorted(rows, order.replace(name, places.get(name, name)))
        return rows

    def _count(self) -> int:
        return len(self.made)

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        return list(self.records(offset, limit))

    def _read(
        self, names: Sequence[str], offset: int = 0, limit: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        end = None if limit is None else offset + limit
        return (tuple(row[name] for name in names) for row in self.made[offset:end])


def _none(question: Question) -> Sequence[Rows]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Listed(Report):
    """Of a `costly` one the rows are remembered until something changes."""

    made: Callable[[Question], Sequence[Row]]
    parts: Callable[[Question], Sequence[Rows]] = _none
    has_past: bool = False

    answer: ClassVar[type[Result]] = ListedResult


def _sorted(rows: list[Row], order: str) -> list[Row]:
    """What is not known comes last, whichever way one sorts."""
    name = order.removeprefix("-")
    known = [row for row in rows if row[name] is not None]
    known.sort(key=lambda row: _place(row[name]), reverse=order.startswith("-"))
    return [*known, *(row for row in rows if row[name] is None)]


def _place(value: Any) -> Any:
    if isinstance(value, str):
        return (value.casefold(), value)
    return ", ".join(map(str, value)).casefold() if isinstance(value, list) else value
