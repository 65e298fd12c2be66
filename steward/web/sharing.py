"""How an application's cost is shared: by seat, by use, or in fixed shares."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from steward.insight.spend import departments
from steward.inventory.application import Application
from steward.inventory.problems import Invalid
from steward.ledger.sharing import share
from steward.web.access import actor, for_admins

EMPTY_ROWS = 3


@for_admins
def sharing(request: HttpRequest, id: int) -> HttpResponse:
    row = Application.objects.filter(pk=min(id, 2**63 - 1)).first()
    if row is None:
        raise Http404
    if request.method != "POST":
        shares = [(name, str(number)) for name, number in row.shares.items()]
        return _page(request, row, row.allocation, shares)
    way = request.POST.get("allocation", "")
    names, numbers = request.POST.getlist("department"), request.POST.getlist("share")
    given = [pair for pair in zip(names, numbers, strict=False) if any(map(str.strip, pair))]
    try:
        share(row, way, _shares(given), by=actor(request))
    except Invalid as invalid:
        errors = {error.field: error.message for error in invalid.errors}
        return _page(request, row, way, given, errors)
    messages.success(request, f"The cost of {row} is shared anew, in past months too.")
    return redirect("application", row.pk)


def _shares(given: list[tuple[str, str]]) -> dict[str, int]:
    """What is no whole number is told by the act, as a share of nothing."""
    return {
        name.strip(): int(number) if number.isascii() and number.strip().isdecimal() else 0
        for name, number in given
    }


def _page(
    request: HttpRequest,
    row: Application,
    way: str,
    shares: list[tuple[str, str]],
    errors: dict[str, Any] | None = None,
) -> HttpResponse:
    facts = {
        "application": row,
        "ways": Application.ALLOCATIONS,
        "way": way,
        "shares": [*shares, *([("", "")] * EMPTY_ROWS)],
        "departments": departments(),
        "errors": errors or {},
    }
    return render(request, "spend/sharing.html", facts, status=422 if errors else 200)
