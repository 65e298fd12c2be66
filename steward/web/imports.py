"""Settings → Import: a file is brought, its columns are told apart, what it would change is looked
at, and then it is done; what was imported can be taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from steward.insight.imports import IMPORTS, to_mend
from steward.inventory.imports import Import, ImportDraft, ImportTask
from steward.inventory.member import Member
from steward.inventory.problems import Conflict, Invalid
from steward.ledger.imports import behind, drafts, undoing
from steward.ledger.imports.bringing import Brought
from steward.ledger.imports.kinds import KINDS
from steward.ledger.imports.templates import template as template_of
from steward.sync.anew import describe_soon
from steward.web.access import actor, for_admins
from steward.web.import_pages import columns_page, imported_page, preview_page
from steward.web.tables import Table

LARGEST = 2**63 - 1
_GONE = "That file was looked at too long ago, so it is not kept any more. Choose it once more."


@for_admins
def imports(request: HttpRequest) -> HttpResponseBase:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return redirect("import-columns", _kept(request).pk)
        except Invalid as invalid:
            errors = {e.field: e.message for e in invalid.errors}
    table = Table(request, IMPORTS)
    kinds = [(slug, kind.name, kind.about) for slug, kind in KINDS.items()]
    chosen = request.POST.get("as") or request.GET.get("as", "")
    facts = {"table": table, "kinds": kinds, "errors": errors, "chosen": chosen}
    facts["tasks"] = ImportTask.objects.filter(state__in=ImportTask.OPEN).order_by("pk")
    page = render(request, "settings/imports/imports.html", facts, status=422 if errors else 200)
    return table.export() or page


def _kept(request: HttpRequest) -> ImportDraft:
    file = request.FILES.get("file")
    name, content = (file.name or "upload", file.read()) if file else ("", b"")
    return drafts.keep(Brought.of(request.POST.get("as", ""), name, content), _member(request))


@for_admins
def columns(request: HttpRequest, id: int) -> HttpResponse:
    draft = _draft(request, id)
    if draft is None:
        return _too_late(request)
    if request.method != "POST":
        return columns_page(request, draft)
    try:
        return _looked_at(request, draft)
    except Invalid as invalid:
        return columns_page(request, draft, {e.field: e.message for e in invalid.errors})


def _looked_at(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    """With another sheet or encoding there may be other columns to tell apart first."""
    options = {n: request.POST.get(n, "") for n in ("dates", "decimals", "sheet", "encoding")}
    is_other = any(
        options[n] != draft.options.get(n, "") for n in ("sheet", "encoding") if n in request.POST
    )
    if is_other:
        brought = Brought.of(draft.kind, draft.file_name, bytes(draft.content), None, options)
        draft.mapping, draft.options = brought.mapping, brought.options.facts()
        draft.save(update_fields=["mapping", "options"])
        return redirect("import-columns", draft.pk)
    now = drafts.open_draft(draft)
    said = {
        heading: request.POST.get(f"column-{n}", "")
        for n, heading in enumerate(now.upload.headings)
    }
    brought = drafts.open_draft(draft, said, options)
    if not behind.is_large(brought):
        drafts.look(draft, brought)
        return redirect("import-preview", draft.pk)
    drafts.looked(draft, brought, None)
    task = behind.ask(draft, ImportTask.LOOK, by=actor(request))
    return redirect("import-task", task.pk)


@for_admins
def preview(request: HttpRequest, id: int) -> HttpResponse:
    draft = _draft(request, id)
    if draft is None:
        return _too_late(request)
    if draft.counts is None:
        return redirect("import-columns", draft.pk)
    if request.method != "POST":
        return preview_page(request, draft)
    how = {"good_rows": request.POST.get("take") == "good", "again": "again" in request.POST}
    try:
        if behind.is_large(drafts.open_draft(draft)):
            task = behind.ask(draft, ImportTask.BRING, by=actor(request), **how)
            return redirect("import-task", task.pk)
        entered = drafts.bring(draft, by=actor(request), **how)
    except (Invalid, Conflict) as problem:
        return preview_page(request, draft, problem)
    describe_soon()
    messages.success(request, f"{entered.file_name} is imported.")
    return redirect("import", entered.pk)


@require_safe
@for_admins
def mend(request: HttpRequest, id: int) -> HttpResponseBase:
    """The rows of a draft that are wrong."""
    draft = _draft(request, id)
    if draft is None:
        raise Http404
    headings = drafts.open_draft(draft).upload.headings
    return _csv(to_mend(headings, draft.rows.filter(verdict="error").order_by("line")), draft)


@for_admins
def imported(request: HttpRequest, id: int) -> HttpResponse:
    return imported_page(request, _import(id))


@require_safe
@for_admins
def left_out(request: HttpRequest, id: int) -> HttpResponseBase:
    entered = _import(id)
    return _csv(to_mend(entered.headings, entered.left_out.order_by("line")), entered)


@require_POST
@for_admins
def undo(request: HttpRequest, id: int) -> HttpResponse:
    entered = _import(id)
    try:
        undoing.undo(entered, by=actor(request))
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        describe_soon()
        kept = entered.counts["kept"]
        said = f" {kept} rows were changed since and stay as they are; see below." if kept else ""
        messages.success(request, f"The import is undone.{said}")
    return redirect("import", entered.pk)


@require_safe
@for_admins
def template(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    response = HttpResponse(template_of(kind), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def _member(request: HttpRequest) -> Member:
    member: Member = request.user  # type: ignore[assignment]
    return member


def _draft(request: HttpRequest, number: int) -> ImportDraft | None:
    return drafts.find(min(number, LARGEST), _member(request))


def _too_late(request: HttpRequest) -> HttpResponse:
    messages.error(request, _GONE)
    return redirect("imports")


def _import(number: int) -> Import:
    found = Import.objects.filter(pk=min(number, LARGEST)).first()
    if found is None:
        raise Http404
    return found


def _csv(parts: Any, of: ImportDraft | Import) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    name = f"{of.kind}-{of.pk}-left-out.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
