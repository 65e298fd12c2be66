"""A dataset: a list that Steward shows, as what reports are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.insight.reports.core import Report
from steward.insight.reports.datasets import measures
from steward.insight.reports.datasets.operations import operations
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question


@dataclass(frozen=True)
class Dataset:
    """`base` is the list as of now, with its columns, filters and rows. `more` are columns it does
    not show, with what gives them. `period` is the column by which rows belong to a time, where
    the list does not ask for one itself. `ready` names fields that are kept in step with columns
    which are counted row by row; narrowing and grouping use these. `first` are the columns that a
    new report begins with; without any, those of the list's page."""

    slug: str
    title: str
    description: str
    base: Callable[[], Report]
    period: str = ""
    more: Sequence[tuple[Column, Any]] = ()
    ready: Mapping[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    is_built_in: bool = False

    def columns(self, money: bool = True) -> dict[str, Column]:
        """Those to choose from."""
        every = (*self.base().columns, *(column for column, _ in self.more))
        shown = [c for c in every if not c.hidden and c.kind != "id"]
        return {c.name: c for c in shown if money or not measures.is_money(c)}

    def usual(self, money: bool = True) -> tuple[str, ...]:
        known = self.columns(money)
        more = {column.name for column, _ in self.more}
        usual = [n for n, column in known.items() if not column.aside and n not in more]
        return tuple(name for name in self.first if name in known) or tuple(usual)

    def filters(self) -> dict[str, Filter]:
        """Those of the list itself, beside the columns."""
        return {f.name: f for f in self.base().filters}

    @property
    def asks_period(self) -> bool:
        return {"from", "to"} <= set(self.filters())

    @property
    def has_period(self) -> bool:
        return self.asks_period or bool(self.period)

    @property
    def groups(self) -> bool:
        """Whether the database can group its rows, or they are few: those that lie one under the
        other, or are groups already, are not grouped again."""
        key = (self.slug, self.is_built_in)
        if key not in _grouped:
            _grouped[key] = _can_be_grouped(self.base())
        return _grouped[key]

    @property
    def about_money(self) -> bool:
        return self.base().about_money


# A list of many seats is a long question, and how it is built stays the same.
_grouped: dict[tuple[str, bool], bool] = {}


def _can_be_grouped(base: Report) -> bool:
    if isinstance(base, Listed):
        return True
    parts = base.parts(Question({f.name: f.default for f in base.filters}))
    return len(parts) == 1 and not parts[0].query.group_by


def facts(dataset: Dataset, money: bool = True) -> dict[str, Any]:
    """For the API and the command line."""
    columns, groups = dataset.columns(money), dataset.groups
    own = [f for f in dataset.filters().values() if not f.hidden]
    return {
        "name": dataset.slug,
        "title": dataset.title,
        "description": dataset.description,
        "built_in": dataset.is_built_in,
        "period": dataset.has_period,
        "columns": [_column_facts(column) for column in columns.values()],
        "group_by": [one.name for one in measures.groups(columns)] if groups else [],
        "measures": [
            {"name": one.name, "label": one.label, "kind": one.kind}
            for one in measures.measures(columns)
            if groups
        ],
        "asked": [{"name": f.name, "label": f.label, "kind": f.kind} for f in own],
    }


def _column_facts(column: Column) -> dict[str, Any]:
    ops = [one.name for one in operations(column.kind)]
    return {"name": column.name, "label": column.label, "kind": column.kind, "ops": ops}
