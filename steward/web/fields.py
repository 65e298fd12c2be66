"""Settings, Fields: what the company wants to know of its applications besides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight.record import custom_fields
from steward.inventory.application import CustomField
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import fields as ledger
from steward.web.access import actor, for_admins

LARGEST = 2**63 - 1


@for_admins
def fields(request: HttpRequest) -> HttpResponse:
    """The fields, and a form for a new one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        name, kind = request.POST.get("name", ""), request.POST.get("type", "")
        try:
            made = ledger.add_field(name, kind, _choices(request), by=actor(request))
        except (Invalid, Conflict) as problem:
            errors = _errors(problem)
        else:
            messages.success(request, f"The field “{made.name}” is added.")
            return redirect("fields")
    facts = {"given": request.POST, "errors": errors, "types": CustomField.TYPES}
    return _page(request, facts, 422 if errors else 200)


@require_POST
@for_admins
def change_field(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    values = {"name": request.POST.get("name", "")}
    if row.type == CustomField.CHOICE:
        values["choices"] = _choices(request)
    try:
        ledger.change_field(row, values, by=actor(request))
    except (Invalid, Conflict) as problem:
        facts = {"wrong": row.pk, "wrong_given": request.POST, "wrong_errors": _errors(problem)}
        return _page(request, {**facts, "types": CustomField.TYPES}, 422)
    messages.success(request, f"The field “{row.name}” is saved.")
    return redirect("fields")


@require_POST
@for_admins
def remove_field(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    if request.POST.get("understood") != "yes" and ledger.values_in(row):
        messages.error(request, "Tick that what was entered in it goes too.")
        return redirect("fields")
    ledger.remove_field(row, by=actor(request))
    messages.success(request, f"The field “{row.name}” is removed.")
    return redirect("fields")


def _page(request: HttpRequest, facts: dict[str, object], status: int) -> HttpResponse:
    rows = [(row, ledger.values_in(row)) for row in custom_fields()]
    return render(request, "settings/fields.html", {**facts, "rows": rows}, status=status)


def _choices(request: HttpRequest) -> list[str]:
    return request.POST.get("choices", "").splitlines()


def _errors(problem: Invalid | Conflict) -> dict[str, str]:
    if isinstance(problem, Conflict):
        return {"choices": problem.message}
    return {e.field: e.message for e in problem.errors}


def _found(id: int) -> CustomField:
    row: CustomField | None = CustomField.objects.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row
