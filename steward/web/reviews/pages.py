"""Access reviews: all of them, one of them, making one, and its life until it is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from steward.insight import bulk_decisions, evidence, reviews
from steward.insight.asking import BadRequest
from steward.insight.formats import FORMATS
from steward.insight.reports.review_items import REMOVALS, REVIEWS
from steward.inventory.member import Member
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import Review
from steward.inventory.worker import Worker
from steward.ledger import deciding
from steward.ledger import reviews as ledger
from steward.notify import reviewing
from steward.web.access import actor, for_admins, for_members
from steward.web.reviews import entering
from steward.web.reviews.entering import Entry
from steward.web.tables import Table
from steward.web.windows import leave, window
from steward.work import sealing

LARGEST, EDITS = 2**63 - 1, 30
CLOSING = "is closed to decisions. Its evidence is being sealed behind; look on here."


def found(id: int) -> Review:
    rows = Review.objects.select_related("fallback", "created_by")
    review: Review | None = rows.filter(pk=min(id, LARGEST)).first()
    if review is None:
        raise Http404
    return review


@for_members
def listed(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, REVIEWS)
    facts = {"table": table, "waiting": reviews.waiting_for(request.user)}  # type: ignore[arg-type]
    return table.export() or render(request, "secure/reviews/reviews.html", facts)


@for_members
def review(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    sources = [(source, reviews.missing(source)) for source in evidence.sources_of(row)]
    how_far = reviews.how_far(row)
    facts = {
        "review": row,
        "progress": how_far.whole,
        "by_reviewer": how_far.by_reviewer,
        "by_application": how_far.by_application,
        "chosen": row.applications.select_related("application").order_by("application__name"),
        "sources": sources,
        "edits": reviews.edits_of(row)[:EDITS],
        "running": bulk_decisions.running(row),
        "bulks": [(b, bulk_decisions.in_words(b.asked)) for b in _newest(row)],
        "no_worker": not Worker.any_alive(),
        "reminders": row.reminders.order_by("-pk")[:EDITS],
        "intact": evidence.is_intact(row) if request.GET.get("check") else None,
        "mine": [w for w in reviews.waiting_for(request.user) if w.review == row],  # type: ignore[arg-type]
        "files": [name for name in FORMATS if name != "json"],
    }
    return render(request, "secure/reviews/review.html", facts)


def _newest(row: Review) -> Any:
    return bulk_decisions.bulks_of(row)[:EDITS]


@for_admins
def make(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, entering.fresh(request.user))  # type: ignore[arg-type]
    entry = entering.entered(request)
    try:
        with transaction.atomic():
            row = ledger.make(entry.given(), by=actor(request), member=request.user)  # type: ignore[arg-type]
            if "start" in request.POST:
                ledger.start(row, by=actor(request))
    except Invalid as invalid:
        return _form(request, entry.refused(invalid), status=422)
    messages.success(request, f"{row.name} is {row.get_state_display().lower()}.")  # type: ignore[attr-defined]
    return redirect("review", row.pk)


@for_admins
def edit(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if row.is_over:
        messages.error(request, f"{row} is {row.state}; nothing of it changes any more.")
        return redirect("review", row.pk)
    if request.method != "POST":
        return _form(request, entering.of_review(row), row)
    entry = entering.entered(request)
    given = entry.given()
    if row.state != Review.DRAFT:
        given = {name: given[name] for name in ("name", "description", "due_on")}
    try:
        ledger.change(row, given, by=actor(request))
    except Invalid as invalid:
        return _form(request, entry.refused(invalid), row, 422)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    return redirect("review", row.pk)


def _form(
    request: HttpRequest, entry: Entry, row: Review | None = None, status: int = 200
) -> HttpResponse:
    facts = {
        "entry": entry,
        "review": row,
        "is_draft": row is None or row.state == Review.DRAFT,
        "periods": [str(days) for days in Review.DAYS],
    }
    return render(request, "secure/reviews/form.html", facts, status=status)


@require_POST
@for_admins
def start(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    return _done(request, row, lambda: ledger.start(row, by=actor(request)), "has started")


@for_admins
def close(request: HttpRequest, id: int) -> HttpResponse:
    row, error = found(id), ""
    if request.method == "POST":
        even = request.POST.get("even_undecided") == "yes"
        try:
            sealing.close(row, by=actor(request), even_undecided=even)
        except Invalid as invalid:
            error = str(invalid)
        except Conflict as conflict:
            messages.error(request, conflict.message)
            return leave(request, "review", row.pk)
        else:
            sealed = row.state == Review.CLOSED
            said = "is closed, and its evidence is sealed." if sealed else CLOSING
            messages.success(request, f"{row.name} {said}")
            return leave(request, "review", row.pk)
        row = found(id)
    facts = {"review": row, "left": ledger.undecided(row).count(), "error": error}
    return window(request, "secure/reviews/close.html", facts, 422 if error else 200)


@for_admins
def cancel(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    if request.method != "POST":
        return window(request, "secure/reviews/cancel.html", {"review": row})
    _done(request, row, lambda: ledger.cancel(row, by=actor(request)), "is cancelled")
    return leave(request, "review", row.pk)


@require_POST
@for_admins
def remind(request: HttpRequest, id: int) -> HttpResponse:
    row = found(id)
    try:
        only = _member(request.POST.get("reviewer", ""))
        count = reviewing.remind_now(row, by=actor(request), only=only)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        mails = "1 mail is" if count == 1 else f"{count} mails are"
        none = "Nobody is reminded: whoever has something left was, a few minutes ago."
        messages.success(request, f"{mails} on the way." if count else none)
    return redirect("review", row.pk)


@for_admins
def reassign(request: HttpRequest, id: int) -> HttpResponse:
    row, of = found(id), _member(request.POST.get("of", "") or request.GET.get("of", ""))
    facts: dict[str, Any] = {"review": row, "of": of, "members": entering.members()}
    if request.method != "POST":
        return window(request, "secure/reviews/reassign.html", facts)
    try:
        to = request.POST.get("reviewer", "")
        count = deciding.reassign(row, to, by=actor(request), of=of)
    except Invalid as invalid:
        facts["error"] = str(invalid)
        return window(request, "secure/reviews/reassign.html", facts, 422)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, f"{count:,} account{'' if count == 1 else 's'} given over.")
    return leave(request, "review", row.pk)


def _member(number: str) -> Member | None:
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    return Member.objects.filter(pk=int(number)).first() if is_number else None


def _done(request: HttpRequest, row: Review, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        messages.success(request, f"{row.name} {said}.")
    return redirect("review", row.pk)


@for_members
def removals(request: HttpRequest, id: int) -> HttpResponseBase:
    row = found(id)
    if not row.has_items:
        return redirect("review", row.pk)
    table = Table(request, REMOVALS, {"review": str(row.pk)})
    facts = {"table": table, "review": row}
    return table.export() or render(request, "secure/reviews/removals.html", facts)


@for_members
def evidence_file(request: HttpRequest, id: int) -> HttpResponseBase:
    row = found(id)
    kind = request.GET.get("format", "csv")
    if kind not in FORMATS or not row.has_items:
        raise Http404
    try:
        file, parts = evidence.file_of(row, kind)
    except BadRequest as error:
        messages.error(request, str(error))
        return redirect("review", row.pk)
    response = StreamingHttpResponse(parts, content_type=file.kind)
    name = f"review-{row.pk}-evidence.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
