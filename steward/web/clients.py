"""Settings: the operator's OAuth apps, one for each integration that asks for consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from steward.insight.clients import of_clients
from steward.inventory.consent import redirect_uri
from steward.sdk.catalogue import offering_consent
from steward.sync import acts
from steward.web.access import actor, for_admins
from steward.web.integrations import found


@sensitive_post_parameters("client_secret")
@for_admins
def clients(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    slug, client_id = request.POST.get("integration", ""), request.POST.get("client_id", "")
    secret = request.POST.get("client_secret", "")
    try:
        acts.set_client(slug, client_id, secret or None, actor(request))
    except acts.Invalid as invalid:
        entered = {e.field: e.message for e in invalid.errors}
        return _page(request, slug, {"client_id": client_id, "errors": entered}, 422)
    messages.success(request, f"The OAuth app of {found(slug).name} is saved.")
    return redirect("clients")


@require_POST
@for_admins
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        acts.remove_client(slug)
    except (acts.Invalid, acts.Conflict) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"The OAuth app of {found(slug).name} is removed.")
    return redirect("clients")


def _page(
    request: HttpRequest, slug: str = "", entered: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    rows = [
        {**row, "is_set": row["client_id"] is not None, **_if(row["integration"] == slug, entered)}
        for row in of_clients()
    ]
    facts = {"rows": rows, "redirect_uri": redirect_uri(), "any": bool(offering_consent())}
    return render(request, "settings/clients.html", facts, status=status)


def _if(same: bool, entered: dict[str, Any] | None) -> dict[str, Any]:
    return entered or {} if same else {}
