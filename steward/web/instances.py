"""An instance's page: what it is, how it does, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import timeline
from steward.insight.attention import why
from steward.insight.facts import of_instance, of_integration
from steward.insight.reports.listings import ACCOUNTS
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sdk.catalogue import integrations
from steward.sync import acts
from steward.sync.runs import open_run
from steward.web.access import actor, for_admins, for_members
from steward.web.histories import History
from steward.web.tables import Table
from steward.web.windows import leave, window

RUNS, REMOVALS = 10, 200


@for_members
def instance(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    held = acts.removals(row) if row.removals_held else None
    facts = {
        **_about(row),
        "runs": Run.objects.filter(instance=row).order_by("-pk")[:RUNS],
        "history": History(request, timeline.of_instance, row),
        "held": held.order_by("name")[:REMOVALS] if held is not None else (),
        "attention": why(row),
    }
    return render(request, "instances/instance.html", facts)


def _about(row: Instance) -> dict[str, Any]:
    connector = integrations().get(row.integration)
    return {
        "instance": row,
        "facts": of_instance(row),
        "run": open_run(row),
        "connector": of_integration(connector) if connector else None,
    }


@for_members
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """The part of the page that changes while a run is under way."""
    row = found(id)
    response = render(request, "instances/progress.html", _about(row))
    if open_run(row) is None and request.headers.get("HX-Request"):
        response.headers["HX-Refresh"] = "true"
    return response


@for_members
def accounts(request: HttpRequest, id: int) -> HttpResponseBase:
    row = found(id)
    table = Table(request, ACCOUNTS, {"instance": str(row.pk)})
    file = table.export()
    return file or render(request, "instances/accounts.html", {"instance": row, "table": table})


@require_POST
@for_admins
def sync(request: HttpRequest, id: int) -> HttpResponse:
    try:
        acts.request_sync(found(id), by=actor(request))
    except acts.Conflict as conflict:
        messages.error(request, conflict.message)
    return redirect("instance", id)


@require_POST
@for_admins
def stop(request: HttpRequest, id: int) -> HttpResponse:
    run = open_run(found(id))
    if run:
        acts.stop_run(run, by=actor(request))
        messages.info(request, "The sync is stopping. What was read is kept.")
    return redirect("instance", id)


@require_POST
@for_admins
def decide_removals(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    try:
        if request.POST.get("decision") == "release":
            count = acts.release_removals(row, by=actor(request))
            messages.success(request, f"{count} accounts are marked as removed.")
        else:
            acts.dismiss_removals(row, by=actor(request))
            messages.success(request, "Nobody is removed.")
    except acts.Conflict as conflict:
        messages.error(request, conflict.message)
    return redirect("instance", id)


_NUMBERS = ("every_hours", "guard_share", "guard_count")


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    given = {
        "name": request.POST.get("name", row.name),
        "status": request.POST.get("status", row.status.lower()),
        **{name: request.POST.get(name, str(getattr(row, name))) for name in _NUMBERS},
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _edited(request, row, given)
        if not errors:
            messages.success(request, f"{given['name']} is updated.")
            return leave(request, "instance", id)
    facts = {"instance": row, "given": given, "errors": errors}
    return window(request, "instances/edit.html", facts, 422 if errors else 200)


def _edited(request: HttpRequest, row: Instance, given: dict[str, str]) -> dict[str, str]:
    """What is wrong, by field; nothing when it was done."""
    wrong = [n for n in _NUMBERS if not given[n].strip().isdecimal() or len(given[n]) > 8]
    if wrong:
        return dict.fromkeys(wrong, "A whole number is needed.")
    numbers: dict[str, Any] = {name: int(given[name]) for name in _NUMBERS}
    status = given["status"] if given["status"] != row.status.lower() else None
    try:
        acts.edit(row, by=actor(request), name=given["name"], status=status, **numbers)
    except acts.Invalid as invalid:
        return {e.field: e.message for e in invalid.errors}
    except acts.Conflict as conflict:
        field = "name" if conflict.code == "same_name" else "all"
        return {field: conflict.message}
    except acts.Refused as refused:
        return {"status": f"It stays inactive: {refused.message}"}
    return {}


def found(id: int) -> Instance:
    row: Instance | None = Instance.objects.present().filter(pk=min(id, 2**63 - 1)).first()
    if row is None:
        raise Http404
    return row
