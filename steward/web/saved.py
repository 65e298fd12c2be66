"""Acts on saved reports: copied, shared, deleted."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from steward.inventory.member import Member
from steward.inventory.report import SavedReport
from steward.ledger import reports as ledger
from steward.web.access import View, actor, for_admins, for_members
from steward.web.windows import leave, window

NOT_YOURS = "Only whoever made a report, and admins, may change it. Duplicate it, and change that."


def seen(request: HttpRequest, slug: str) -> SavedReport | None:
    """Where the member may see it."""
    member: Member = request.user  # type: ignore[assignment]
    saved = SavedReport.called(slug)
    return saved if saved and saved.may_be_seen_by(member) else None


def for_makers(view: View) -> View:
    """Whose report it is, and admins. The view gets the report."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str) -> HttpResponseBase:
        saved = seen(request, slug)
        if saved is None:
            raise Http404
        if not saved.is_of(request.user):  # type: ignore[arg-type]
            raise PermissionDenied(NOT_YOURS)
        return view(request, saved)

    return for_members(guarded)


@require_POST
@for_admins
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """With every member, or not any more."""
    saved = seen(request, slug)
    if saved is None:
        raise Http404
    shared = request.POST.get("shared") == "yes"
    ledger.change(saved, {"shared": shared}, by=actor(request))
    said = "is shared with every member" if shared else "is not shared any more"
    messages.success(request, f"“{saved.name}” {said}.")
    return redirect("report", saved.slug)


@for_makers
def delete(request: HttpRequest, saved: SavedReport) -> HttpResponse:
    if request.method != "POST":
        return window(request, "reports/delete.html", {"saved": saved})
    if request.POST.get("understood") != "yes":
        facts = {"saved": saved, "error": "Tick that you understand it."}
        return window(request, "reports/delete.html", facts, 422)
    name = saved.name
    ledger.remove(saved, by=actor(request))
    messages.success(request, f"“{name}” is deleted.")
    return leave(request, "reports")
