"""All reports: those that are built in, and those that people have saved."""

from __future__ import annotations

from typing import Any

from steward.insight.reports import (
    access,
    activity,
    applications,
    charges,
    committed,
    contracts,
    findings,
    freshness,
    leavers,
    licence_seats,
    licences,
    orphans,
    overlapping,
    review_items,
    seats,
    secure,
    spend,
    usage,
    wasted,
)
from steward.insight.reports.core import Report
from steward.insight.reports.datasets import catalogue as _catalogue
from steward.insight.reports.datasets import saved as _saved
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.datasets.definition import Definition, read
from steward.insight.reports.question import BadRequest, Column, Filter, Question
from steward.insight.reports.results import Result
from steward.inventory.report import SavedReport

__all__ = [
    "BadRequest",
    "Column",
    "Filter",
    "Question",
    "Report",
    "Result",
    "catalogue",
    "dataset",
    "datasets",
    "defined",
    "report",
    "start_of",
]

_REPORTS = (
    *(module.REPORT for module in (seats, leavers, orphans, applications, access, freshness)),
    *(module.REPORT for module in (licences, licence_seats, wasted, contracts, charges)),
    usage.USERS,
    activity.DAYS_ACTIVE,
    *spend.REPORTS,
    committed.REPORT,
    findings.REPORT,
    *secure.REPORTS,
    *review_items.REPORTS,
    overlapping.REPORT,
    overlapping.PEOPLE,
)


def catalogue() -> tuple[Report, ...]:
    """Those that are built in."""
    return _REPORTS


def report(slug: str) -> Report | None:
    """A built-in one, or a saved one; who may see it is for the caller to ask."""
    found = next((report for report in _REPORTS if report.slug == slug), None)
    saved = None if found else SavedReport.called(slug)
    return _saved.report_of(saved, dataset) if saved else found


def datasets() -> tuple[Dataset, ...]:
    return _catalogue.DATASETS


def dataset(name: str) -> Dataset | None:
    """One of them, or a built-in report to make another one of."""
    found = next((one for one in _catalogue.DATASETS if one.slug == name), None)
    built_in = next((report for report in _REPORTS if report.slug == name), None)
    return found or (_catalogue.of_report(built_in) if built_in else None)


def defined(given: Any, money: bool = True) -> Definition:
    """Raises `Invalid`, with a sentence at each part that does not do."""
    return read(given, dataset, money)


def start_of(slug: str) -> dict[str, Any]:
    """The definition of a report, to make another one of; empty where there is none."""
    saved = SavedReport.called(slug)
    if saved is not None:
        return dict(saved.definition)
    found = dataset(slug)
    return {"dataset": found.slug, "columns": list(found.usual())} if found else {}
