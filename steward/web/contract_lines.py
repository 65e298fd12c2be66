"""The lines of a contract: which licence, how many seats, at what price."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from steward.inventory.contract import ContractLine
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import contracts as acts
from steward.web import contract_forms as forms
from steward.web.access import actor, for_admins
from steward.web.contracts import LARGEST, found
from steward.web.windows import leave, window


@for_admins
def add(request: HttpRequest, id: int) -> HttpResponse:
    contract = found(id)
    form = forms.line_form(contract)
    if request.method != "POST":
        return _window(request, contract, form.showing({"months": 12}))
    given = form.entered(request.POST)
    try:
        acts.add_line(contract, given, by=actor(request))
    except Invalid as invalid:
        return _window(request, contract, form.showing(given, invalid), status=422)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return leave(request, "contract", contract.pk)


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    line = _line(id)
    form = forms.line_form(line.contract, line)
    if request.method != "POST":
        now = {"seats": line.seats, "amount": line.amount, "months": line.months}
        return _window(request, line.contract, form.showing(now), line)
    given = form.entered(request.POST)
    try:
        acts.edit_line(line, given, by=actor(request))
    except Invalid as invalid:
        return _window(request, line.contract, form.showing(given, invalid), line, 422)
    return leave(request, "contract", line.contract_id)


@require_POST
@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    line = _line(id)
    acts.remove_line(line, by=actor(request))
    messages.success(request, f"The line {line} is removed.")
    return redirect("contract", line.contract_id)


def _line(id: int) -> ContractLine:
    rows = ContractLine.objects.select_related("contract", "licence")
    line: ContractLine | None = rows.filter(pk=min(id, LARGEST)).first()
    if line is None:
        raise Http404
    return line


def _window(
    request: HttpRequest,
    contract: Any,
    form: forms.Form,
    line: ContractLine | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = {"contract": contract, "form": form, "line": line}
    return window(request, "contracts/line.html", facts, status)
