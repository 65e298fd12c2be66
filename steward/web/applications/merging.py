"""Merging applications and splitting them, in windows that say beforehand what goes where."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from steward.insight.application_history import sentence_of
from steward.insight.application_sources import sources_of
from steward.insight.applications import applications, facts_of
from steward.inventory.application import Application
from steward.inventory.merging import ApplicationChange
from steward.inventory.problems import Conflict, Invalid
from steward.sync import merging
from steward.web.access import actor, for_admins
from steward.web.applications.editing import LARGEST, found
from steward.web.windows import leave, window

FOUND = 20


@for_admins
def merge(request: HttpRequest, id: int) -> HttpResponse:
    """Searching for the other, seeing what would go, and doing it."""
    row = found(id)
    chosen = request.POST.get("other") or request.GET.get("other", "")
    other = found(_number(chosen)) if chosen else None
    if request.method == "POST" and other is not None:
        return _merge(request, row, other)
    facts = {"application": row, "other": other, **_sought(request, row)}
    if other is not None:
        facts |= {"goes": sources_of(other), "figures": facts_of(other)}
    return window(request, "applications/merge.html", facts)


def _merge(request: HttpRequest, row: Application, other: Application) -> HttpResponse:
    try:
        change = merging.merge(row, other, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, f"{sentence_of(change)}. It holds in every later sync.")
    return leave(request, "application", row.pk)


def _sought(request: HttpRequest, row: Application) -> dict[str, object]:
    text = request.GET.get("q", "").strip().replace("\x00", "")
    rows = applications().filter(name__icontains=text).exclude(pk=row.pk).order_by("name", "pk")
    found = list(rows[: FOUND + 1]) if text else []
    return {"q": text, "found": found[:FOUND], "more": len(found) > FOUND}


@for_admins
def split(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            change = merging.split(row, _chosen(request), _target(request), by=actor(request))
        except Invalid as invalid:
            errors = {e.field: e.message for e in invalid.errors}
        else:
            messages.success(request, f"{sentence_of(change)}. It holds in every later sync.")
            return leave(request, "application", row.pk)
    facts = {
        "application": row,
        "ticks": _ticks(request, row),
        "given": request.POST,
        "merged": row.merged.order_by("name"),
        "others": Application.objects.filter(merged_into=None).exclude(pk=row.pk).order_by("name"),
        "errors": errors,
    }
    return window(request, "applications/split.html", facts, 422 if errors else 200)


_KINDS = ("instances", "apps", "contracts", "licences", "vendors")


@dataclass(frozen=True)
class Tick:
    """A source that may be chosen; `value` is its number, or a vendor's key."""

    kind: str
    value: str
    name: str
    where: str
    is_ticked: bool


def _ticks(request: HttpRequest, row: Application) -> list[Tick]:
    known = sources_of(row)
    sources = [
        *(("instances", i.pk, i.name, "connected") for i in known.instances),
        *(("apps", app.pk, app.name, f"in {app.instance.name}") for app in known.apps),
        *(("vendors", vendor.key, vendor.name, "on charges") for vendor in known.vendors),
        *(("contracts", contract.pk, contract.name, "contract") for contract in known.contracts),
        *(("licences", licence.pk, licence.name, "licence") for licence in known.licences),
    ]
    return [
        Tick(kind, str(value), name, where, str(value) in request.POST.getlist(kind))
        for kind, value, name, where in sources
    ]


def _chosen(request: HttpRequest) -> merging.Sources:
    given = {name: list(map(_number, request.POST.getlist(name))) for name in _KINDS[:-1]}
    return merging.Sources(**given, vendors=request.POST.getlist("vendors"))


def _target(request: HttpRequest) -> merging.Target:
    to = request.POST.get("to", "")
    known = Application.objects.filter(pk=_number(to)).first() if to else None
    return merging.Target(request.POST.get("name", ""), known)


@require_POST
@for_admins
def undo(request: HttpRequest, id: int) -> HttpResponse:
    change = ApplicationChange.objects.filter(pk=min(id, LARGEST)).first()
    if change is None or change.application is None:
        raise Http404
    try:
        merging.undo(change, by=actor(request))
        messages.success(request, f"Undone: {sentence_of(change)}.")
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return redirect("application", change.application.now().pk)


def _number(text: str) -> int:
    return min(int(text), LARGEST) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
