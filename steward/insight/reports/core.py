"""What every report is made of: columns, filters, and rows that the database sorts and cuts.

One report serves the page, the API, the command line, CSV and XLSX alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from django.db.models import F

from steward.insight.facts import moment_text
from steward.insight.provenance import Provenance

Kind: TypeAlias = Literal["text", "number", "moment", "bool", "list", "id"]
Rows: TypeAlias = Any
CHUNK = 2_000
LARGEST = 3_650
FIRST_DAY = date(2000, 1, 1)


class BadRequest(Exception):
    """A filter, column or order that the report does not have; the text says what it has."""


@dataclass(frozen=True)
class Column:
    """`link` names the kind of page the value leads to (person, account, instance, application),
    whose number is in the column `link_by`. Hidden columns are for links and for the API."""

    name: str
    label: str
    kind: Kind = "text"
    hidden: bool = False
    link: str = ""
    link_by: str = ""


@dataclass(frozen=True)
class Filter:
    """`choices` is asked when the page is drawn. `default` holds when nothing is given."""

    name: str
    label: str
    kind: Literal["text", "number", "choice"] = "text"
    default: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    help: str = ""

    def clean(self, value: str) -> str:
        value = value.strip().replace("\x00", "") or self.default
        if value and self.kind == "number":
            self._check_number(value)
        if value and self.choices:
            self._check_choice(value, [name for name, _ in self.choices()])
        return value

    def _check_number(self, value: str) -> None:
        if not value.isascii() or not value.isdecimal() or not 0 < int(value[:9]) <= LARGEST:
            raise BadRequest(f"{self.label} must be a number from 1 to {LARGEST}.")

    def _check_choice(self, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise BadRequest(f"{self.label} must be one of: {', '.join(known)}.")


@dataclass(frozen=True)
class Question:
    """What is asked of a report: its filters, cleaned, and the day as of which."""

    filters: Mapping[str, str]
    as_of: date | None = None

    def __getitem__(self, name: str) -> str:
        return self.filters.get(name, "")


@dataclass(frozen=True)
class Report:
    """`parts` gives one or more querysets of `values()` named as the columns; several are laid
    one under the other. `order` is the usual sorting."""

    slug: str
    title: str
    description: str
    columns: tuple[Column, ...]
    parts: Callable[[Question], Sequence[Rows]]
    provenance: Callable[[Question], Provenance]
    order: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    has_past: bool = True
    empty: str = "Nothing to report."

    def run(
        self,
        filters: Mapping[str, str] | None = None,
        *,
        sort: str = "",
        columns: Sequence[str] = (),
        as_of: date | None = None,
    ) -> Result:
        """`sort` is a column, with - before it for the other way round."""
        if as_of and not self.has_past:
            raise BadRequest(f"{self.title} cannot be asked for a past day.")
        question = Question(self._clean(filters or {}), _known(as_of))
        return Result(self, question, self._order(sort), self._columns(columns))

    def _clean(self, given: Mapping[str, str]) -> dict[str, str]:
        known = {f.name: f for f in self.filters}
        unknown = sorted(set(given) - set(known))
        if unknown:
            names = ", ".join(known) or "none"
            raise BadRequest(f"There is no filter {unknown[0]!r}. The filters are: {names}.")
        return {name: f.clean(given.get(name, "")) for name, f in known.items()}

    def _order(self, sort: str) -> tuple[str, ...]:
        if not sort:
            return self.order
        name = sort.removeprefix("-")
        self._columns([name])
        return (sort, *(o for o in self.order if o.removeprefix("-") != name))

    def _columns(self, names: Sequence[str]) -> tuple[Column, ...]:
        if not names:
            return self.columns
        known = {c.name: c for c in self.columns}
        for name in names:
            if name not in known:
                raise BadRequest(f"There is no column {name!r}. There are: {', '.join(known)}.")
        return tuple(known[name] for name in names)

    def facts(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "title": self.title,
            "description": self.description,
            "columns": [{"name": c.name, "label": c.label, "kind": c.kind} for c in self.columns],
            "filters": [
                {"name": f.name, "label": f.label, "kind": f.kind, "default": f.default}
                for f in self.filters
            ],
            "as_of": self.has_past,
        }


def _known(day: date | None) -> date | None:
    """Nothing is known before the first day, and of a day to come no more than of today."""
    return max(FIRST_DAY, min(day, datetime.now(UTC).date())) if day else None


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
        return self.report.provenance(self.question)

    @cached_property
    def total(self) -> int:
        return sum(part.order_by().count() for part in self.report.parts(self.question))

    def records(self, offset: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Rows with every column by name, the hidden ones too, in the order asked for."""
        names = [c.name for c in self.report.columns]
        parts = [part.values(*names) for part in self.report.parts(self.question)]
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        rows = rows.order_by(*(_nulls_last(o) for o in self.order))
        end = None if limit is None else offset + limit
        return iter(rows[offset:end].iterator(CHUNK) if len(parts) == 1 else rows[offset:end])

    def rows(self, offset: int = 0, limit: int | None = None) -> Iterator[tuple[Any, ...]]:
        names = [c.name for c in self.columns]
        return (tuple(r[n] for n in names) for r in self.records(offset, limit))

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


def as_json(record: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    return {c.name: _json_value(record[c.name]) for c in columns}


def _json_value(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value


def provenance_facts(provenance: Provenance) -> dict[str, Any]:
    return {
        "sentence": provenance.sentence(),
        "oldest": moment_text(provenance.oldest),
        "instances": [{"id": i.pk, "name": i.name} for i in provenance.instances],
        "missing": list(provenance.missing),
    }
