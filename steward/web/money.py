"""Settings → Money: the company's currency, who sees what things cost, and rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight.spend import is_telling
from steward.inventory import money as currencies
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.edit import Edit
from steward.inventory.problems import Invalid
from steward.ledger import company, rates
from steward.web.access import actor, for_admins

PER_PAGE, EDITS = 50, 20
_EMPTY = {"base": "", "quote": "", "day": "", "rate": "", "source": ""}


@for_admins
def money(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    entered = {name: request.POST.get(name, "").strip() for name in (*_EMPTY, "currency")}
    adds = request.POST.get("what") == "rate"
    try:
        if adds:
            rates.enter(_rate(entered), by=actor(request))
        else:
            shown = "readers_see_money" in request.POST
            company.change(by=actor(request), currency=entered["currency"], readers_see_money=shown)
    except Invalid as invalid:
        errors = {error.field: error.message for error in invalid.errors}
        return _page(request, entered=entered, errors=errors)
    messages.success(request, "The rate is saved." if adds else "Saved.")
    return redirect("money")


def _rate(entered: dict[str, str]) -> rates.RateIn:
    """What is no number or no day is told by the act, as one that does not do."""
    try:
        day = date.fromisoformat(entered["day"])
    except ValueError:
        day = date.max
    try:
        rate = Decimal(entered["rate"].replace(",", "."))
    except InvalidOperation:
        rate = Decimal("NaN")
    return rates.RateIn(entered["base"], entered["quote"], day, rate, entered["source"])


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    known = ExchangeRate.objects.order_by("-day", "base", "quote")
    facts = {
        "company": Company.get(),
        "currencies": currencies.currencies(),
        "page": Paginator(known, PER_PAGE).get_page(request.GET.get("page")),
        "entered": _EMPTY,
        "errors": {},
        "telling": is_telling(),
        "edits": Edit.objects.filter(kind__in=("company", rates.KIND)).order_by("-pk")[:EDITS],
        **more,
    }
    of_rate = ("base", "quote", "rate")
    facts["rate_errors"] = [facts["errors"][name] for name in of_rate if name in facts["errors"]]
    return render(request, "settings/money.html", facts, status=422 if more else 200)


@require_POST
@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    rate = ExchangeRate.objects.filter(pk=id).first()
    if rate is None:
        raise Http404
    rates.remove(rate, by=actor(request))
    messages.success(request, f"The rate of {rate} is removed.")
    return redirect("money")
