"""A report on paper: landscape, its heading again on each page, and where the data comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from steward.insight.paper import paper
from steward.insight.reports.question import Column
from steward.insight.reports.results import Result
from steward.inventory import money
from steward.inventory.company import Company

# A page holds some forty rows, and a thousand rows take seconds to set.
MOST_ROWS = 2_000
_RIGHT = ("number", "money", "percent", "rate")
_WHOLE = ("moment", "date", "month", "bool")
# Letters of a word that may be broken anywhere.
LONG = 18


@dataclass(frozen=True)
class Printed:
    """A cell, as it is set: `right`, `whole` (never broken), `long` (broken anywhere), or ""."""

    text: str
    style: str


def pdf(result: Result) -> Iterator[bytes]:
    """At most `MOST_ROWS` rows; the first page says so where there are more. Raises `BadRequest`
    where this machine cannot make a PDF."""
    currency = Company.get().currency
    columns = on_paper(result)
    records = result.page(0, MOST_ROWS)
    facts = {
        "title": result.report.title,
        "description": result.report.description,
        "asked": asked_in_words(result),
        "columns": [(column, column.kind in _RIGHT) for column in columns],
        "rows": [[printed(column, r, currency) for column in columns] for r in records],
        "total": result.total,
        "left_out": max(result.total - MOST_ROWS, 0),
        "provenance": result.provenance.sentence(),
        "empty": result.report.empty,
    }
    return iter([paper("print/report.html", facts)])


def on_paper(result: Result) -> list[Column]:
    """Paper is as wide as it is: what a page shows of its own accord, or what was chosen."""
    silent = sum(c.is_silent(result.question) for c in result.report.columns)
    is_chosen = len(result.all_columns) + silent < len(result.report.columns)
    return [column for column in result.columns if is_chosen or not column.aside]


def asked_in_words(result: Result) -> list[tuple[str, str]]:
    """The filters that were set, and the day, by their labels."""
    day = result.question.as_of
    said = [("As of", f"{day:%-d %B %Y}")] if day else []
    for one in result.report.filters:
        if value := result.question[one.name]:
            labels = dict(one.choices()) if one.choices else {}
            said.append((one.label, labels.get(value, value)))
    return said


def printed(column: Column, record: Mapping[str, Any], currency: str) -> Printed:
    text = _text(column, record[column.name], record, currency)
    return Printed(text, _style(column, text))


def _style(column: Column, text: str) -> str:
    """Words are not broken, but for those that would push all others off the page."""
    if column.kind in _RIGHT:
        return "right"
    if column.kind in _WHOLE:
        return "whole"
    return "long" if max(map(len, text.split()), default=0) > LONG else ""


def _text(column: Column, value: Any, record: Mapping[str, Any], currency: str) -> str:
    if value is None or value in ("", []):
        return "–"
    if column.kind == "money":
        return money.text(Decimal(value), record.get(column.currency_by) or currency)
    if column.kind == "percent":
        return f"{value}%"
    if column.kind == "month":
        return f"{value:%B %Y}"
    write = _WRITTEN.get(type(value))
    return write(value) if write else str(value)


_WRITTEN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    int: lambda value: f"{value:,}",
    datetime: lambda value: f"{value:%Y-%m-%d %H:%M}",
    date: lambda value: value.isoformat(),
    Decimal: lambda value: f"{value.normalize():f}",
    list: lambda value: ", ".join(map(str, value)),
}
