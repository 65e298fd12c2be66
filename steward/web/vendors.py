"""Vendors that no application is known for yet: an admin says once what each of them sells."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight.charges import application_names, unmatched_vendors
from steward.insight.spend import sources
from steward.inventory.charge import VendorRule
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import vendors as acts
from steward.web.access import actor, for_admins, for_money

PER_PAGE, RULES = 50, 200


@for_money
def vendors(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _assign(request)
    return _page(request)


def _page(request: HttpRequest, **entered: Any) -> HttpResponse:
    text = request.GET.get("q", "").strip().replace("\x00", "")
    page = Paginator(unmatched_vendors(text), PER_PAGE).get_page(request.GET.get("page"))
    rules = VendorRule.objects.select_related("application").order_by("-at", "-pk")
    facts = {
        "page": page,
        "q": text,
        "rules": rules[:RULES],
        "more_rules": max(rules.count() - RULES, 0),
        "applications": application_names(),
        "provenance": sources(),
        **entered,
    }
    return render(request, "spend/vendors.html", facts, status=422 if entered else 200)


@for_admins
def _assign(request: HttpRequest) -> HttpResponse:
    """`what` is match, new (an application is made of that name) or other (not software)."""
    vendor, what = request.POST.get("vendor", ""), request.POST.get("what", "match")
    name = request.POST.get("application", "").strip()
    try:
        application = None
        if what != "other":
            application = acts.named(name)
        if what == "new" and application is None:
            application = acts.make_application(name, by=actor(request))
        if what != "other" and application is None:
            return _page(request, wrong=vendor, typed=name)
        acts.assign(vendor, application, by=actor(request))
    except Invalid as invalid:
        messages.error(request, str(invalid))
    else:
        said = f"is {application}" if application else "sells no software"
        messages.success(request, f"“{vendor}” {said}, for all its charges, past and to come.")
    return redirect("vendors")


@require_POST
@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    rule = VendorRule.objects.filter(pk=id).first()
    if rule is None:
        raise Http404
    try:
        acts.remove(rule, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, f"What was said of “{rule}” is taken back.")
    return redirect("vendors")
