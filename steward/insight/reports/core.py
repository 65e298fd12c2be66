"""What every report is made of: columns, filters, and rows that the database sorts and cuts.

One report serves the page, the API, the command line, CSV and XLSX alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from steward.insight.asking import past_day
from steward.insight.provenance import Provenance
from steward.insight.reports.question import BadRequest, Column, Filter, Question
from steward.insight.reports.results import Result, Rows
from steward.insight.reports.sections import Sections
from steward.insight.traces import Minds


@dataclass(frozen=True)
class Report:
    """`parts` gives one or more querysets of `values()` named as the columns; several are laid
    one under the other. `order` is the usual sorting. `keyed` says that a row is a row of the
    part's own table, so that a page of it can be found before its columns are counted. `costly`
    ones are remembered until something changes that they mind. One that is `about_money` is not
    for those who may not see any; as these see it, it is not `with_money`. `left_out` gives a
    sentence on what is not in its amounts, "" for nothing. `counted` gives the rows where counting
    and sorting them needs less than showing them; `length` how many they are where that is known
    without, and None where it is not. A `short` one is mostly no longer than a page, which then
    says how long it is; so is any of which rows are looked for by name."""

    slug: str
    title: str
    description: str
    columns: tuple[Column, ...]
    parts: Callable[[Question], Sequence[Rows]]
    provenance: Callable[[Question], Provenance]
    order: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    has_past: bool = True
    keyed: bool = False
    costly: bool = False
    minds: Minds = Minds.FIGURES
    about_money: bool = False
    with_money: bool = True
    left_out: Callable[[Question], str] | None = None
    sections: Sections | None = None
    counted: Callable[[Question], Rows] | None = None
    length: Callable[[Question], int | None] | None = None
    short: bool = False
    empty: str = "Nothing to report."

    answer: ClassVar[type[Result]] = Result

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
        day = past_day(as_of) if as_of else None
        question = Question(self._clean(filters or {}), day, self.with_money)
        return self.answer(self, question, self._order(sort), self._said(columns, question))

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

    def _said(self, names: Sequence[str], question: Question) -> tuple[Column, ...]:
        """Without those that have nothing to say of the question, unless nothing else is left."""
        chosen = self._columns(names)
        said = tuple(c for c in chosen if not c.is_silent(question))
        return said if any(not c.hidden for c in said) else chosen

    def without_money(self) -> Report:
        """For those who may not see what things cost."""
        hidden = {c.name for c in self.columns if c.kind == "money" or c.about_money}
        order = tuple(o for o in self.order if o.removeprefix("-") not in hidden)
        shown = tuple(c for c in self.columns if c.name not in hidden)
        order = order or self.order
        return replace(self, columns=shown, order=order, left_out=None, with_money=False)

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
