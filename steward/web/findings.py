"""Findings: what is wrong by which rule, each with its evidence, and accepting it for a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from steward.insight.findings import reading
from steward.insight.findings.catalogue import BY_SLUG, title_of
from steward.insight.provenance import provenance
from steward.insight.reports.findings import REPORT, STREAMS
from steward.inventory.finding import Finding, FindingsTold
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import findings as ledger
from steward.web.access import actor, for_admins, for_members
from steward.web.tables import Table

LARGEST, MOST = 2**63 - 1, 1_000
USUAL = timedelta(days=90)


@dataclass(frozen=True)
class Entry:
    """What was typed for an acceptance, and what was wrong with it, by field."""

    reason: str = ""
    until: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def usual(cls) -> Entry:
        return cls(until=(ledger.today() + USUAL).isoformat())

    @classmethod
    def given(cls, request: HttpRequest) -> Entry:
        return cls(request.POST.get("reason", ""), request.POST.get("until", ""))

    def refused(self, invalid: Invalid) -> Entry:
        return Entry(self.reason, self.until, {e.field: e.message for e in invalid.errors})

    @property
    def first(self) -> str:
        return (ledger.today() + timedelta(days=1)).isoformat()

    @property
    def last(self) -> str:
        return ledger.last_day().isoformat()


@for_members
def findings(request: HttpRequest) -> HttpResponseBase:
    return _list(request, Entry.usual())


def _list(
    request: HttpRequest, entry: Entry, ticked: frozenset[int] = frozenset()
) -> HttpResponseBase:
    is_admin = request.user.is_admin  # type: ignore[union-attr]
    table = Table(request, REPORT, chosen_by="finding_id_" if is_admin else "")
    table.ticked = ticked
    if file := table.export():
        return file
    standings = reading.standings()
    asked = request.GET.get("rule", "")
    facts = {
        "table": table,
        "standings": standings,
        "chosen": next((s for s in standings if s.rule.slug == asked), None),
        "severities": reading.by_severity(),
        "told": FindingsTold.get(),
        "entry": entry,
    }
    return render(request, "secure/findings.html", facts, status=422 if entry.errors else 200)


@for_admins
def accept_many(request: HttpRequest) -> HttpResponseBase:
    """Those that were ticked in the list, which is shown again where something is wrong."""
    back = f"{reverse('findings')}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(back)
    chosen = [n for n in request.POST.getlist("chosen")[:MOST] if n.isdecimal() and len(n) < 19]
    rows = list(reading.findings().filter(pk__in=chosen).order_by("pk"))
    entry = Entry.given(request)
    if not rows:
        wrong = {"chosen": "Tick the findings that may stay as they are."}
        return _list(request, Entry(entry.reason, entry.until, wrong))
    try:
        count = ledger.accept_many(rows, reason=entry.reason, until=entry.until, by=actor(request))
    except Invalid as invalid:
        return _list(request, entry.refused(invalid), frozenset(row.pk for row in rows))
    over = f" {len(rows) - count} were over already." if count < len(rows) else ""
    messages.success(request, f"{count} of {len(rows)} ticked findings are accepted.{over}")
    return redirect(back)


@for_members
def finding(request: HttpRequest, id: int) -> HttpResponse:
    return _page(request, _found(id))


@require_POST
@for_admins
def accept(request: HttpRequest, id: int) -> HttpResponse:
    row, entry = _found(id), Entry.given(request)
    try:
        ledger.accept(row, reason=entry.reason, until=entry.until, by=actor(request))
    except Invalid as invalid:
        return _page(request, row, entry.refused(invalid))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, "The finding is accepted.")
    return redirect("finding", row.pk)


@require_POST
@for_admins
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    try:
        ledger.withdraw(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, "The acceptance is taken back, and the finding is open again.")
    return redirect("finding", row.pk)


def _found(id: int) -> Finding:
    rows = reading.findings().select_related(
        "account__person", "instance__application", "application"
    )
    row: Finding | None = rows.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Finding, entry: Entry | None = None) -> HttpResponse:
    instance = row.instance
    facts: dict[str, Any] = {
        "finding": row,
        "title": title_of(row.rule),
        "rule": BY_SLUG.get(row.rule),
        "severity": reading.severity_word(row.severity),
        "account": row.account if row.account_id and instance else None,
        "application": row.application or (instance.application if instance else None),
        "evidence": reading.evidence_of(row),
        "history": reading.history(row),
        "told": FindingsTold.get(),
        "entry": entry or Entry(row.reason, str(row.accepted_until or Entry.usual().until)),
        "provenance": provenance(STREAMS, [instance.pk]) if instance else provenance(("grants",)),
    }
    status = 422 if entry and entry.errors else 200
    return render(request, "secure/finding.html", facts, status=status)
