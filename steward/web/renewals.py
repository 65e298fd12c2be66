"""Renewals: what is due by month, by quarter and in a calendar, and the address for calendars."""

from __future__ import annotations

from calendar import Calendar, monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from steward.insight import calendars
from steward.insight.contracts import (
    SOON,
    Ahead,
    ahead,
    by_hand,
    contracts,
    notice_within,
    renewing_within,
)
from steward.inventory import terms
from steward.inventory.company import Company
from steward.inventory.contract import CalendarFeed
from steward.inventory.money import Rates, sees_money
from steward.web.access import for_members

MONTHS = 12
HEADERS = {
    "Content-Disposition": 'attachment; filename="renewals.ics"',
    "Referrer-Policy": "no-referrer",
}
VIEWS = (("month", "By month"), ("quarter", "By quarter"), ("calendar", "Calendar"))


@dataclass(frozen=True)
class Group:
    """What is due in a month or quarter. `sum` is what renews or ends in it, in the company's
    currency; `unknown` counts amounts that have no rate."""

    name: str
    dues: Sequence[Ahead]
    sum: Decimal
    unknown: int


@dataclass(frozen=True)
class Day:
    day: date
    is_inside: bool
    is_today: bool
    dues: Sequence[Ahead]


@for_members
def renewals(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    view = request.GET.get("view", "month")
    view = view if view in dict(VIEWS) else "month"
    day = terms.today()
    facts = {
        "view": view,
        "views": VIEWS,
        "seen": sees_money(request.user.is_admin),  # type: ignore[union-attr]
        "figures": _figures(day),
        "address": address,
        "feeds": request.user.feeds.filter(revoked_at=None).order_by("pk"),  # type: ignore[union-attr]
        "provenance": by_hand(),
        **(_month(request, day) if view == "calendar" else _groups(view, day)),
    }
    return render(request, "contracts/renewals.html", facts)


def _figures(day: date) -> dict[str, int]:
    rows = contracts(day)
    return {
        "soon": renewing_within(rows, SOON, day).count(),
        "later": renewing_within(rows, 3 * SOON, day).count(),
        "notice": notice_within(rows, SOON, day).count(),
        "rolled": rows.filter(note="renewed-itself").count(),
    }


def _groups(view: str, day: date) -> dict[str, Any]:
    dues = ahead(day, _last(day))
    rates = Rates(Company.get().currency)
    name = _quarter if view == "quarter" else _named
    groups = [
        _group(title, list(found), rates) for title, found in groupby(dues, lambda d: name(d.day))
    ]
    return {"groups": groups, "currency": rates.currency}


def _last(day: date) -> date:
    """The end of the month a year from now."""
    later = terms.plus_months(day.replace(day=1), MONTHS)
    return later.replace(day=monthrange(later.year, later.month)[1])


def _named(day: date) -> str:
    return f"{day:%B %Y}"


def _quarter(day: date) -> str:
    return f"Quarter {(day.month + 2) // 3} of {day.year}"


def _group(name: str, dues: list[Ahead], rates: Rates) -> Group:
    rows = [d.contract for d in dues if d.kind != "notice" and d.contract.value is not None]
    told = [rates.told(row.value, row.currency, terms.today()) for row in rows]
    known = [amount.amount for amount in told if amount]
    return Group(name, dues, sum(known, Decimal(0)), len(told) - len(known))


def _month(request: HttpRequest, day: date) -> dict[str, Any]:
    first = _asked(request.GET.get("month", ""), day)
    weeks = list(_weeks(first, day))
    before, after = (terms.plus_months(first, n) for n in (-1, 1))
    return {"month": first, "before": before, "after": after, "weeks": weeks}


def _asked(text: str, day: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return day.replace(day=1)
    return found if 1970 < found.year < 2200 else day.replace(day=1)


def _weeks(first: date, today: date) -> Iterator[list[Day]]:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    dues = ahead(weeks[0][0], weeks[-1][-1])
    for week in weeks:
        yield [
            Day(day, day.month == first.month, day == today, [d for d in dues if d.day == day])
            for day in week
        ]


@require_POST
@for_members
def make_feed(request: HttpRequest) -> HttpResponse:
    _, secret = CalendarFeed.make(request.user)  # type: ignore[arg-type]
    return _page(request, f"{settings.STEWARD_BASE_URL}/renewals/{secret}.ics")


@require_POST
@for_members
def revoke_feed(request: HttpRequest, id: int) -> HttpResponse:
    """Everybody their own."""
    mine = request.user.feeds.filter(pk=min(id, 2**63 - 1), revoked_at=None)  # type: ignore[union-attr]
    if not mine.update(revoked_at=timezone.now()):
        raise Http404
    messages.success(request, "The address does not work any more.")
    return redirect("renewals")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendars, which cannot sign in: whoever has the address has what its member may see."""
    found = CalendarFeed.find(token)
    if found is None:
        raise Http404
    found.mark_used()
    body = calendars.renewals(sees_money(found.member.is_admin))
    return HttpResponse(body, content_type=calendars.KIND, headers=HEADERS)
