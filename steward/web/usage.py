"""Usage: who uses what, how often, and who does not any more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse

from steward.insight.descriptions import known_attributes, values_of
from steward.insight.provenance import Provenance
from steward.insight.reports import BadRequest, Report
from steward.insight.reports.choices import application_filter
from steward.insight.reports.usage import GROUPS, SCOPE, users_of
from steward.insight.reports.usage_by_application import APPLICATIONS
from steward.insight.usage import DAYS, Scope, figures, inactive_after
from steward.insight.usage_charts import UsageCharts, filters_of
from steward.insight.usage_sources import active_means, provenance_of
from steward.inventory.application import Application
from steward.inventory.person import Person
from steward.web.access import for_members
from steward.web.tables import Cell, Table

PERIODS = (30, 60, 90)
SECTION = 90
LISTS = ("applications", "people", "groups")
_NAMES = tuple(f.name for f in SCOPE)


@dataclass(frozen=True)
class Tile:
    label: str
    value: Any
    href: str


@for_members
def usage(request: HttpRequest) -> HttpResponseBase:
    given = {name: request.GET.get(name, "").strip() for name in _NAMES}
    try:
        scope, error = Scope.asked(given), ""
    except BadRequest as problem:
        scope, error = Scope.asked({}), str(problem)
    page = Page(request.GET, scope)
    table = Rows(request, page)
    if file := None if error else table.export():
        return file
    facts = {"page": page, "table": table, "given": given, "error": error, **_choices(scope)}
    return render(request, "usage/usage.html", facts, status=422 if error else 200)


def section(**asked: Any) -> Page:
    """For the page of an application or a person: the last 90 days, and the way to the rest."""
    given = {name: str(value) for name, value in asked.items()} | {"days": str(SECTION)}
    return Page(QueryDict(urlencode(given)), Scope.asked(given))


def _choices(scope: Scope) -> dict[str, Any]:
    applications = application_filter().choices
    return {
        "applications": applications() if applications else (),
        "departments": values_of("department"),
        "attributes": known_attributes(),
        "periods": PERIODS,
    }


class Page:
    """What a scope shows; every figure leads to the rows it counts."""

    def __init__(self, query: QueryDict, scope: Scope) -> None:
        self.scope = scope
        self._query = query
        self.charts = UsageCharts(scope, self.link)
        self.application = Application.objects.filter(pk=scope.application).first()
        self.person = Person.objects.filter(pk=scope.person).first() if scope.person else None

    @property
    def shown(self) -> str:
        """Of an application its users, else the applications, unless one asks for others."""
        asked = self._query.get("list", "")
        narrow = self.application or self.person
        return asked if asked in LISTS else "people" if narrow else "applications"

    @property
    def report(self) -> Report:
        others = {"applications": APPLICATIONS, "groups": GROUPS}
        return others.get(self.shown) or users_of(self.scope)

    @property
    def lists(self) -> list[tuple[str, str, bool]]:
        people = "Users" if self.application else "By application" if self.person else "People"
        names = {"people": people, "groups": "Compared"}
        if not self.application and not self.person:
            names = {"applications": "Applications", **names}
        return [
            (label, self.link(list=name, who="", q="", sort=""), name == self.shown)
            for name, label in names.items()
        ]

    def link(self, **changes: Any) -> str:
        """This page, asked something else; what a list is sorted by belongs to that list."""
        kept = {name: self._query.get(name, "") for name in (*_NAMES, "list")}
        asked = {name: _text(value) for name, value in (kept | changes).items()}
        pairs = {name: value for name, value in asked.items() if value}
        return f"{reverse('usage')}?{urlencode(pairs)}"

    @property
    def tiles(self) -> list[Tile]:
        counted, said = figures(self.scope), self.scope.period.said
        of_person = bool(self.person) and not self.application
        unit = "Applications" if of_person else "Users" if self.application else "People"
        rows = [
            (unit, counted["users"], ""),
            (f"Active {said}", _with_share(counted["active"], counted["share"]), "active"),
            (f"Inactive for {self.inactive_after} days", counted["inactive"], "inactive"),
            ("Never seen active", counted["never"], "never"),
        ]
        if counted["unknown"]:
            rows.append(("Not known", counted["unknown"], "unknown"))
        return [Tile(label, value, self.link(list="people", who=who)) for label, value, who in rows]

    @property
    def provenance(self) -> Provenance:
        return provenance_of(self.scope)

    @property
    def inactive_after(self) -> int:
        return inactive_after(self.application) if self.application else DAYS

    @property
    def means(self) -> str:
        return active_means(self.application) if self.application else ""

    @property
    def title(self) -> str:
        names = [str(part) for part in (self.application, self.person) if part]
        names += [name for name in (self.scope.department, self.scope.group) if name]
        return ", ".join(names)


class Rows(Table):
    """A list of the page, whose figures lead to the people they count."""

    def __init__(self, request: HttpRequest, page: Page) -> None:
        self._page = page
        super().__init__(request, page.report, filters_of(page.scope))

    def cells(self, record: dict[str, Any], currency: str) -> list[Cell]:
        return [self._linked(cell, record) for cell in super().cells(record, currency)]

    def _linked(self, cell: Cell, record: dict[str, Any]) -> Cell:
        if cell.column.name not in _COUNTS or not cell.value:
            return cell
        asked = {"list": "people", "who": _COUNTS[cell.column.name], **self._whose(record)}
        return replace(cell, href=f"{self._page.link(**asked)}#rows")

    def _whose(self, record: dict[str, Any]) -> dict[str, Any]:
        if "application_id_" in record:
            return {"application": record["application_id_"]}
        return {"group_by": self._page.scope.compared_by, "group": record["group"]}


_COUNTS = {"has": "", "users": "", "active": "active"}


def _with_share(count: int | None, share: int | None) -> str | None:
    return None if count is None else f"{count:,} · {share}%"


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
