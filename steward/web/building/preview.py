"""The first rows of a report that is being made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steward.insight import limits
from steward.insight.provenance import Provenance
from steward.insight.reports import BadRequest, Column, Result
from steward.insight.reports.datasets.compiling import previewed
from steward.insight.reports.results import PER_PAGE
from steward.inventory.company import Company
from steward.web.building.draft import Draft
from steward.web.tables import Cell, cell_of

ROWS = 20
TOO_MUCH = (
    "This is too much to preview. Narrow it with a filter or a shorter period, or save it: "
    "a saved report takes its time."
)


@dataclass(frozen=True)
class Preview:
    """`says` is a sentence where there is nothing to show."""

    says: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[list[Cell], ...] = ()
    total: int = 0
    provenance: Provenance | None = None


def preview(draft: Draft) -> Preview:
    if draft.definition is None:
        return Preview(_wrong(draft))
    title = draft.name or draft.definition.dataset.title
    report = previewed(draft.definition, title)
    shown = report if draft.money else report.without_money()
    try:
        with limits.within(limits.PREVIEW, TOO_MUCH):
            return _read(shown.run())
    except BadRequest as error:
        return Preview(str(error))


def _wrong(draft: Draft) -> str:
    if not draft.dataset:
        return "Choose what the report is about."
    return f"Finish what is marked in the form. {next(iter(draft.errors.values()), '')}"


def _read(result: Result) -> Preview:
    currency = Company.get().currency
    first = result.page(0, PER_PAGE)[:ROWS]
    rows = tuple(_cells(result, record, currency) for record in first)
    return Preview("", result.columns, rows, result.total, result.provenance)


def _cells(result: Result, record: dict[str, Any], currency: str) -> list[Cell]:
    return [cell_of(column, record, currency, result.question) for column in result.columns]
