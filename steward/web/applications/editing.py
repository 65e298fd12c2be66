"""Changing what is said of applications: one, several at once, a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from steward.insight import record
from steward.insight.applications import applications
from steward.insight.reports import BadRequest, listed_applications
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import applications as ledger
from steward.ledger import many_applications as many
from steward.web.access import actor, for_admins
from steward.web.applications.entering import Entry, change_given
from steward.web.windows import leave, window

LARGEST, MOST = 2**63 - 1, 1_000


def found(id: int) -> Any:
    row = applications().filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if request.method != "POST":
        return _form(request, Entry.of(row), row)
    entry = Entry.given(request)
    try:
        changed = ledger.change(
            row, entry.values, by=actor(request), comment=entry.text.get("comment", "")
        )
    except Invalid as invalid:
        return _form(request, entry.refused(invalid), row)
    messages.success(request, f"{row.name} is updated." if changed else "Nothing was changed.")
    return redirect("application", row.pk)


@for_admins
def add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, Entry.of())
    entry = Entry.given(request)
    try:
        row = ledger.add(entry.values, by=actor(request))
    except Invalid as invalid:
        return _form(request, entry.refused(invalid))
    messages.success(request, f"{row.name} is added.")
    return redirect("application", row.pk)


def _form(request: HttpRequest, entry: Entry, row: Any = None) -> HttpResponse:
    facts = {"entry": entry, "application": row, "departments": record.departments()}
    status = 422 if entry.errors else 200
    return render(request, "applications/edit.html", facts, status=status)


@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if request.method != "POST":
        facts = {"application": row, "is_shown": ledger.is_shown(row)}
        return window(request, "applications/remove.html", facts)
    try:
        ledger.remove(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return leave(request, "application", row.pk)
    messages.success(request, f"{row.name} is removed.")
    return leave(request, "applications")


@require_POST
@for_admins
def edit_many(request: HttpRequest) -> HttpResponse:
    """Of the list: those that were ticked, or all that fit the filters of the page they were on."""
    change = change_given(request.POST.dict())
    every = request.POST.get("which") == "all"
    if not change or not (every or request.POST.getlist("chosen")):
        messages.error(request, "Tick applications, and say what is to be changed of them.")
        return _back(request)
    try:
        made = _all(request, change) if every else _chosen(request, change)
    except (Invalid, BadRequest) as wrong:
        messages.error(request, f"Nothing was changed. {wrong}")
    except Conflict as conflict:
        messages.error(request, f"Nothing was changed. {conflict.message}")
    else:
        messages.success(request, str(made))
    return _back(request)


def _chosen(request: HttpRequest, change: many.Change) -> many.Changed:
    given = request.POST.getlist("chosen")[:MOST]
    numbers = [int(n) for n in given if n.isascii() and n.isdecimal() and len(n) < 19]
    return many.change_chosen(numbers, change, by=actor(request))


def _all(request: HttpRequest, change: many.Change) -> many.Changed:
    """As many as the page has said."""
    fitting = listed_applications.fitting(QueryDict(request.POST.get("all_of", "")).dict())
    said = request.POST.get("expected", "")
    expected = int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
    return many.change_all(fitting, change, by=actor(request), expected=expected)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "applications"
    return redirect(target)
