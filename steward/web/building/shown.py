"""What the form shows of a draft: what there is to choose from, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steward.insight import reports
from steward.insight.reports.datasets import measures
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.datasets.operations import Operation, operations
from steward.insight.reports.question import Column, Filter
from steward.web.building.draft import Draft

_DAYS = ("date", "moment", "month")


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Line:
    """A filter. `entry` is the type of the field for what is compared with."""

    number: int
    column: str
    op: str
    value: str
    to: str
    ops: Sequence[Operation]
    entry: str
    error: str

    @property
    def values(self) -> int:
        return next((one.values for one in self.ops if one.name == self.op), 1)


@dataclass(frozen=True)
class Asked:
    """A filter of the list itself."""

    filter: Filter
    value: str
    error: str

    @property
    def choices(self) -> Any:
        return self.filter.choices() if self.filter.choices else ()


class Shown:
    def __init__(self, draft: Draft) -> None:
        self.draft, self.errors = draft, draft.errors
        self.dataset: Dataset | None = draft.dataset
        self.columns = self.dataset.columns(draft.money) if self.dataset else {}
        self.groupable = bool(self.dataset and self.dataset.groups)

    @property
    def datasets(self) -> list[Choice]:
        here = self.dataset.slug if self.dataset else ""
        shown = [d for d in reports.datasets() if self.draft.money or not d.about_money]
        if self.dataset and self.dataset.slug not in {d.slug for d in shown}:
            shown.append(self.dataset)
        return [Choice(d.slug, d.title, d.slug == here) for d in shown]

    @property
    def chosen(self) -> list[Column]:
        names = self.draft.given.get("columns") or ()
        if not names and self.dataset:
            names = self.dataset.usual(self.draft.money)
        return [self.columns[name] for name in names if name in self.columns]

    @property
    def others(self) -> list[Column]:
        here = {column.name for column in self.chosen}
        return [column for column in self.columns.values() if column.name not in here]

    @property
    def lines(self) -> list[Line]:
        given = self.draft.given.get("filters") or ()
        return [self._line(number, line) for number, line in enumerate(given)]

    def _line(self, number: int, line: dict[str, Any]) -> Line:
        column = self.columns.get(str(line.get("column") or ""))
        kind = column.kind if column else "text"
        ops = operations(kind)
        op = str(line.get("op") or ops[0].name)
        is_days = any(one.is_days for one in ops if one.name == op)
        return Line(
            number,
            column.name if column else "",
            op,
            str(line.get("value") or ""),
            str(line.get("to") or ""),
            ops,
            "number" if is_days else _entry(kind),
            self.errors.get(f"filters.{number}", ""),
        )

    @property
    def groups(self) -> list[list[Choice]]:
        """Two choices of what to group by."""
        known = measures.groups(self.columns)
        given = [*(self.draft.given.get("group_by") or ()), "", ""][:2]
        return [[Choice(g.name, g.label, g.name == one) for g in known] for one in given]

    @property
    def measures(self) -> list[list[Choice]]:
        """Those that were chosen, and one more."""
        known = measures.measures(self.columns)
        given = [*(self.draft.given.get("measures") or ()), ""][:12]
        return [[Choice(m.name, m.label, m.name == one) for m in known] for one in given]

    @property
    def sorts(self) -> list[Choice]:
        """Each way round."""
        found = []
        for name, label in self._sortable():
            for sign, word in (("", "ascending"), ("-", "descending")):
                value = f"{sign}{name}"
                found.append(
                    Choice(value, f"{label}, {word}", value == self.draft.given.get("sort"))
                )
        return found

    def _sortable(self) -> list[tuple[str, str]]:
        definition = self.draft.definition
        if definition and definition.is_grouped:
            groups = [(g.name, g.label) for g in definition.groups]
            return groups + [(m.name, m.label) for m in definition.measures]
        return [(column.name, column.label) for column in self.columns.values()]

    @property
    def period(self) -> dict[str, str]:
        return self.draft.given.get("period") or {}

    @property
    def period_of(self) -> str:
        """What the period is of, where the rows have several days."""
        column = self.columns.get(self.dataset.period) if self.dataset else None
        return column.label if column and self.dataset and not self.dataset.asks_period else ""

    @property
    def own(self) -> list[Asked]:
        if self.dataset is None:
            return []
        given = self.draft.given.get("asked") or {}
        left_out = {"days", "from", "to"} if self.dataset.asks_period else set()
        return [
            Asked(f, str(given.get(name) or f.default), self.errors.get(f"asked.{name}", ""))
            for name, f in self.dataset.filters().items()
            if not f.hidden and name not in left_out
        ]


def _entry(kind: str) -> str:
    if kind in _DAYS:
        return "date"
    return {"bool": "bool", "text": "text", "list": "text"}.get(kind, "number")
