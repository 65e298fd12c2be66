"""Secure: which apps were let in to company data, by whom, what they may do, and what is new."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import access_filters, application_history, secure
from steward.insight.grants import grants, with_days
from steward.insight.reports.access import REPORT as GRANTS
from steward.insight.reports.secure import APPLICATIONS, PEOPLE, SCOPES
from steward.inventory.application import Application
from steward.inventory.problems import Invalid
from steward.ledger import applications as ledger
from steward.web.access import actor, for_admins, for_members
from steward.web.tables import Table

SHOWN, EDITS = 20, 20
LARGEST = 2**63 - 1


@for_members
def applications(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, APPLICATIONS)
    facts = {"table": table, "figures": _figures(), "new": request.GET.get("new", "")}
    return table.export() or render(request, "secure/applications.html", facts)


def _figures() -> dict[str, int]:
    rows = secure.applications_with_access()

    def count(**asked: Any) -> int:
        return int(access_filters.narrowed_applications(rows, asked).count())

    return {
        "all": count(),
        "risky": count(risk=access_filters.RISKY),
        "unapproved": count(status="not-approved", risk=access_filters.RISKY),
        "new": count(new=30),
    }


@for_members
def people(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, PEOPLE)
    everybody = secure.applications_with_access().filter(for_all=True).count()
    facts = {"table": table, "everybody": everybody}
    return table.export() or render(request, "secure/people.html", facts)


@for_members
def scopes(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, SCOPES)
    return table.export() or render(request, "secure/scopes.html", {"table": table})


@for_members
def access(request: HttpRequest, id: int) -> HttpResponse:
    found = secure.access_of(min(id, LARGEST))
    if found is None:
        return _elsewhere(id)
    return _page(request, found)


@require_POST
@for_admins
def judge(request: HttpRequest, id: int) -> HttpResponse:
    found = secure.access_of(min(id, LARGEST))
    if found is None:
        raise Http404
    status, comment = request.POST.get("status", ""), request.POST.get("comment", "")
    try:
        changed = ledger.change(
            found.application, {"status": status}, by=actor(request), comment=comment[:2_000]
        )
    except Invalid as invalid:
        said = {"status": status, "comment": comment}
        return _page(request, found, said, str(invalid), status=422)
    row = found.application
    said_so = f"{row.name} is {row.get_status_display().lower()}."  # type: ignore[attr-defined]
    messages.success(request, said_so if changed else "Nothing was changed.")
    return redirect("access", row.pk)


def _page(
    request: HttpRequest,
    found: secure.Access,
    given: dict[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    row = found.application
    rows = grants().filter(app__application=row.pk)
    rows = rows.order_by(F("account").asc(nulls_first=True), "pk")
    facts = {
        "access": found,
        "application": row,
        "grants": with_days(rows[:SHOWN]),
        "more": rows[SHOWN : SHOWN + 1],
        "report": GRANTS.slug,
        "edits": application_history.lines(application_history.edits_of(row)[:EDITS], row),
        "statuses": Application.STATUSES,
        "given": given or {"status": row.status, "comment": ""},
        "error": error,
        "provenance": APPLICATIONS.run({}).provenance,
    }
    return render(request, "secure/access.html", facts, status=status)


def _elsewhere(id: int) -> HttpResponse:
    merged = Application.objects.filter(pk=min(id, LARGEST)).exclude(merged_into=None).first()
    if merged is None:
        raise Http404
    return redirect("access", merged.now().pk)
