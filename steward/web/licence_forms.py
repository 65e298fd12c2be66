"""What admins enter about licences, in windows over the page of the licence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.money import currencies, plain
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import licences as ledger
from steward.web.access import actor, for_admins
from steward.web.windows import leave, window

PERIODS = (
    (1, "month"),
    (3, "quarter"),
    (6, "half a year"),
    (12, "year"),
    (24, "two years"),
    (36, "three years"),
)


class Day(forms.DateInput):
    input_type = "date"


class LicenceForm(forms.Form):
    name = forms.CharField(max_length=300, required=False)
    counted = forms.ChoiceField(
        label="Who holds a seat",
        choices=LicenceType.COUNTED,
        help_text="Of the accounts in the application. Where nobody can tell, only what was bought "
        "and what it costs are shown.",
    )
    role = forms.CharField(
        max_length=200, required=False, help_text="For accounts of a role: as the app calls it."
    )
    bought = forms.IntegerField(label="Seats bought", required=False, min_value=0)
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)


def _applications() -> list[tuple[str, str]]:
    rows = Application.objects.filter(merged_into=None).order_by("name")
    return [(str(number), name) for number, name in rows.values_list("pk", "name")]


class NewLicenceForm(LicenceForm):
    application = forms.ChoiceField(choices=_applications)
    field_order = ("application", "name")


class ReadLicenceForm(forms.Form):
    """Of one that the app tells of."""

    bought = forms.IntegerField(
        label="Seats bought",
        required=False,
        min_value=0,
        help_text="Counts where the app does not say how many were bought.",
    )
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea)


class PriceForm(forms.Form):
    amount = forms.CharField(label="Price of a seat", max_length=30, required=False)
    currency = forms.ChoiceField(choices=currencies)
    months = forms.TypedChoiceField(label="For each", choices=PERIODS, coerce=int)
    since = forms.CharField(label="From", widget=Day, required=False)


@for_admins
def new(request: HttpRequest) -> HttpResponse:
    chosen = {"application": request.GET.get("application", "")}
    form = NewLicenceForm(request.POST if request.method == "POST" else None, initial=chosen)

    made: list[LicenceType] = []

    def make(values: dict[str, Any]) -> None:
        application = Application.objects.get(pk=values.pop("application"))
        made.append(ledger.make(application, values, by=actor(request)))

    if done(form, make, request):
        messages.success(request, f"{made[0]} is added. Now say what a seat costs.")
        return leave(request, "licence", made[0].pk)
    return _shown(request, form, "Add a licence", "Add the licence")


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    kind = LicenceForm if row.is_by_hand else ReadLicenceForm
    now = {
        name: "" if getattr(row, name) is None else str(getattr(row, name))
        for name in kind.base_fields
    }
    form = kind(request.POST if request.method == "POST" else None, initial=now)
    if done(form, lambda values: ledger.edit(row, values, by=actor(request)), request):
        messages.success(request, f"{row} is updated.")
        return leave(request, "licence", id)
    return _shown(request, form, f"Edit {row}", "Save", row)


@require_POST
@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    try:
        ledger.remove(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return redirect("licence", id)
    messages.success(request, f"{row} is removed.")
    return redirect("licences")


@for_admins
def price(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    last = row.prices.order_by("-since").first()
    now = {
        "currency": last.currency if last else Company.get().currency,
        "months": last.months if last else 1,
        "since": timezone.now().date().isoformat(),
    }
    form = PriceForm(request.POST if request.method == "POST" else None, initial=now)
    if done(form, lambda values: ledger.set_price(row, **values, by=actor(request)), request):
        messages.success(request, f"{row} has a new price.")
        return leave(request, "licence", id)
    return _shown(request, form, f"A price of {row}", "Save the price", row)


@for_admins
def correct(request: HttpRequest, id: int, price: int) -> HttpResponse:
    row, there = found(id), _price(id, price)
    now = {
        "amount": plain(there.amount, there.currency),
        "currency": there.currency,
        "months": there.months,
        "since": there.since.isoformat(),
    }
    form = PriceForm(request.POST if request.method == "POST" else None, initial=now)
    form.fields["months"].choices = _periods(there.months)  # type: ignore[attr-defined]
    if done(form, lambda values: ledger.correct_price(there, values, by=actor(request)), request):
        messages.success(request, f"The price of {row} is corrected.")
        return leave(request, "licence", id)
    return _shown(request, form, f"Correct a price of {row}", "Save the price", row)


def _periods(months: int) -> list[tuple[int, str]]:
    """With one that came through the API and is none of the usual."""
    known = dict(PERIODS)
    return sorted({**known, months: known.get(months, f"{months} months")}.items())


@require_POST
@for_admins
def remove_price(request: HttpRequest, id: int, price: int) -> HttpResponse:
    row = found(id)
    ledger.remove_price(_price(id, price), by=actor(request))
    messages.success(request, f"The price of {row} is removed.")
    return redirect("licence", id)


def done(form: forms.Form, act: Callable[[dict[str, Any]], Any], request: HttpRequest) -> bool:
    """Whether what was entered is carried out; else the form says what is wrong, and where."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(dict(form.cleaned_data))
    except Invalid as invalid:
        for error in invalid.errors:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return not form.errors


def _shown(
    request: HttpRequest, form: forms.Form, title: str, button: str, row: LicenceType | None = None
) -> HttpResponse:
    facts = {"form": form, "title": title, "button": button, "licence": row}
    status = 422 if form.errors else 200
    return window(request, "licences/form.html", {**facts, "here": request.get_full_path()}, status)


def found(number: int) -> LicenceType:
    rows = LicenceType.objects.select_related("application")
    row: LicenceType | None = rows.filter(pk=min(number, 2**63 - 1)).first()
    if row is None:
        raise Http404
    return row


def _price(licence: int, number: int) -> LicencePrice:
    row: LicencePrice | None = LicencePrice.objects.filter(
        licence=licence, pk=min(number, 2**63 - 1)
    ).first()
    if row is None:
        raise Http404
    return row
