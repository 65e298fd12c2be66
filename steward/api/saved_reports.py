"""Saved reports: made, changed, copied, deleted; and what reports are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from steward.api.access import actor, maker, money_seen, visible
from steward.api.problems import Problem, not_found, wrong
from steward.api.responses import accepted, created, read
from steward.api.schemas import Accepted, Given, Listed, ReportOut, Text
from steward.insight import limits, reports
from steward.insight.reports import BadRequest
from steward.insight.reports.datasets.compiling import previewed
from steward.insight.reports.datasets.core import facts as dataset_facts
from steward.insight.reports.datasets.saved import facts
from steward.insight.reports.results import as_json, provenance_facts
from steward.inventory.report import SavedReport
from steward.ledger import reports as ledger

# `api.reports` adds to it: the calls of one address must be in one place.
router = Router(tags=["reports"])

FIRST = 20
TOO_MUCH = "This is too much to preview. Narrow it with a filter or a shorter period."
ReportName = Annotated[Text, Field(min_length=1, max_length=200)]
About = Annotated[Text, Field(max_length=1_000)]
Days = Annotated[int, Field(ge=1, le=3_650)]
Short = Annotated[Text, Field(max_length=300)]


class FilterIn(Given):
    """`value` and `to` as the op needs them; days are written 2026-11-01, answers yes or no."""

    column: Short
    op: Short
    value: Short = ""
    to: Short = ""


class DefinitionIn(Given):
    """What a report is made of: `GET /datasets` lists what there is. A period is `days`, or `from`
    and `to`; `asked` are filters of the list itself."""

    version: Literal[1] = 1
    dataset: Short
    columns: Annotated[list[Short], Field(default_factory=list, max_length=60)]
    filters: Annotated[list[FilterIn], Field(default_factory=list, max_length=30)]
    group_by: Annotated[list[Short], Field(default_factory=list, max_length=2)]
    measures: Annotated[list[Short], Field(default_factory=list, max_length=12)]
    sort: Short = ""
    period: Annotated[
        dict[Literal["days", "from", "to"], Short | Days], Field(default_factory=dict)
    ]
    asked: Annotated[dict[Short, Short], Field(default_factory=dict, max_length=30)]


class NewReport(Given):
    name: ReportName
    description: About = ""
    definition: DefinitionIn
    shared: bool = False


class ReportChange(Given):
    name: ReportName | None = None
    description: About | None = None
    definition: DefinitionIn | None = None
    shared: bool | None = None


class ReportCopy(Given):
    name: ReportName | None = None


class Previewed(Given):
    definition: DefinitionIn


class PreviewOut(Schema):
    """The first rows; `items` have a field a column, by its name."""

    total: int
    columns: list[dict[str, Any]]
    provenance: dict[str, Any]
    items: list[dict[str, Any]]


class DatasetOut(Schema):
    """`period`: it can be asked about a period. `asked` are filters of the list itself."""

    name: str
    title: str
    description: str
    built_in: bool
    period: bool
    columns: list[dict[str, Any]]
    group_by: list[str]
    measures: list[dict[str, Any]]
    asked: list[dict[str, Any]]


@router.get("/datasets", response=read(Listed[DatasetOut]))
def list_datasets(request: HttpRequest) -> Any:
    """What reports can be made of. Each built-in report is a dataset too, by its slug."""
    seen = money_seen(request)
    known = [d for d in reports.datasets() if seen or not d.about_money]
    return {"items": [dataset_facts(one, seen) for one in known], "next": None}


@router.post("/reports", response=created(ReportOut))
def make_report(request: HttpRequest, data: NewReport) -> Any:
    made = ledger.save(
        data.name,
        _definition(data.definition),
        description=data.description,
        shared=data.shared,
        owner=maker(request),
        by=actor(request),
    )
    return 201, saved_facts(made)


@router.post("/reports/preview", response=created(PreviewOut, 200))
def preview_report(request: HttpRequest, data: Previewed) -> Any:
    """The first rows of what is not saved; 422 where they would take too long."""
    definition = reports.defined(_given(data.definition))
    report = previewed(definition)
    try:
        with limits.within(limits.PREVIEW, TOO_MUCH):
            result = report.run()
            return {
                "total": result.total,
                "columns": report.facts()["columns"],
                "provenance": provenance_facts(result.provenance),
                "items": [as_json(row, result.all_columns) for row in result.page(0, FIRST)],
            }
    except BadRequest as error:
        raise wrong("definition", str(error)) from None


@router.post("/reports/{slug}/duplicate", response=created(ReportOut))
def duplicate_report(request: HttpRequest, slug: str, data: ReportCopy) -> Any:
    """Of a saved or a built-in report; the copy is the token's maker's."""
    found = reports.report(slug)
    start = reports.start_of(slug)
    if found is None or not start:
        raise not_found("report")
    made = ledger.save(
        data.name or ledger.copied(found.title),
        start,
        description=found.description[: ledger.LONGEST_ABOUT],
        owner=maker(request),
        by=actor(request),
    )
    return 201, saved_facts(made)


@router.patch("/reports/{slug}", response=created(ReportOut, 200))
def change_report(request: HttpRequest, slug: str, data: ReportChange) -> Any:
    saved = _saved(request, slug)
    values = {n: v for n, v in data.dict(exclude_unset=True).items() if v is not None}
    if data.definition is not None:
        values["definition"] = _definition(data.definition)
    ledger.change(saved, values, by=actor(request))
    return saved_facts(saved)


@router.delete("/reports/{slug}", response=accepted(Accepted, 200))
def delete_report(request: HttpRequest, slug: str) -> Any:
    ledger.remove(_saved(request, slug), by=actor(request))
    return {"accepted": True}


def _saved(request: HttpRequest, slug: str) -> SavedReport:
    saved = visible(request, slug)
    if saved is not None:
        return saved
    if reports.report(slug) is not None and SavedReport.called(slug) is None:
        raise Problem(409, "built_in", "A built-in report stays as it is. Duplicate it.")
    raise not_found("report")


def _definition(given: DefinitionIn) -> dict[str, Any]:
    return reports.defined(_given(given)).written()


def _given(given: DefinitionIn) -> dict[str, Any]:
    return given.dict(exclude_unset=True)


def saved_facts(saved: SavedReport, money: bool = True) -> dict[str, Any]:
    found = reports.report(saved.slug)
    if found is None:
        raise not_found("report")
    shown = found if money else found.without_money()
    return {**shown.facts(), **facts(saved)}
