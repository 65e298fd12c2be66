"""The accounts of an access review, and deciding on them: one, those that are ticked, or all that
fit the filters. A Reader may decide here on what waits for them; the ledger checks each account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from steward.insight import bulk_decisions
from steward.insight.asking import BadRequest
from steward.insight.reports.review_items import ITEMS
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import BulkDecision, Review, ReviewItem
from steward.inventory.worker import Worker
from steward.ledger import deciding
from steward.ledger.deciding import Decider
from steward.ledger.deciding_many import decide_all
from steward.web.access import actor, for_members
from steward.web.reviews.pages import LARGEST, found
from steward.web.tables import Table

# What is decided, and by whom, stands beside the account.
_ASIDE = ("person_name", "decision", "comment", "decided_by", "decided_at")
_DECIDING = replace(
    ITEMS, columns=tuple(replace(c, aside=c.aside or c.name in _ASIDE) for c in ITEMS.columns)
)


def decider(request: HttpRequest) -> Decider:
    member: Any = request.user
    return Decider(actor(request), member, member.is_admin)


@for_members
def items(request: HttpRequest, id: int) -> HttpResponseBase:
    review = found(id)
    if not review.has_items:
        return redirect("review", review.pk)
    table = _table(request, review)
    who = decider(request)
    may_decide = review.state == Review.OPEN
    facts = {
        "table": table,
        "review": review,
        "may_decide": may_decide and (who.is_admin or _has_some(review, who)),
        "running": bulk_decisions.running(review),
        "no_worker": not Worker.any_alive(),
        "filters": [(f.name, request.GET.get(f.name, "")) for f in ITEMS.filters[1:]],
    }
    return table.export() or render(request, "secure/reviews/items.html", facts)


def _table(request: HttpRequest, review: Review) -> Table:
    fixed = {"review": str(review.pk)}
    if review.state != Review.OPEN or request.GET.get("format"):
        return Table(request, ITEMS, fixed)
    table = Table(request, _DECIDING, fixed, "item_id_")
    keys = [row.key for row in table.rows]
    acts = ReviewItem.objects.filter(pk__in=keys).select_related("reviewer").in_bulk()
    table.rows = [replace(row, act=facts_of(request, acts[row.key])) for row in table.rows]
    table.act_template = "secure/reviews/decide.html"
    return table


def facts_of(request: HttpRequest, item: ReviewItem, error: str = "") -> dict[str, Any]:
    who = decider(request)
    return {
        "item": item,
        "is_theirs": who.is_admin or item.reviewer_id == request.user.pk,
        "error": error,
    }


def _has_some(review: Review, who: Decider) -> bool:
    return bool(deciding.theirs(review, who).exists())


@require_POST
@for_members
def decide(request: HttpRequest, id: int, item: int) -> HttpResponse:
    review = found(id)
    rows = ReviewItem.objects.filter(review=review, pk=min(item, LARGEST))
    if not rows.exists():
        raise Http404
    error, status = _decided(request, review, rows)[1:]
    if request.headers.get("HX-Request"):
        row = rows.select_related("reviewer").get()
        typed = request.POST.get("comment", "") if error else ""
        act = {**facts_of(request, row, error), "comment": typed}
        facts = {"act": act, "review": review}
        return render(request, "secure/reviews/decide.html", facts, status=status)
    if error:
        messages.error(request, error)
    return _back(request, review)


@require_POST
@for_members
def decide_many(request: HttpRequest, id: int) -> HttpResponse:
    """Those ticked, or all that fit the filters and are theirs."""
    review = found(id)
    if request.POST.get("which") == "all":
        error, said = _decided_all(request, review)
    else:
        count, error = _decided_ticked(request, review)
        said = f"Decided: {_accounts(count)}."
    if error:
        messages.error(request, error)
    else:
        messages.success(request, said)
    return _back(request, review)


def _decided_all(request: HttpRequest, review: Review) -> tuple[str, str]:
    """What is wrong, else what was done."""
    asked = {name: request.POST.get(f"only-{name}", "") for name in bulk_decisions.names()}
    decision, comment = request.POST.get("decision", ""), request.POST.get("comment", "")
    try:
        rows = bulk_decisions.fitting(review, asked)
        bulk = decide_all(review, rows, decision, comment, decider(request), asked)
    except (BadRequest, Invalid) as refused:
        return str(refused), ""
    except Conflict as conflict:
        return conflict.message, ""
    except deciding.NotTheirs as refused:
        raise PermissionDenied(str(refused)) from None
    if bulk.state == BulkDecision.RUNNING:
        return "", f"Decided. It is written to {_accounts(bulk.total)} behind; look on here."
    return "", f"Decided: {_accounts(bulk.decided)}."


def _accounts(count: int) -> str:
    return f"{count:,} account{'' if count == 1 else 's'}"


def _decided_ticked(request: HttpRequest, review: Review) -> tuple[int, str]:
    try:
        rows = _ticked(request, deciding.theirs(review, decider(request)))
    except BadRequest as refused:
        return 0, str(refused)
    count, error, _ = _decided(request, review, rows)
    return count, error


def _ticked(request: HttpRequest, rows: Any) -> Any:
    ticked = [int(n) for n in request.POST.getlist("chosen") if n.isdecimal() and len(n) < 19]
    if not ticked:
        raise BadRequest("Tick accounts first, or choose all that fit the filters.")
    return rows.filter(pk__in=ticked)


def _decided(request: HttpRequest, review: Review, rows: Any) -> tuple[int, str, int]:
    """How many; else what is wrong with it, and the status to answer."""
    decision, comment = request.POST.get("decision", ""), request.POST.get("comment", "")
    try:
        return deciding.decide(review, rows, decision, comment, decider(request)), "", 200
    except Invalid as invalid:
        return 0, str(invalid), 422
    except Conflict as conflict:
        return 0, conflict.message, 422
    except deciding.NotTheirs as refused:
        raise PermissionDenied(str(refused)) from None


def _back(request: HttpRequest, review: Review) -> HttpResponse:
    place = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(place, allowed_hosts=None):
        return redirect(place)
    return redirect("review-items", review.pk)
