"""What can be told of a group of rows, and by what rows may be grouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steward.insight.reports.datasets.operations import Wrong
from steward.insight.reports.question import Column, Kind

COUNT, SHARE = "count", "share"
PARTS = ("day", "month", "year")
_LABELS = {
    "sum": "sum",
    "average": "average",
    "min": "least",
    "max": "most",
    "distinct": "how many different",
    SHARE: "share",
}
_OF: dict[str, tuple[str, ...]] = {
    "number": ("sum", "average", "min", "max", SHARE),
    "money": ("sum", "average", "min", "max", SHARE),
    "percent": ("average", "min", "max"),
    "moment": ("min", "max"),
    "date": ("min", "max"),
    "month": ("min", "max"),
    "bool": (SHARE,),
    "text": ("distinct",),
}
_DAYS = ("moment", "date", "month")
# Rows may be told apart by whom a value leads to, where that is not the row itself.
ENTITIES = ("person", "application", "instance", "licence")


@dataclass(frozen=True)
class Measure:
    """`column` is None where rows are counted."""

    how: str
    column: Column | None = None

    @property
    def name(self) -> str:
        """As definitions write it: count, sum:amount."""
        return f"{self.how}:{self.column.name}" if self.column else self.how

    @property
    def field(self) -> str:
        if self.column is None:
            return "rows" if self.how == COUNT else "share_of_rows"
        return f"{self.how}_{self.column.name}"

    @property
    def label(self) -> str:
        if self.column is None:
            return "Rows" if self.how == COUNT else "Share of rows"
        if self.how == SHARE and self.column.kind == "bool":
            return f"{self.column.label}: yes, of those known"
        words = {"min": "earliest", "max": "latest"} if self.column.kind in _DAYS else {}
        return f"{self.column.label}, {words.get(self.how) or _LABELS[self.how]}"

    @property
    def kind(self) -> Kind:
        if self.how == SHARE:
            return "percent"
        if self.column is None or self.how == "distinct":
            return "number"
        return self.column.kind

    @property
    def is_about_money(self) -> bool:
        return self.column is not None and is_money(self.column)


@dataclass(frozen=True)
class Group:
    """`part` is day, month or year of a day."""

    column: Column
    part: str = ""

    @property
    def name(self) -> str:
        return f"{self.column.name}:{self.part}" if self.part else self.column.name

    @property
    def field(self) -> str:
        return f"by_{self.name.replace(':', '_')}"

    @property
    def label(self) -> str:
        return f"{self.column.label}, {self.part}" if self.part else self.column.label

    @property
    def kind(self) -> Kind:
        kinds: dict[str, Kind] = {"day": "date", "month": "month", "year": "text"}
        return kinds.get(self.part) or self.column.kind

    @property
    def number(self) -> str:
        """The column with the number of whom the value leads to."""
        return self.column.link_by if self.column.link in ENTITIES else ""


def is_money(column: Column) -> bool:
    return column.kind == "money" or column.about_money


def measures(columns: Mapping[str, Column]) -> list[Measure]:
    """All that can be measured."""
    found = [Measure(COUNT), Measure(SHARE)]
    for column in columns.values():
        is_plain = not column.currency_by
        hows = _OF.get(column.kind, ()) if is_plain else ()
        found += [Measure(how, column) for how in hows]
    return found


def measure(name: str, columns: Mapping[str, Column]) -> Measure:
    known = {one.name: one for one in measures(columns)}
    if name not in known:
        raise Wrong("This cannot be measured here. Choose count, share, or such as sum:COLUMN.")
    return known[name]


def groups(columns: Mapping[str, Column]) -> list[Group]:
    """All that rows can be grouped by."""
    found = []
    for column in columns.values():
        if column.kind in _DAYS:
            found += [Group(column, part) for part in PARTS]
        elif column.kind in ("text", "bool", "number"):
            found.append(Group(column))
    return found


def group(name: str, columns: Mapping[str, Column]) -> Group:
    known = {one.name: one for one in groups(columns)}
    if name not in known:
        raise Wrong("Rows cannot be grouped by this. Of a day say which part: COLUMN:month.")
    return known[name]
