"""Charges, one by one, and whether two are one payment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import charges as known
from steward.insight.reports.charges import REPORT
from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.edit import Edit
from steward.inventory.problems import Conflict
from steward.ledger import charges as acts
from steward.ledger import vendors
from steward.web.access import actor, for_admins, for_money
from steward.web.tables import Table

LARGEST, MOST = 2**63 - 1, 50


@for_money
def charges(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, REPORT)
    facts = {"table": table, "sums": known.sums(table.result.question)}
    return table.export() or render(request, "spend/charges.html", facts)


@for_money
def charge(request: HttpRequest, id: int) -> HttpResponse:
    """One with all that is known of it; an admin says here what it is of."""
    row = _found(id)
    if request.method == "POST":
        return _change(request, row)
    return _page(request, row)


def _page(request: HttpRequest, row: Charge, error: str = "", typed: str = "") -> HttpResponse:
    facts = {
        "charge": row,
        "source": known.source_of(row),
        "doubled": Charge.objects.present().filter(duplicate_of=row),
        "alike": known.alike(row),
        "edits": Edit.objects.filter(kind=acts.KIND, object=row.pk).order_by("-pk")[:MOST],
        "applications": known.application_names(),
        "currency": Company.get().currency,
        "error": error,
        "typed": typed or (row.application.name if row.application else ""),
    }
    return render(request, "spend/charge.html", facts, status=422 if error else 200)


@for_admins
def _change(request: HttpRequest, row: Charge) -> HttpResponse:
    what, name = request.POST.get("what", ""), request.POST.get("application", "").strip()
    if what == "other":
        acts.change(row, by=actor(request), is_saas=False)
    elif what == "rule":
        acts.change(row, by=actor(request), application=None)
    else:
        application = vendors.named(name)
        if application is None:
            return _page(request, row, "There is no application of this name.", name)
        _of_application(request, row, application)
    messages.success(request, "Saved.")
    return redirect("charge", row.pk)


def _of_application(request: HttpRequest, row: Charge, application: Application) -> None:
    """This one alone, or all of the vendor."""
    if request.POST.get("all"):
        vendors.assign(row.vendor, application, by=actor(request))
    else:
        acts.change(row, by=actor(request), application=application)


@for_money
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that Steward takes for one payment, the latest first."""
    page = max(int(request.GET.get("page", "1")), 1) if _is_number(request) else 1
    pairs = known.duplicates()
    here = list(pairs[(page - 1) * MOST : page * MOST])
    facts: dict[str, Any] = {
        "pairs": [(row, row.duplicate_of, known.source_of(row)) for row in here],
        "originals": {row.duplicate_of_id: known.source_of(row.duplicate_of) for row in here},
        "total": pairs.count(),
        "before": page - 1,
        "after": page + 1 if pairs[page * MOST : page * MOST + 1] else 0,
    }
    return render(request, "spend/duplicates.html", facts)


def _is_number(request: HttpRequest) -> bool:
    asked = request.GET.get("page", "1")
    return asked.isascii() and asked.isdecimal() and len(asked) < 7


@require_POST
@for_admins
def decide(request: HttpRequest, id: int) -> HttpResponse:
    row, of = _found(id), request.POST.get("of", "")
    try:
        acts.set_duplicate(row, _found(int(of)) if of.isdecimal() else None, by=actor(request))
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
    else:
        said = "counted as one payment" if of else "two payments, and both count"
        messages.success(request, f"Saved: they are {said}.")
    to_pairs = request.POST.get("next") == "duplicates"
    return redirect("duplicates") if to_pairs else redirect("charge", row.pk)


def _found(id: int) -> Charge:
    rows = Charge.objects.present().select_related("application", "person", "duplicate_of")
    row: Charge | None = rows.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row
