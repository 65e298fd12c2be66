"""Spend: what was paid for software, by application, department, person, vendor or month."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from steward.insight import spend as figures
from steward.insight.commitments import committed, left_out
from steward.insight.reports.beside import RULE, seats_now
from steward.insight.reports.question import BadRequest
from steward.insight.reports.spend import GROUPS, SPEND
from steward.insight.spend import Period
from steward.inventory.money import sees_money
from steward.ledger import shares
from steward.web.access import for_money
from steward.web.tables import Table


@for_money
def spend(request: HttpRequest) -> HttpResponseBase:
    asked = request.GET.get("group_by", "")
    group = asked if asked in SPEND else GROUPS[0]
    shares.catch_up()
    table = Table(request, SPEND[group])
    period = _period(request)
    facts = {
        "table": table,
        "spend": figures.spend(period),
        "group": group,
        "tabs": [(name, f"?{urlencode({'group_by': name, **_given(request)})}") for name in GROUPS],
        "committed": committed(period),
        "left_out": left_out(committed(period)),
        "rule": RULE,
        "seats_month": sum(seats_now().values(), Decimal()),
        "chart": _chart(period),
        "counted": urlencode({**period.asked, "software": "yes", "converted": "yes"}),
        "period": urlencode(period.asked),
        "nothing": not table.total and not table.is_filtered,
    }
    status = 400 if table.error or asked not in ("", *GROUPS) else 200
    return table.export() or render(request, "spend/spend.html", facts, status=status)


def _chart(period: Period) -> Any:
    beside = {"Committed": committed(period).by_month}
    href = f"{reverse('spend')}?group_by=month"
    return figures.chart(period, figures.paid_by_month(period), href=href, beside=beside)


def _period(request: HttpRequest) -> Period:
    """What cannot be read is told above the table."""
    try:
        return Period.of(request.GET.get("from", ""), request.GET.get("to", ""))
    except BadRequest:
        return Period.of()


def _given(request: HttpRequest) -> dict[str, Any]:
    return {name: request.GET[name] for name in ("from", "to") if request.GET.get(name)}


def of_application(request: HttpRequest, application: int) -> dict[str, Any] | None:
    """For its page: what was paid for it by month, what its contracts commit to beside it, and
    which departments bear it."""
    if not sees_money(request.user.is_admin):  # type: ignore[union-attr]
        return None
    period = Period.of()
    rows = figures.of_application(figures.paid(period), application)
    href = f"{reverse('charges')}?{urlencode({'application': application, **period.asked})}"
    beside = {"Committed": committed(period).months_of(application)}
    drawn = figures.chart(period, figures.by_month(rows), "Paid by month", href, beside)
    if drawn.is_empty or not any(drawn.series[0].points):
        return None
    shares.catch_up()
    return {"chart": drawn, "departments": figures.departments_of(application, period)}


def of_person(request: HttpRequest, person: int) -> dict[str, Any] | None:
    """For their page: their share of each application, and what their cards have paid."""
    if not sees_money(request.user.is_admin):  # type: ignore[union-attr]
        return None
    period = Period.of()
    shares.catch_up()
    return figures.of_person(person, period)
