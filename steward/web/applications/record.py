"""The list of applications, and the page of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from steward.insight.applications import applications as all_applications
from steward.insight.record import categories
from steward.insight.reports import listed_applications
from steward.insight.reports.applications import REPORT as USERS
from steward.inventory.application import Application
from steward.ledger.many_applications import AT_ONCE
from steward.web.access import for_members
from steward.web.applications.sections import facts_for
from steward.web.tables import Table

LARGEST = 2**63 - 1


@for_members
def applications(request: HttpRequest) -> HttpResponseBase:
    is_admin = request.user.is_admin  # type: ignore[union-attr]
    chosen_by = "application_id_" if is_admin else ""
    table = Table(request, listed_applications.report(), chosen_by=chosen_by)
    facts = {
        "table": table,
        "at_once": AT_ONCE,
        "statuses": Application.STATUSES,
        "criticalities": Application.CRITICALITIES[1:],
        "categories": categories(),
    }
    return table.export() or render(request, "applications/applications.html", facts)


@for_members
def application(request: HttpRequest, id: int) -> HttpResponseBase:
    """One that was merged is shown where it is now."""
    row = all_applications().filter(pk=min(id, LARGEST)).first()
    if row is None:
        return _moved(id)
    table = Table(request, USERS, {"application": str(row.pk)})
    if file := table.export():
        return file
    facts = {**facts_for(request, row), "table": table}
    return render(request, "applications/application.html", facts)


def _moved(id: int) -> HttpResponseBase:
    merged = Application.objects.filter(pk=min(id, LARGEST)).exclude(merged_into=None).first()
    if merged is None:
        raise Http404
    return redirect("application", merged.now().pk)
