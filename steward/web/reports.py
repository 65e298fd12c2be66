"""Reports: filter, sort, choose columns, take the file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from steward.insight import reports
from steward.inventory.money import sees_money
from steward.web.access import for_members
from steward.web.tables import Table


@for_members
def catalogue(request: HttpRequest) -> HttpResponse:
    shown = sees_money(request.user.is_admin)  # type: ignore[union-attr]
    known = [r for r in reports.catalogue() if shown or not r.about_money]
    found = [(report, report.run().total) for report in known]
    return render(request, "reports/catalogue.html", {"reports": found})


@for_members
def report(request: HttpRequest, slug: str) -> HttpResponseBase:
    found = reports.report(slug)
    if found is None:
        raise Http404
    table = Table(request, found)
    return table.export() or render(request, "reports/report.html", {"table": table})
