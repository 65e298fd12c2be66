"""Deleting, with what disappears said beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from steward.insight.reports import catalogue
from steward.insight.reports.listings import ACCOUNTS
from steward.inventory.instance import Instance
from steward.sync import acts
from steward.web.access import actor, for_admins
from steward.web.instances import found
from steward.web.windows import leave, window

UNDERSTOOD = "Tick the box to say that you understand it."


@for_admins
def delete_users(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if _is_meant(request):
        _carry_out(request, row, acts.delete_users, f"All users of {row.name} are deleted.")
        return leave(request, "instance", id)
    return _ask(request, row, "instances/delete_users.html")


@for_admins
def delete(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if _is_meant(request):
        _carry_out(request, row, acts.delete, f"{row.name} is deleted.")
        return leave(request, "integration", row.integration)
    return _ask(request, row, "instances/delete.html")


def _is_meant(request: HttpRequest) -> bool:
    return request.method == "POST" and bool(request.POST.get("understood"))


def _carry_out(request: HttpRequest, row: Instance, act: Callable[..., Any], said: str) -> None:
    try:
        act(row, by=actor(request))
    except acts.Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, said)


def _ask(request: HttpRequest, row: Instance, template: str) -> HttpResponse:
    error = UNDERSTOOD if request.method == "POST" else ""
    facts = {
        "instance": row,
        "goes": acts.what_goes(row),
        "reports": _rows_by_report(row),
        "error": error,
        "accounts": ACCOUNTS.run({"instance": str(row.pk)}).total,
    }
    return window(request, template, facts, 422 if error else 200)


def _rows_by_report(row: Instance) -> list[tuple[str, int]]:
    """How many rows each report loses, of those that can be asked for one instance."""
    asked = [
        (report.title, report.run({"instance": str(row.pk)}).total)
        for report in catalogue()
        if any(f.name == "instance" for f in report.filters)
    ]
    return [(title, count) for title, count in asked if count]
