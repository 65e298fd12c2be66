"""Making a report in the page, and changing one. All of a draft is in the address, so that it can
be sent as a link; what is posted is answered by going there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from steward.insight import reports
from steward.inventory.money import sees_money
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.report import SavedReport
from steward.ledger import reports as ledger
from steward.web.access import actor, for_members
from steward.web.building.draft import Draft, acted, draft_of
from steward.web.building.preview import preview as preview_of
from steward.web.building.shown import Shown
from steward.web.saved import for_makers, seen

PREVIEW, SAVE = "preview", "save"


@for_members
def new(request: HttpRequest) -> HttpResponse:
    """Readers too: what they make is their own and shows what they may see."""
    if request.method == "POST":
        return _act(request, None)
    return _page(request, _started(request), None)


@for_makers
def edit(request: HttpRequest, saved: SavedReport) -> HttpResponse:
    if request.method == "POST":
        return _act(request, saved)
    draft = draft_of(request.GET, _money(request), saved.definition)
    if "dataset" not in request.GET:
        draft.name, draft.description = saved.name, saved.description
    return _page(request, draft, saved)


@require_POST
@for_members
def preview(request: HttpRequest) -> HttpResponse:
    """The rows alone; the address follows."""
    draft = draft_of(request.POST, _money(request))
    response = render(request, "reports/preview.html", {"preview": preview_of(draft)})
    page = request.headers.get("HX-Current-URL", "").partition("?")[0]
    response["HX-Replace-Url"] = f"{page}?{draft.query}" if page else "false"
    return response


def _started(request: HttpRequest) -> Draft:
    """As the address says; from another report; or from nothing."""
    money, slug = _money(request), request.GET.get("start", "")
    if not slug:
        return draft_of(request.GET, money)
    start = reports.start_of(slug) if _may_see(request, slug) else {}
    found = reports.report(slug)
    if not start or found is None:
        raise Http404
    asked = {f.name: request.GET[f.name] for f in found.filters if request.GET.get(f.name)}
    return Draft(_narrowed(start, asked), ledger.copied(found.title), "", money)


def _narrowed(start: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
    """As the page it was started from was narrowed; a period is a part of its own."""
    found = reports.dataset(start["dataset"])
    times = {"from", "to"} if asked.keys() & {"from", "to"} else {"days"}
    times = times & asked.keys() if found and found.asks_period else set()
    period = {name: asked.pop(name) for name in times}
    if found and found.asks_period:
        asked.pop("days", None)
    kept = {**start.get("asked", {}), **asked}
    return {**start, "asked": kept, "period": period or start.get("period", {})}


def _may_see(request: HttpRequest, slug: str) -> bool:
    return SavedReport.called(slug) is None or seen(request, slug) is not None


def _act(request: HttpRequest, saved: SavedReport | None) -> HttpResponse:
    draft, act = draft_of(request.POST, _money(request)), request.POST.get("act", PREVIEW)
    if act == SAVE:
        return _save(request, draft, saved)
    draft = acted(draft, act)
    here = reverse("edit-report", args=[saved.slug]) if saved else reverse("new-report")
    address = f"{here}?{draft.query}"
    if request.headers.get("HX-Request"):
        response = _page(request, draft, saved, template="reports/builder_form.html")
        response["HX-Replace-Url"] = address
        return response
    return redirect(address)


def _save(request: HttpRequest, draft: Draft, saved: SavedReport | None) -> HttpResponse:
    if draft.definition is None:
        return _page(request, draft, saved, status=422)
    values: dict[str, Any] = {
        "name": draft.name,
        "description": draft.description,
        "definition": draft.definition.written(),
    }
    try:
        if saved is None:
            saved = ledger.save(**values, owner=request.user, by=actor(request))
        else:
            ledger.change(saved, values, by=actor(request))
    except Invalid as invalid:
        draft.errors |= {error.field: error.message for error in invalid.errors}
        return _page(request, draft, saved, status=422)
    except Conflict as conflict:
        draft.errors["name"] = conflict.message
        return _page(request, draft, saved, status=422)
    messages.success(request, f"“{saved.name}” is saved.")
    return redirect("report", saved.slug)


def _page(
    request: HttpRequest,
    draft: Draft,
    saved: SavedReport | None,
    status: int = 200,
    template: str = "reports/builder.html",
) -> HttpResponse:
    facts = {
        "shown": Shown(draft),
        "draft": draft,
        "saved": saved,
        "preview": preview_of(draft),
        "began": bool(draft.given.get("dataset")),
    }
    return render(request, template, facts, status=status)


def _money(request: HttpRequest) -> bool:
    return sees_money(request.user.is_admin)  # type: ignore[union-attr]
