"""A large file under way: how far it is, cancelling it, and where to look when it is over."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from steward.inventory.imports import ImportTask
from steward.inventory.problems import Conflict
from steward.ledger.imports import behind
from steward.ledger.imports.kinds import KINDS
from steward.web.access import actor, for_admins

LARGEST = 2**63 - 1


@require_safe
@for_admins
def task(request: HttpRequest, id: int) -> HttpResponse:
    """The part that changes, where it is asked for alone; a page of its own when it is over."""
    row = _found(id)
    is_part = request.headers.get("HX-Request") is not None
    if row.state == ImportTask.DONE and not is_part:
        return _over(request, row)
    facts = {"task": row, "kind": KINDS[row.kind], "is_theirs": _is_theirs(request, row)}
    name = "progress" if is_part else "task"
    answer = render(request, f"settings/imports/{name}.html", facts)
    if is_part and not row.is_open:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _over(request: HttpRequest, row: ImportTask) -> HttpResponse:
    if row.what == ImportTask.LOOK:
        return redirect("import-preview", row.draft_id) if row.draft_id else redirect("imports")
    messages.success(request, f"{row.file_name} is imported.")
    return redirect("import", row.imported_id) if row.imported_id else redirect("imports")


@require_POST
@for_admins
def cancel(request: HttpRequest, id: int) -> HttpResponse:
    row = _found(id)
    try:
        behind.cancel(row, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, "It is cancelled. Nothing was changed.")
    return redirect("import-task", row.pk)


def _is_theirs(request: HttpRequest, row: ImportTask) -> bool:
    """Who looks at the file; another admin sees how far it is."""
    return row.draft is not None and row.draft.member_id == request.user.pk


def _found(number: int) -> ImportTask:
    row = ImportTask.objects.select_related("draft").filter(pk=min(number, LARGEST)).first()
    if row is None:
        raise Http404
    return row
