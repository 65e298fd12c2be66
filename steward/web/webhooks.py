"""Settings, Webhooks: where programs are told of what happens, and what was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import webhooks as insight
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import webhooks as notify
from steward.notify.events import CHOOSABLE, EVENTS
from steward.web.access import actor, for_admins, for_members

LARGEST = 2**63 - 1
SHOWN = 50


@for_members
def webhooks(request: HttpRequest) -> HttpResponse:
    return _list(request)


@for_admins
def add(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("webhooks")
    given = _entered(request)
    try:
        row, secret = acts.create(given, known=CHOOSABLE, by=actor(request))
    except Invalid as invalid:
        # A secret is never given back to the browser.
        return _list(request, {**given, "secret": ""}, _errors(invalid))
    return _page(request, row.pk, secret=secret)


def _list(
    request: HttpRequest,
    given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    given = given or {"events": CHOOSABLE}
    facts = {
        "rows": insight.webhooks(),
        "given": given,
        "errors": errors or {},
        "events": _events(given["events"]),
    }
    return render(request, "settings/webhooks.html", facts, status=422 if errors else 200)


@for_members
def webhook(request: HttpRequest, id: int) -> HttpResponse:
    return _page(request, id)


def _page(
    request: HttpRequest,
    id: int,
    secret: str = "",
    given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    row = insight.webhooks().filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    given = given or {"name": row.name, "url": row.shown, "events": row.events}
    rows = _older(request, insight.deliveries_of(row))
    deliveries = list(rows[: SHOWN + 1])
    facts = {
        "row": row,
        "secret": secret,
        "given": given,
        "errors": errors or {},
        "events": _events(given["events"]),
        "says": {name: event.says for name, event in EVENTS.items()},
        "deliveries": deliveries[:SHOWN],
        "older": deliveries[SHOWN - 1].pk if len(deliveries) > SHOWN else None,
        "schedules": row.schedules.order_by("name"),
    }
    return render(request, "settings/webhook.html", facts, status=422 if errors else 200)


def _older(request: HttpRequest, rows: Any) -> Any:
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) < 19
    return rows.filter(pk__lt=int(before)) if is_number else rows


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    if request.method != "POST":
        return redirect("webhook", row.pk)
    given = {n: v for n, v in _entered(request).items() if n != "secret"}
    try:
        acts.edit(row, given, known=CHOOSABLE, by=actor(request))
    except Invalid as invalid:
        return _page(request, row.pk, given=given, errors=_errors(invalid))
    messages.success(request, f"{given['name']} is saved.")
    return redirect("webhook", row.pk)


@require_POST
@for_admins
def switch(request: HttpRequest, id: int) -> HttpResponse:
    row, on = _found(id), request.POST.get("enabled") == "yes"
    acts.edit(row, {"enabled": on}, known=CHOOSABLE, by=actor(request))
    messages.success(request, f"{row.name} is {'enabled' if on else 'switched off'}.")
    return redirect("webhook", row.pk)


@require_POST
@for_admins
def test(request: HttpRequest, id: int) -> HttpResponse:
    """The result beside the button; without JavaScript on the page anew."""
    row = _found(id)
    made = notify.test(row, actor(request))
    if request.headers.get("HX-Request"):
        return render(request, "settings/webhook_tested.html", {"made": made})
    if made.error:
        messages.error(request, f"The test was not delivered. {made.error}")
    else:
        messages.success(request, f"The test was delivered: it answered {made.status}.")
    return redirect("webhook", row.pk)


@require_POST
@for_admins
def rotate(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    return _page(request, row.pk, secret=acts.rotate(row, by=actor(request)))


@require_POST
@for_admins
def redeliver(request: HttpRequest, id: int, delivery: int) -> HttpResponse:
    found = WebhookDelivery.objects.select_related("webhook")
    row = found.filter(pk=min(delivery, LARGEST), webhook=_found(id)).first()
    if row is None:
        raise Http404
    try:
        acts.redeliver(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, f"{row.message} is sent again.")
    return redirect("webhook", id)


@require_POST
@for_admins
def delete(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    if request.POST.get("understood") != "yes":
        messages.error(request, "Tick that you understand, then delete it.")
        return redirect("webhook", row.pk)
    try:
        acts.delete(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
        return redirect("webhook", id)
    messages.success(request, f"{row.name} is deleted.")
    return redirect("webhooks")


def _entered(request: HttpRequest) -> dict[str, Any]:
    texts = {name: request.POST.get(name, "") for name in ("name", "url", "secret")}
    return {**texts, "events": request.POST.getlist("events")}


def _events(chosen: Any) -> list[tuple[str, str, bool]]:
    return [(name, EVENTS[name].says, name in chosen) for name in CHOOSABLE]


def _errors(invalid: Invalid) -> dict[str, str]:
    return {e.field: e.message for e in invalid.errors}


def _found(id: int) -> Webhook:
    row: Webhook | None = Webhook.objects.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row
