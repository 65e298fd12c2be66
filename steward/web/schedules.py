"""Reports, Schedules: which report goes where and when, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import reports
from steward.insight import schedules as insight
from steward.insight.reports import Report
from steward.inventory.problems import Invalid
from steward.inventory.report import SavedReport
from steward.inventory.schedule import Schedule
from steward.inventory.webhook import WebhookDelivery
from steward.ledger import schedules as acts
from steward.web import schedule_forms as forms
from steward.web.access import actor, for_admins, for_members
from steward.web.windows import leave, window
from steward.work import scheduling
from steward.work.posted import link

LARGEST = 2**63 - 1
SHOWN = 50


@for_members
def schedules(request: HttpRequest) -> HttpResponse:
    found = list(insight.schedules())
    sent = insight.last_deliveries(found)
    rows = [_shown(row, sent.get(row.pk)) for row in found]
    return render(request, "reports/schedules.html", {"rows": rows, "tab": "schedules"})


@for_members
def schedule(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    facts = _shown(row, insight.last_deliveries([row]).get(row.pk))
    facts |= {"runs": insight.runs_of(row)[:SHOWN], "asked": link(row)}
    return render(request, "reports/schedule.html", facts)


def _shown(row: Schedule, sent: WebhookDelivery | None) -> dict[str, Any]:
    local = row.next_at.astimezone(row.when().tz)
    return {
        "row": row,
        "title": insight.title_of(row.report),
        "ways": insight.ways_of(row),
        "sent": sent,
        "next": f"{local:%a %-d %b %Y, %H:%M}" if row.enabled else "",
    }


@for_admins
def new(request: HttpRequest) -> HttpResponse:
    report = reports.report(request.POST.get("report") or request.GET.get("report", ""))
    if report is None:
        saved = SavedReport.objects.order_by("name", "pk")
        known = {"reports": reports.catalogue(), "saved": saved}
        return render(request, "reports/schedule_what.html", known)
    if request.method != "POST":
        return _form(request, report, forms.fresh(report, request.GET))
    given = forms.entered(request.POST, report)
    try:
        made = scheduling.create(given, by=actor(request), owner=request.user)  # type: ignore[arg-type]
    except Invalid as invalid:
        return _form(request, report, given, errors=forms.errors_of(invalid))
    messages.success(request, f"{made.name} goes out {made.when().words()}.")
    return redirect("schedule", made.pk)


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    report = reports.report(row.report)
    if report is None:
        messages.error(request, f"The report {row.report} is not there any more.")
        return redirect("schedule", row.pk)
    if request.method != "POST":
        return _form(request, report, forms.of_row(row), row)
    given = forms.entered(request.POST, report)
    try:
        scheduling.edit(row, given, by=actor(request))
    except Invalid as invalid:
        return _form(request, report, given, row, errors=forms.errors_of(invalid))
    messages.success(request, f"{row.name} is saved.")
    return redirect("schedule", row.pk)


def _form(
    request: HttpRequest,
    report: Report,
    given: Mapping[str, Any],
    row: Schedule | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    form = forms.ScheduleForm(report, given, errors or {})
    facts = {"form": form, "given": given, "errors": form.errors, "row": row}
    return render(request, "reports/schedule_form.html", facts, status=422 if errors else 200)


@require_POST
@for_admins
def run(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    acts.run_now(row, by=actor(request))
    messages.success(request, f"{row.name} is being made; the log below says how it went.")
    return redirect("schedule", row.pk)


@require_POST
@for_admins
def switch(request: HttpRequest, id: int) -> HttpResponse:
    row, on = _found(id), request.POST.get("enabled") == "yes"
    scheduling.edit(row, {"enabled": on}, by=actor(request))
    messages.success(request, f"{row.name} is switched {'on' if on else 'off'}.")
    return redirect("schedule", row.pk)


@for_admins
def delete(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    facts = {"row": row, "runs": row.runs.count()}
    if request.method != "POST":
        return window(request, "reports/schedule_delete.html", facts)
    if request.POST.get("understood") != "yes":
        facts["error"] = "Tick that you understand."
        return window(request, "reports/schedule_delete.html", facts, 422)
    acts.delete(row, by=actor(request))
    messages.success(request, f"{row.name} is deleted.")
    return leave(request, "schedules")


def _found(id: int) -> Schedule:
    row: Schedule | None = insight.schedules().filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row
