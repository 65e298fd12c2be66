"""Home: what needs a person today, and how the company's figures went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from steward.insight import spend, trends
from steward.insight.charts import Chart
from steward.insight.provenance import provenance
from steward.insight.summary import summary
from steward.insight.todo import todos
from steward.inventory.money import sees_money
from steward.inventory.worker import Worker
from steward.web.access import for_members


@for_members
def home(request: HttpRequest) -> HttpResponse:
    shown = sees_money(request.user.is_admin)  # type: ignore[union-attr]
    figures = summary()
    facts = {
        "summary": figures,
        "todos": todos(figures, shown, request.user) if figures.instances else [],
        "charts": _charts(shown) if figures.instances else [],
        "provenance": provenance(("accounts", "licenses", "activity")),
        "worker": Worker.any_alive(),
    }
    return render(request, "home.html", facts)


def _charts(shows_money: bool) -> list[Chart]:
    if not shows_money:
        return trends.charts()
    period = spend.Period.of()
    paid = spend.chart(period, spend.paid_by_month(period), "Paid for software", reverse("spend"))
    return [*trends.charts(), paid]
