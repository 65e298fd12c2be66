"""/reviews: who looked at which accounts, and decided what, on which data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router

from steward.api.access import actor, decider, maker
from steward.api.description import also
from steward.api.paging import Id, Page, page_of
from steward.api.problems import Problem, not_found, wrong
from steward.api.responses import created, read, read_one
from steward.api.review_schemas import (
    BulkDecisionOut,
    Counted,
    ItemDecided,
    ItemsDecided,
    NewReview,
    Reassigned,
    Reminded,
    ReviewChange,
    ReviewItemOut,
    ReviewItemQuery,
    ReviewOut,
    ReviewQuery,
)
from steward.api.schemas import Listed, ProblemOut
from steward.insight import bulk_decisions, evidence
from steward.insight import reviews as insight
from steward.insight.asking import BadRequest
from steward.insight.formats import FORMATS
from steward.inventory.member import Member
from steward.inventory.review import BulkDecision, Review, ReviewItem
from steward.ledger import deciding
from steward.ledger import reviews as ledger
from steward.ledger.deciding_many import decide_all
from steward.notify import reviewing
from steward.work import sealing

router = Router(tags=["reviews"])

EvidenceFile = Literal["json", "csv", "xlsx", "pdf"]
_FILES = [made.kind for made in FORMATS.values() if made.name != "json"]


@router.get("/reviews", response=read(Listed[ReviewOut]))
def list_reviews(request: HttpRequest, page: Annotated[ReviewQuery, Query()]) -> Any:
    """The newest first."""
    rows = Review.objects.select_related("fallback")
    rows = rows.filter(state=page.state) if page.state else rows
    return page_of(rows, page, insight.facts_of_all, newest_first=True)


@router.post("/reviews", response=created(ReviewOut))
def make_review(request: HttpRequest, data: NewReview) -> Any:
    """A draft, unless `start` is true."""
    given = _given(data.dict(exclude={"start"}))
    with transaction.atomic():
        review = ledger.make(given, by=actor(request), member=maker(request))
        if data.start:
            ledger.start(review, by=actor(request))
    return 201, insight.facts_of(review)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    chosen = values.get("applications")
    if chosen is not None:
        values["applications"] = [{**one, "way": one["reviewers"]} for one in chosen]
    return values


@router.get("/reviews/{id}", response=read_one(ReviewOut))
def get_review(request: HttpRequest, id: Id) -> Any:
    return insight.facts_of(_review(id))


@router.patch("/reviews/{id}", response=created(ReviewOut, 200) | {202: ReviewOut})
def change_review(request: HttpRequest, id: Id, data: ReviewChange) -> Any:
    """Its fields, and then the act that `state` names. 202 where a large one is `closing`: ask for
    it again until it is `closed`."""
    review = _review(id)
    values = data.dict(exclude={"state", "even_undecided"}, exclude_unset=True)
    given = _given({name: value for name, value in values.items() if value is not None})
    with transaction.atomic():
        if given:
            ledger.change(review, given, by=actor(request))
        if data.state == "open":
            ledger.start(review, by=actor(request))
        elif data.state == "closed":
            sealing.close(review, by=actor(request), even_undecided=data.even_undecided)
        elif data.state == "cancelled":
            ledger.cancel(review, by=actor(request))
    now = _review(id)
    return 202 if now.state == Review.CLOSING else 200, insight.facts_of(now)


@router.get(
    "/reviews/{id}/items", response=read_one(Listed[ReviewItemOut]), url_name="review-items"
)
def list_review_items(
    request: HttpRequest, id: Id, page: Annotated[ReviewItemQuery, Query()]
) -> Any:
    rows = ReviewItem.objects.filter(review=_review(id).pk).select_related("source")
    if page.reviewer:
        rows = rows.filter(reviewer__email__iexact=page.reviewer)
    if page.application:
        rows = rows.filter(application=page.application)
    if page.decision:
        rows = rows.filter(decision="" if page.decision == "undecided" else page.decision)
    return page_of(rows, page, insight.item_facts_of)


@router.patch(
    "/reviews/{id}/items",
    response=created(Counted, 200) | {202: BulkDecisionOut},
    url_name="review-items",
)
def decide_review_items(request: HttpRequest, id: Id, data: ItemsDecided) -> Any:
    """Several alike; of `items` all or none, of what is `fitting` those that are theirs. A Reader's
    token decides what waits for whoever made it. 202 where there are many: the decision is taken,
    and is written to them behind; `GET /reviews/{id}/decisions/{decision}` says how far it is."""
    review = _review(id)
    if (data.items is None) == (data.fitting is None):
        raise wrong("items", "Give items, or fitting: one of the two.")
    if data.items is None:
        return _decide_all(request, review, data)
    rows = ReviewItem.objects.filter(review=review, pk__in=data.items)
    if rows.count() < len(set(data.items)):
        raise wrong("items", "Some of these are not accounts of this review.")
    return {"count": _decided(request, review, rows, data)}


@router.patch(
    "/reviews/{id}/items/{item}", response=created(ReviewItemOut, 200), url_name="review-item"
)
def decide_review_item(request: HttpRequest, id: Id, item: Id, data: ItemDecided) -> Any:
    """By its reviewer or an admin, while the review is open. A Reader's token may do this for
    whoever made it. To keep the account of a person who has left needs a comment."""
    review = _review(id)
    rows = ReviewItem.objects.filter(review=review, pk=item).select_related("source")
    if not rows.exists():
        raise not_found("account in this review")
    _decided(request, review, rows, data)
    return next(iter(insight.item_facts_of(rows)))


def _decide_all(request: HttpRequest, review: Review, data: ItemsDecided) -> Any:
    given = data.fitting.dict() if data.fitting else {}
    if member := _member(given.pop("reviewer"), "reviewer"):
        given["reviewer"] = member.pk
    asked = {name: str(value) for name, value in given.items() if value}
    who = decider(request)
    try:
        rows = bulk_decisions.fitting(review, asked)
        bulk = decide_all(review, rows, data.decision, data.comment, who, asked)
    except BadRequest as error:
        raise wrong("fitting", str(error)) from None
    except deciding.NotTheirs as refused:
        raise Problem(403, "forbidden", str(refused)) from None
    if bulk.state == BulkDecision.RUNNING:
        return 202, bulk_decisions.facts_of(bulk)
    return 200, {"count": bulk.decided}


@router.get("/reviews/{id}/decisions", response=read_one(Listed[BulkDecisionOut]))
def list_bulk_decisions(request: HttpRequest, id: Id, page: Page) -> Any:
    """Those on all that fitted something, the newest first."""
    rows, of = bulk_decisions.bulks_of(_review(id)), bulk_decisions.facts_of
    return page_of(rows, page, lambda found: map(of, found), newest_first=True)


@router.get("/reviews/{id}/decisions/{decision}", response=read_one(BulkDecisionOut))
def get_bulk_decision(request: HttpRequest, id: Id, decision: Id) -> Any:
    found = bulk_decisions.bulks_of(_review(id)).filter(pk=decision).first()
    if found is None:
        raise not_found("decision on many in this review")
    return bulk_decisions.facts_of(found)


def _decided(request: HttpRequest, review: Review, rows: Any, data: ItemDecided) -> int:
    try:
        return deciding.decide(review, rows, data.decision, data.comment, decider(request))
    except deciding.NotTheirs as refused:
        raise Problem(403, "forbidden", str(refused)) from None


@router.post("/reviews/{id}/reassign", response=created(Counted, 200))
def reassign_review_items(request: HttpRequest, id: Id, data: Reassigned) -> Any:
    """What is undecided goes to another member."""
    count = deciding.reassign(
        _review(id),
        data.reviewer,
        by=actor(request),
        of=_member(data.of, "of"),
        application=data.application,
        items=data.items,
    )
    return {"count": count}


@router.post("/reviews/{id}/remind", response=created(Counted, 200))
def remind_reviewers(request: HttpRequest, id: Id, data: Reminded) -> Any:
    """By mail, at once. Whoever was reminded so a few minutes ago is left in peace."""
    review, only = _review(id), _member(data.reviewer, "reviewer")
    return {"count": reviewing.remind_now(review, by=actor(request), only=only)}


def _member(address: str | None, field: str) -> Member | None:
    if not address:
        return None
    found = Member.objects.filter(email__iexact=address).first()
    if found is None:
        raise wrong(field, "No member of Steward has this address.")
    return found


@router.get(
    "/reviews/{id}/evidence",
    response=read_one(dict[str, Any]) | {409: ProblemOut},
    openapi_extra=also(200, *_FILES),
)
def get_evidence(request: HttpRequest, id: Id, format: EvidenceFile = "json") -> Any:
    """Who decided what when, on which data. Of a closed review the SHA-256 of the CSV is the
    `sha256` of the review, byte for byte."""
    review = _review(id)
    if not review.has_items:
        raise Problem(409, "not_started", "It has not started, so there is nothing to show.")
    try:
        file, parts = evidence.file_of(review, format)
    except BadRequest as error:
        raise wrong("format", str(error)) from None
    response = StreamingHttpResponse(parts, content_type=file.kind)
    if format != "json":
        name = f"review-{review.pk}-evidence.{format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _review(id: int) -> Review:
    found = Review.objects.select_related("fallback").filter(pk=id).first()
    if found is None:
        raise not_found("review")
    return found  # type: ignore[no-any-return]
