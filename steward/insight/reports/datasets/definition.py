"""What a saved report is made of, as it is written down.

    {"version": 1, "dataset": "people", "columns": ["name", "email"],
     "filters": [{"column": "department", "op": "is", "value": "Sales"}],
     "group_by": ["department", "last_active:month"], "measures": ["count", "sum:holds"],
     "sort": "-count", "period": {"days": 30}, "asked": {"q": "ann"}}

All but `dataset` may be left out. `period` is `days`, or `from` and `to`. `asked` are filters of
the list itself. Only what was read here reaches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from steward.insight.asking import BadRequest
from steward.insight.reports.datasets import measures
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.datasets.operations import (
    MOST_DAYS,
    Operation,
    Wrong,
    cleaned,
    day,
    operation,
    plain,
    tidy,
)
from steward.insight.reports.question import Column, Filter
from steward.inventory.problems import Invalid
from steward.sdk.fields import FieldError

VERSION = 1
NOT_AGAIN = (
    "is grouped already, or is several lists one under the other, so it cannot be grouped again."
)
MOST_COLUMNS, MOST_FILTERS, MOST_GROUPS, MOST_MEASURES = 60, 30, 2, 12
PARTS = (
    "version", "dataset", "columns", "filters", "group_by", "measures", "sort", "period", "asked",
)  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True)
class Condition:
    column: Column
    how: Operation
    values: tuple[Any, ...] = ()

    def written(self) -> dict[str, str]:
        names = ("value", "to")
        values = {name: plain(value) for name, value in zip(names, self.values, strict=False)}
        return {"column": self.column.name, "op": self.how.name, **values}


@dataclass(frozen=True)
class Definition:
    """`sort` is a column, a group or a measure, with - before it for the other way round."""

    dataset: Dataset
    columns: tuple[Column, ...] = ()
    conditions: tuple[Condition, ...] = ()
    groups: tuple[measures.Group, ...] = ()
    measures: tuple[measures.Measure, ...] = ()
    sort: str = ""
    period: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_grouped(self) -> bool:
        return bool(self.groups or self.measures)

    @property
    def is_narrowed(self) -> bool:
        """Whether its rows are other ones than those of the list itself."""
        own_period = self.period and not self.dataset.asks_period
        return bool(self.is_grouped or self.conditions or own_period)

    @property
    def about_money(self) -> bool:
        """Whether its rows say something of money even where amounts are not shown."""
        named = [c.column for c in self.conditions] + [g.column for g in self.groups]
        sorted_by = self.dataset.columns().get(self.sort.removeprefix("-"))
        by_money = sorted_by is not None and measures.is_money(sorted_by)
        return self.dataset.about_money or by_money or any(map(measures.is_money, named))

    def written(self) -> dict[str, Any]:
        """As it is kept; reading it gives the same again."""
        found = {
            "version": VERSION,
            "dataset": self.dataset.slug,
            "columns": [column.name for column in self.columns],
            "filters": [condition.written() for condition in self.conditions],
            "group_by": [group.name for group in self.groups],
            "measures": [measure.name for measure in self.measures],
            "sort": self.sort,
            "period": dict(self.period),
            "asked": dict(self.asked),
        }
        return {name: value for name, value in found.items() if value}

    def of_group(self, more: Sequence[Condition]) -> Definition:
        """The rows that a group counts."""
        names = self.dataset.usual()
        columns = self.columns or tuple(self.dataset.columns()[name] for name in names)
        kept = (*self.conditions, *more)
        return replace(self, columns=columns, conditions=kept, groups=(), measures=(), sort="")


def read(given: Any, find: Callable[[str], Dataset | None], money: bool = True) -> Definition:
    """Raises `Invalid`, a sentence at each part that does not do; with `money` False what is about
    money does not exist."""
    reading = _Reading(given, find, money)
    found = reading.definition()
    if found is None or reading.errors:
        raise Invalid(reading.errors)
    return found


class _Reading:
    def __init__(self, given: Any, find: Callable[[str], Dataset | None], money: bool) -> None:
        self.errors: list[FieldError] = []
        self.given: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self.find, self.money = find, money

    def definition(self) -> Definition | None:
        self._look_at_form()
        dataset = self._one("dataset", self._dataset)
        if dataset is None or self.errors:
            return None
        self.dataset = dataset
        self.columns = dataset.columns(self.money)
        found = Definition(
            dataset,
            tuple(dict.fromkeys(self._each("columns", self._column, MOST_COLUMNS))),
            tuple(self._each("filters", self._condition, MOST_FILTERS)),
            tuple(dict.fromkeys(self._each("group_by", self._group, MOST_GROUPS))),
            tuple(dict.fromkeys(self._each("measures", self._measure, MOST_MEASURES))),
            period=self._one("period", self._period) or {},
            asked=dict(self._asked()),
        )
        if found.is_grouped and not dataset.groups:
            self._say("group_by", f"“{dataset.title}” {NOT_AGAIN} Choose another dataset for it.")
        sort = self._one("sort", lambda: self._sort(found)) or ""
        return replace(found, sort=sort)

    def _look_at_form(self) -> None:
        for name in self.given:
            if name not in PARTS:
                self._say(
                    "definition", f"There is no part of that name. There are: {', '.join(PARTS)}."
                )
                return
        if self.given.get("version", VERSION) != VERSION:
            self._say("version", f"Only version {VERSION} is known.")

    def _say(self, where: str, message: str) -> None:
        self.errors.append(FieldError(where, message))

    def _one(self, where: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except (Wrong, BadRequest) as wrong:
            self._say(where, str(wrong))
            return None

    def _each(self, where: str, make: Callable[[Any], T], most: int) -> Iterator[T]:
        given = self.given.get(where) or []
        if not isinstance(given, list):
            self._say(where, "This must be a list.")
            return
        if len(given) > most:
            self._say(where, f"At most {most} of them.")
            return
        for number, value in enumerate(given):
            found = self._one(f"{where}.{number}", partial(make, value))
            if found is not None:
                yield found

    def _dataset(self) -> Dataset:
        found = self.find(tidy(self.given.get("dataset") or ""))
        if found is None or (found.about_money and not self.money):
            raise Wrong("Choose what the report is about.")
        return found

    def _column(self, name: Any) -> Column:
        found = self.columns.get(name) if isinstance(name, str) else None
        if found is None:
            raise Wrong(f"There is no such column. There are: {', '.join(self.columns)}.")
        return found

    def _condition(self, given: Any) -> Condition:
        if not isinstance(given, dict):
            raise Wrong("A filter has a column, an op and mostly a value.")
        column = self._column(given.get("column"))
        how = operation(column.kind, str(given.get("op") or ""))
        values = [given.get(name, "") for name in ("value", "to")[: how.values]]
        found = tuple(cleaned(column.kind, how, value) for value in values)
        if len(found) == 2 and found[0] > found[1]:
            raise Wrong("The second must not be less than the first.")
        return Condition(column, how, found)

    def _group(self, name: Any) -> measures.Group:
        return measures.group(str(name), self.columns)

    def _measure(self, name: Any) -> measures.Measure:
        return measures.measure(str(name), self.columns)

    def _sort(self, found: Definition) -> str:
        given = tidy(self.given.get("sort") or "")
        name = given.removeprefix("-")
        shown = [*(one.name for one in found.groups), *(one.name for one in found.measures)]
        known = shown if found.is_grouped else list(self.columns)
        # What was sorted by may have gone with another choice of columns.
        if name and name not in known and name not in self.columns:
            raise Wrong(f"It can be sorted by: {', '.join(known)}.")
        return given if name in known else ""

    def _period(self) -> dict[str, str]:
        given = self.given.get("period") or {}
        if not isinstance(given, dict) or not set(given) <= {"days", "from", "to"}:
            raise Wrong("A period is days, or from and to.")
        asked = {name: tidy(value, 40) for name, value in given.items() if value not in ("", None)}
        if asked and not self.dataset.has_period:
            raise Wrong("What it is about knows no period.")
        if "days" in asked and len(asked) > 1:
            raise Wrong("Give either days, or from and to.")
        if "days" in asked:
            return {"days": _number_of_days(asked["days"])}
        days = {name: day(value) for name, value in asked.items()}
        if len(days) == 2 and days["from"] > days["to"]:
            raise Wrong("From must not be later than To.")
        return {name: value.isoformat() for name, value in days.items()}

    def _asked(self) -> Iterator[tuple[str, str]]:
        given = self.given.get("asked") or {}
        known = self.dataset.filters()
        if not isinstance(given, dict):
            self._say("asked", "This must be filters by their names.")
            return
        for name, value in given.items():
            if name not in known:
                self._say(
                    "asked", f"There is no filter of that name. There are: {', '.join(known)}."
                )
                return
            kept = self._one(f"asked.{name}", partial(_cleaned, known[name], value))
            if kept:
                yield name, kept


def _cleaned(asked: Filter, value: Any) -> str:
    return asked.clean(tidy(value))


def _number_of_days(text: str) -> str:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= MOST_DAYS:
        raise Wrong(f"Days must be a number from 1 to {MOST_DAYS:,}.")
    return str(int(text))


def first_and_last(period: Mapping[str, str], today: date) -> tuple[date | None, date | None]:
    """The days of a period; None where it is open."""
    if "days" in period:
        ordinal = max(today.toordinal() - int(period["days"]) + 1, 1)
        return date.fromordinal(ordinal), today
    first, last = period.get("from"), period.get("to")
    return (
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )
