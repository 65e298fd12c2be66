"""The built-in reports."""

from __future__ import annotations

from steward.insight.reports import (
    access,
    applications,
    charges,
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
from steward.insight.reports.question import BadRequest, Column, Filter, Question
from steward.insight.reports.results import Result

__all__ = ["BadRequest", "Column", "Filter", "Question", "Report", "Result", "catalogue", "report"]

_REPORTS = (
    *(module.REPORT for module in (seats, leavers, orphans, applications, access, freshness)),
    *(module.REPORT for module in (licences, licence_seats, wasted, contracts, charges)),
    usage.USERS,
    *spend.REPORTS,
    findings.REPORT,
    *secure.REPORTS,
    *review_items.REPORTS,
    overlapping.REPORT,
    overlapping.PEOPLE,
)


def catalogue() -> tuple[Report, ...]:
    return _REPORTS


def report(slug: str) -> Report | None:
    return next((report for report in _REPORTS if report.slug == slug), None)
