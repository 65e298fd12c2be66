"""Tables that the server sorts, filters and cuts; all of their state is in the address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import reverse

from steward.insight.formats import FORMATS
from steward.insight.reports import BadRequest, Column, Filter, Question, Report, Result
from steward.insight.reports.results import PER_PAGE
from steward.inventory.company import Company
from steward.inventory.money import sees_money
from steward.web.access import NO_MONEY

_PAGES = {
    "person": "person",
    "account": "account",
    "instance": "instance",
    "application": "application",
    "contract": "contract",
    "licence": "licence",
    "charge": "charge",
    "access": "access",
    "finding": "finding",
    "import": "import",
    "review": "review",
}


_OWN = ("sort", "columns", "as_of", "page", "format")


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any
    href: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Row:
    """`key` is the number by which it may be chosen, where the table lets choose. `act` is what the
    table's `act_template` shows beside its first cell."""

    cells: list[Cell]
    key: int | None = None
    act: Any = None

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)


@dataclass(frozen=True)
class Heading:
    column: Column
    href: str
    direction: str


@dataclass(frozen=True)
class Asked:
    """A filter with what was given for it."""

    filter: Filter
    value: str

    @property
    def choices(self) -> Any:
        return self.filter.choices() if self.filter.choices else ()


class Table:
    """`fixed` are filters that the page itself sets and nobody chooses (one instance, say).
    `chosen_by` is the column with the numbers of rows, where rows can be ticked; the ticks belong
    to the form with the id `chosen`. `ticked` are those that were, where a form is shown again."""

    def __init__(
        self,
        request: HttpRequest,
        report: Report,
        fixed: dict[str, str] | None = None,
        chosen_by: str = "",
    ) -> None:
        self.request = request
        self.chosen_by = chosen_by
        self.ticked: frozenset[int] = frozenset()
        self.act_template = ""
        self.sees_money = sees_money(request.user.is_admin)  # type: ignore[union-attr]
        if report.about_money and not self.sees_money:
            raise PermissionDenied(NO_MONEY)
        self.report = report if self.sees_money else report.without_money()
        self.fixed = fixed or {}
        self.query: QueryDict = request.GET
        self.error = ""
        try:
            self.result = self._run()
        except BadRequest as error:
            self.error = str(error)
            self.result = self.report.run(self.fixed)

    def _run(self) -> Result:
        names = [f.name for f in self.report.filters]
        given = {name: self.query[name] for name in names if name in self.query}
        columns = self._chosen or self._usual
        hidden = [c.name for c in self.report.columns if c.hidden]
        return self.report.run(
            {**given, **self.fixed},
            sort=self.query.get("sort", ""),
            columns=[*columns, *hidden] if columns else (),
            as_of=self._day(),
        )

    @property
    def _chosen(self) -> list[str]:
        return [name for name in self.query.getlist("columns") if name]

    @property
    def _usual(self) -> list[str]:
        """What a page shows of its own accord, without what it is about; a file has everything."""
        if self.query.get("format"):
            return []
        rest = [c for c in self.report.columns if c.name not in self.fixed]
        return [c.name for c in rest if not c.hidden and not c.aside]

    def _day(self) -> date | None:
        text = self.query.get("as_of", "")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise BadRequest("The day must look like 2026-11-01.") from None

    @property
    def filters(self) -> list[Asked]:
        shown = [f for f in self.report.filters if f.name not in self.fixed and not f.hidden]
        return [Asked(f, self.query.get(f.name, f.default)) for f in shown]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the filters sends along unseen: the order, filters that are for links
        alone, and what the page itself was asked."""
        shown = {asked.filter.name for asked in self.filters}
        own = {*shown, *_OWN} - {"sort"}
        return [(name, value) for name, value in self.query.items() if value and name not in own]

    @property
    def is_filtered(self) -> bool:
        names = [f.name for f in self.report.filters if f.name not in self.fixed]
        return any(self.query.get(name) for name in (*names, "as_of"))

    @property
    def cleared(self) -> str:
        return f"?{urlencode(self.kept)}"

    @property
    def headings(self) -> list[Heading]:
        now = self.result.order[0]
        return [self._heading(column, now) for column in self.result.columns]

    def _heading(self, column: Column, now: str) -> Heading:
        direction = ""
        if now.removeprefix("-") == column.name:
            direction = "descending" if now.startswith("-") else "ascending"
        turned = f"-{column.name}" if direction == "ascending" else column.name
        return Heading(column, self.address(sort=turned, page=""), direction)

    @cached_property
    def rows(self) -> list[Row]:
        records = self.result.page((self.page - 1) * PER_PAGE, PER_PAGE)
        currency = Company.get().currency
        return [Row(self.cells(record, currency), record.get(self.chosen_by)) for record in records]

    def cells(self, record: dict[str, Any], currency: str) -> list[Cell]:
        """Of a row; pages whose figures lead somewhere else say where."""
        asked = self.result.question
        return [cell_of(column, record, currency, asked) for column in self.result.columns]

    @property
    def total(self) -> int:
        return self.result.total

    @property
    def pages(self) -> int:
        return max((self.total + PER_PAGE - 1) // PER_PAGE, 1)

    @cached_property
    def page(self) -> int:
        asked = self.query.get("page", "1")
        number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
        return min(max(number, 1), self.pages)

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PER_PAGE, self.total)

    @property
    def before(self) -> str:
        return self.address(page=self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        return self.address(page=self.page + 1) if self.page < self.pages else ""

    @property
    def csv(self) -> str:
        return self.address(format="csv", page="")

    @property
    def xlsx(self) -> str:
        return self.address(format="xlsx", page="")

    @property
    def pdf(self) -> str:
        return self.address(format="pdf", page="")

    @property
    def schedule(self) -> str:
        """A new schedule of what the page shows."""
        asked = self.address(report=self.report.slug, page="", format="", as_of="")
        return f"{reverse('new-schedule')}{asked}"

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Those that have something to say of what was asked."""
        shown, silent = {c.name for c in self.result.columns}, self._silent
        rest = [c for c in self.report.columns if not c.hidden and c not in silent]
        return [(c, c.name in shown) for c in rest]

    @property
    def kept_columns(self) -> list[str]:
        """Sent along unseen: what says nothing now may be what the next grouping is by."""
        chosen = self._chosen or self._usual
        return [c.name for c in self._silent if c.name in chosen]

    @property
    def _silent(self) -> list[Column]:
        asked = self.result.question
        shown = {c.name for c in self.result.columns}
        return [c for c in self.report.columns if c.is_silent(asked) and c.name not in shown]

    def address(self, **changes: Any) -> str:
        """This page with some of its state changed."""
        pairs = [
            (name, value)
            for name, values in self.query.lists()
            for value in values
            if name not in changes and value
        ]
        pairs += [(name, str(value)) for name, value in changes.items() if value]
        return f"?{urlencode(pairs)}"

    def export(self) -> HttpResponseBase | None:
        """The file that was asked for instead of a page, if one was."""
        file = FORMATS.get(self.query.get("format", ""))
        if file is None or self.error:
            return None
        try:
            parts = file.write(self.result)
        except BadRequest as error:
            self.error = str(error)
            return None
        response = StreamingHttpResponse(parts, content_type=file.kind)
        name = f"{self.report.slug}.{file.name}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def cell_of(column: Column, record: dict[str, Any], currency: str, asked: Question) -> Cell:
    href = _href(column, record, asked)
    return Cell(column, record[column.name], href, record.get(column.currency_by) or currency)


def _href(column: Column, record: dict[str, Any], asked: Question) -> str:
    opened = column.opens(record, asked) if column.opens and record[column.name] else None
    if opened:
        return f"{_address_of(opened[0])}?{urlencode(opened[1])}"
    number = record.get(column.link_by) if column.link else None
    return reverse(_PAGES[column.link], args=[number]) if number else ""


def _address_of(page: str) -> str:
    name, _, slug = page.partition(":")
    return reverse(name, args=[slug]) if slug else reverse(name)
