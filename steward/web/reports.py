"""Reports: filter, sort, choose columns, take the file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from steward.insight import limits, reports
from steward.insight.reports.datasets.saved import Broken
from steward.inventory.money import sees_money
from steward.inventory.report import SavedReport
from steward.web.access import for_members
from steward.web.saved import seen
from steward.web.tables import Table

TOO_MUCH = "This takes longer than a page can wait. Narrow it, or take it as a file."


@for_members
def catalogue(request: HttpRequest) -> HttpResponse:
    """How many rows the built-in ones have; saved ones are not run for it."""
    shown = sees_money(request.user.is_admin)  # type: ignore[union-attr]
    known = [r for r in reports.catalogue() if shown or not r.about_money]
    found = [(report, report.run().total) for report in known]
    saved = _saved(request, shown)
    facts = {
        "reports": found,
        "yours": [row for row in saved if row.owner_id == request.user.pk],
        "shared": [row for row in saved if row.owner_id != request.user.pk],
    }
    return render(request, "reports/catalogue.html", facts)


def _saved(request: HttpRequest, money: bool) -> list[SavedReport]:
    rows = SavedReport.objects.seen_by(request.user).select_related("owner").order_by("name", "pk")
    return [row for row in rows if money or not _about_money(row)]


def _about_money(row: SavedReport) -> bool:
    found = reports.report(row.slug)
    return found is not None and found.about_money


@for_members
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    saved = SavedReport.called(slug)
    found = reports.report(slug) if saved is None or seen(request, slug) else None
    if found is None:
        raise Http404
    facts: dict[str, Any] = {"saved": saved, "slug": slug, "query": request.GET.urlencode()}
    facts["may_change"] = saved is not None and saved.is_of(request.user)  # type: ignore[arg-type]
    if isinstance(found, Broken):
        return render(request, "reports/broken.html", {**facts, "report": found})
    table = Table(request, found)
    return table.export() or _page(request, {**facts, "table": table})


def _page(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    """What somebody has made may be anything, so it is not waited for without end."""
    if facts["saved"] is None:
        return render(request, "reports/report.html", facts)
    try:
        with limits.within(limits.PAGE, TOO_MUCH):
            return render(request, "reports/report.html", facts)
    except limits.TooMuch as too_much:
        table: Table = facts["table"]
        broken = {"report": table.report, "says": str(too_much), "table": table}
        return render(request, "reports/broken.html", {**facts, **broken}, status=503)
