"""Contracts: the list, one contract, and what an admin does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import contract_history, contracts
from steward.insight.reports.contracts import REPORT
from steward.inventory import terms
from steward.inventory.contract import Contract
from steward.inventory.money import sees_money
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import contracts as acts
from steward.ledger import documents
from steward.web import contract_forms as forms
from steward.web.access import actor, for_admins, for_members
from steward.web.tables import Table
from steward.web.windows import leave, window

LARGEST = 2**63 - 1


@for_members
def listed(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, REPORT)
    return table.export() or render(request, "contracts/contracts.html", {"table": table})


@for_members
def contract(request: HttpRequest, id: int) -> HttpResponse:
    return page(request, found(id))


def page(
    request: HttpRequest, row: Any, invalid: Invalid | None = None, status: int = 200
) -> HttpResponse:
    """`invalid` says what is wrong with a document that was to be added."""
    seen = sees_money(request.user.is_admin)  # type: ignore[union-attr]
    term, past = terms.term_of(row, terms.today()), contract_history.past_terms(row)
    facts = {
        "contract": row,
        "term": term,
        "bar": _bar(term),
        "owner": contracts.owner_of(row),
        "seen": seen,
        "lines": contracts.lines_of(row),
        "documents": row.documents.defer("content").order_by("name", "pk") if seen else (),
        "largest": documents.largest(),
        "upload_error": str(invalid) if invalid else "",
        "reminders": row.reminders.order_by("-pk"),
        "past": past,
        "is_early": past and term.starts_on is not None and term.starts_on > terms.today(),
        "history": contract_history.history(row, seen),
        "provenance": contracts.by_hand(),
    }
    return render(request, "contracts/contract.html", facts, status=status)


def _bar(term: terms.Term) -> dict[str, int] | None:
    """Where today and the last day for notice lie in the term, in hundredths of it."""
    if term.starts_on is None or term.renews_on is None:
        return None
    starts, length = term.starts_on, (term.renews_on - term.starts_on).days

    def place(day: Any) -> int:
        return max(0, min(100, 100 * (day - starts).days // length))

    bar = {"today": place(terms.today())}
    return {**bar, "notice": place(term.notice_on)} if term.notice_on else bar


def found(id: int) -> Any:
    rows = contracts.contracts().select_related("application", "owner")
    row = rows.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row


@for_admins
def add(request: HttpRequest) -> HttpResponse:
    form = forms.contract_form()
    if request.method != "POST":
        given = forms.new_contract(request.GET.get("application", ""))
        return _form(request, form.showing(given))
    given = form.entered(request.POST)
    try:
        made = acts.create(given, by=actor(request))
    except Invalid as invalid:
        return _form(request, form.showing(given, invalid), status=422)
    messages.success(request, f"{made.name} is entered.")
    return redirect("contract", made.pk)


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row, form = found(id), forms.contract_form()
    if request.method != "POST":
        return _form(request, form.showing(forms.of_contract(row)), row)
    given = form.entered(request.POST)
    try:
        acts.edit(_plain(row), given, by=actor(request))
    except Invalid as invalid:
        return _form(request, form.showing(given, invalid), row, 422)
    messages.success(request, f"{row.name} is updated.")
    return redirect("contract", row.pk)


def _form(
    request: HttpRequest, form: forms.Form, row: Any = None, status: int = 200
) -> HttpResponse:
    facts = {"form": form, "contract": row}
    return render(request, "contracts/form.html", facts, status=status)


def _plain(row: Any) -> Contract:
    """Without what was counted for the page."""
    plain: Contract = Contract.objects.get(pk=row.pk)
    return plain


@for_admins
def renew(request: HttpRequest, id: int) -> HttpResponse:
    row, form = found(id), forms.renew_form()
    given = form.entered(request.POST)

    def act() -> object:
        return acts.renew(
            _plain(row), {**given, "after": request.POST.get("after", "")}, by=actor(request)
        )

    if request.method != "POST":
        given = _next(row)
    return _windowed(request, row, "contracts/renew.html", form, given, act, "is renewed")


def _next(row: Any) -> dict[str, Any]:
    """What the next term would be; nothing where nobody can tell."""
    if row.ends_on is None or terms.months_of(row) is None:
        return {"value": row.value}
    term = terms.term_of(row, terms.today())
    term = term if term.rolled else terms.later(row, 1)
    return {"ends_on": term.ends_on, "notice_on": term.notice_on, "value": row.value}


@for_admins
def end(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    form = forms.Form((("", (forms.Input("ended_on", "Its last day", "date"),)),))
    given = form.entered(request.POST)
    if request.method != "POST":
        given = {"ended_on": row.term_ends_on or terms.today()}

    def act() -> object:
        return acts.end(_plain(row), given["ended_on"], by=actor(request))

    return _windowed(request, row, "contracts/end.html", form, given, act, "has an end")


@require_POST
@for_admins
def resume(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    acts.resume(_plain(row), by=actor(request))
    messages.success(request, f"{row.name} goes on.")
    return redirect("contract", row.pk)


@for_admins
def delete(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    understood = request.POST.get("understood") == "yes"
    if request.method != "POST" or not understood:
        error = "Tick the box first." if request.method == "POST" else ""
        facts = {"contract": row, "error": error, "lines": row.lines.count()}
        facts["documents"] = row.documents.count()
        return window(request, "contracts/delete.html", facts, 422 if error else 200)
    acts.delete(_plain(row), by=actor(request))
    messages.success(request, f"{row.name} is deleted.")
    return leave(request, "contracts")


def _windowed(
    request: HttpRequest,
    row: Any,
    template: str,
    form: forms.Form,
    given: dict[str, Any],
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    facts = {"contract": row, "form": form.showing(given)}
    if request.method != "POST":
        return window(request, template, facts)
    try:
        act()
    except Invalid as invalid:
        return window(request, template, {**facts, "form": form.showing(given, invalid)}, 422)
    except Conflict as conflict:
        return window(request, template, {**facts, "error": conflict.message}, 422)
    messages.success(request, f"{row.name} {done}.")
    return leave(request, "contract", row.pk)
