"""The answer of a report: rows that are read when they are asked for, a page or all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import F

from steward.insight import past
from steward.insight.facts import moment_text
from steward.insight.memory import remembered
from steward.insight.provenance import Provenance
from steward.insight.reports.question import Column, Question
from steward.insight.reports.sections import Section, spread
from steward.inventory import money

if TYPE_CHECKING:
    from steward.insight.reports.core import Report

Rows: TypeAlias = Any
CHUNK = 2_000
# Rows of a page.
PER_PAGE = 50


@dataclass(frozen=True)
class Result:
    report: Report
    question: Question
    order: tuple[str, ...]
    all_columns: tuple[Column, ...] = field(default=())

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(c for c in self.all_columns if not c.hidden)

    @cached_property
    def provenance(self) -> Provenance:
        found, day = self.report.provenance(self.question), self.question.as_of
        found = past.as_of(found, day) if day else found
        said = self.report.left_out(self.question) if self.report.left_out else ""
        return replace(found, missing=(*found.missing, said)) if said else found

    @cached_property
    def total(self) -> int:
        if self._sections is not None:
            return sum(section.length for section in self._sections)
        known = self.report.length(self.question) if self.report.length else None
        return known if known is not None else self._remembered(("total",), self._count)

    def _count(self) -> int:
        is_short = self.report.short or self.question.filters.get("q")
        if is_short and (shown := len(self._first)) < PER_PAGE:
            return shown
        if self.report.counted:
            return int(self.report.counted(self.question).count())
        return sum(part.order_by().count() for part in self._parts)

    @cached_property
    def _parts(self) -> Sequence[Rows]:
        return self.report.parts(self.question)

    @cached_property
    def _sections(self) -> Sequence[Section] | None:
        sections = self.report.sections
        usual = self.order == self.report.order
        return sections.found(self.report.slug, self.question) if sections and usual else None

    def _remembered(self, what: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if not self.report.costly:
            return make()
        seen = (len(self.report.columns), self.question.with_money)
        asked = (*sorted(self.question.filters.items()), self.question.as_of, self.order, *seen)
        return remembered((self.report.slug, *what, asked), make, self.report.minds)

    @cached_property
    def _first(self) -> list[dict[str, Any]]:
        return self._page(0, PER_PAGE)

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Rows from the middle, as `records` gives them."""
        return self._first if (offset, limit) == (0, PER_PAGE) else self._page(offset, limit)

    def _page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        asked = ("page", offset, limit)
        return self._remembered(asked, lambda: list(self._between(offset, limit)))

    def _between(self, offset: int, limit: int) -> Iterator[dict[str, Any]]:
        if self._sections is None:
            yield from self.records(offset, limit)
            return
        for choice, start, count in spread(self._sections, offset, limit):
            yield from self._of_section(choice).records(start, count)

    def records(self, offset: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Rows with every column by name, the hidden ones too, in the order asked for."""
        names = [c.name for c in self.report.columns]
        return (dict(zip(names, row, strict=True)) for row in self._read(names, offset, limit))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """All of them, with the columns that are shown; section by section where there are any."""
        names = [c.name for c in self.columns]
        if self._sections is None:
            return self._read(names)
        parts = (self._of_section(section.choice) for section in self._sections)
        return (row for part in parts for row in part._read(names))

    def _of_section(self, choice: str) -> Result:
        narrowed = {self.report.sections.filter: choice} if self.report.sections else {}
        chosen = {**self.question.filters, **narrowed}
        return replace(self, question=replace(self.question, filters=chosen))

    def _read(
        self, names: Sequence[str], offset: int = 0, limit: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        parts = self._parts
        if len(parts) == 1:
            rows = self._of_one(parts[0], names, offset, limit)
        else:
            every = [c.name for c in self.report.columns]
            laid = [part.values_list(*every) for part in parts]
            rows = laid[0].union(*laid[1:], all=True).order_by(*map(_nulls_last, self.order))
            rows = rows[offset : offset + limit] if limit else rows[offset:]
            if names != every:
                places = [every.index(name) for name in names]
                return (tuple(row[n] for n in places) for row in rows.iterator(CHUNK))
        return iter(rows if limit else rows.iterator(CHUNK))

    def _of_one(self, part: Rows, names: Sequence[str], offset: int, limit: int | None) -> Rows:
        order = self._sorted(part)
        if limit is None:
            return part.order_by(*order).values_list(*names)[offset:]
        if self.report.keyed:
            rows = self._bare(part, order).order_by(*order)
            keys = rows.values_list("pk", flat=True)[offset : offset + limit]
            return part.filter(pk__in=list(keys)).order_by(*order).values_list(*names)
        return part.order_by(*order).values_list(*names)[offset : offset + limit]

    def _bare(self, part: Rows, order: Sequence[Any]) -> Rows:
        """Without what is shown beside them: sorting does not need to join it. An order that is no
        plain field of the rows may be of what is shown."""
        bare = self.report.counted(self.question) if self.report.counted else part
        is_plain = all(isinstance(name, str) for name in order)
        return bare if is_plain and bare.model is part.model else part

    def _sorted(self, part: Rows) -> list[Any]:
        ready = {c.name: c.sort_by for c in self.report.columns if c.sort_by}
        fields = {f.name for f in part.model._meta.concrete_fields if not f.null} | {"pk"}
        return [_in_order(o, ready, fields) for o in self.order]

    def facts(self) -> dict[str, Any]:
        shown = self.all_columns
        return {
            "report": self.report.slug,
            "as_of": str(self.question.as_of) if self.question.as_of else None,
            "total": self.total,
            "provenance": provenance_facts(self.provenance),
            "items": [as_json(record, shown) for record in self.records()],
        }


def _nulls_last(order: str) -> Any:
    """What is not known comes last, whichever way one sorts; both databases agree on it then."""
    column = F(order.removeprefix("-"))
    return column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)


def _in_order(order: str, ready: Mapping[str, str], never_null: set[str]) -> Any:
    """An order that an index has must be asked for in the index's own words."""
    name = order.removeprefix("-")
    field = ready.get(name, name)
    told = f"-{field}" if order.startswith("-") else field
    return told if field in never_null else _nulls_last(told)


def as_json(record: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    return {c.name: _json_value(record[c.name]) for c in columns}


def _json_value(value: Any) -> Any:
    """Money is a text, as JSON's numbers are not exact everywhere."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Decimal):
        return money.plain(value)
    return value.isoformat() if isinstance(value, date) else value


def provenance_facts(provenance: Provenance) -> dict[str, Any]:
    return {
        "sentence": provenance.sentence(),
        "oldest": moment_text(provenance.oldest),
        "instances": [{"id": i.pk, "name": i.name} for i in provenance.instances],
        "missing": list(provenance.missing),
    }
