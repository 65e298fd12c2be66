"""What people do to access reviews: make, start, close and cancel them. Each act is one
transaction and leaves an edit; from when a review is closed nothing of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.instance import Book, Instance, StreamState
from steward.inventory.member import Member
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import (
    BulkDecision,
    Review,
    ReviewApplication,
    ReviewItem,
    ReviewSource,
)
from steward.ledger import review_input as entry
from steward.ledger import trail
from steward.ledger.review_input import Chosen
from steward.ledger.review_items import write_some
from steward.sdk.fields import FieldError

KIND = "review"
STARTED, CANCELLED = "started", "cancelled"
CLOSING, CLOSED = "closing", "closed"
DECIDING = "A decision on many of its accounts is still being written down. Close it after that."
# So few are written down at once; more by a worker.
FEW = 2_000


@transaction.atomic
def make(given: Mapping[str, Any], *, by: str, member: Member | None) -> Review:
    """A draft. Without a `fallback` whoever makes it is the one."""
    if not given.get("fallback"):
        given = {**given, "fallback": member}
    values = entry.read(given, (*entry.NEEDED, "fallback"))
    chosen = values.pop("applications")
    made: Review = trail.make(KIND, Review, {**values, "made_by": by, "created_by": member}, by=by)
    _choose(made, chosen)
    return made


@transaction.atomic
def change(review: Review, given: Mapping[str, Any], *, by: str) -> bool:
    """Of one that is under way only its name, description and day; False where nothing differs."""
    now = _locked(review)
    if now.is_over:
        raise Conflict(f"{now} is {now.state}; nothing of it changes any more.", now.state)
    if now.state != Review.DRAFT and {*given} - {"name", "description", "due_on"}:
        raise Conflict("It has started: only its name, text and day can be changed.", "started")
    values = entry.read({k: v for k, v in given.items() if not _same_day(now, k, v)})
    chosen = values.pop("applications", None)
    changed = trail.change(KIND, review, values, by=by) if values else False
    if chosen is not None:
        review.applications.all().delete()
        _choose(review, chosen)
    return changed or chosen is not None


def _same_day(now: Review, name: str, value: Any) -> bool:
    """A day that has passed may stand, and not be chosen."""
    return name == "due_on" and str(value) == str(now.due_on)


def _choose(review: Review, chosen: Sequence[Chosen]) -> None:
    ReviewApplication.objects.bulk_create(
        ReviewApplication(
            review=review, application=one.application, way=one.way, members=list(one.members)
        )
        for one in chosen
    )


@transaction.atomic
def start(review: Review, *, by: str) -> None:
    """Its accounts are written down as they are now: at once where they are few, else behind."""
    _move(review, (Review.DRAFT,), Review.STARTING)
    chosen = list(review.applications.select_related("application"))
    sources = [_source(review, one, i) for one in chosen for i in _instances(one)]
    if not sources:
        raise Conflict("None of its applications is connected any more.", "no_accounts")
    ReviewSource.objects.bulk_create(sources)
    Edit.note(KIND, review, STARTED, by, after={"applications": [c.application_id for c in chosen]})
    books = Book.objects.filter(pk__in=[source.book for source in sources])
    if (books.aggregate(all=Sum("present"))["all"] or 0) <= FEW:
        while write_some(review):
            pass
    review.refresh_from_db()


def _instances(chosen: ReviewApplication) -> Sequence[Instance]:
    application = chosen.application.now()
    return list(Instance.objects.present().filter(application=application).order_by("name"))


def _source(review: Review, chosen: ReviewApplication, instance: Instance) -> ReviewSource:
    read = dict(StreamState.objects.filter(instance=instance).values_list("name", "last_ok_at"))
    book = Book.objects.get(pk=instance.book)
    return ReviewSource(
        review=review,
        application=chosen.application,
        application_name=chosen.application.name,
        instance_id=instance.pk,
        instance_name=instance.name,
        book=instance.book,
        read_at=read.get("accounts") or instance.last_synced_at,
        activity_read_at=read.get("activity"),
        tells_activity=book.tells_activity,
        activity_from=book.days_from,
        removals_held=instance.removals_held,
    )


@transaction.atomic
def close(review: Review, *, by: str, behind: bool, even_undecided: bool = False) -> None:
    """Nothing of it changes from now on; `seal` ends it, `behind` or at once, with the digest of
    its evidence. What nobody has decided stays so for good, which must be asked for."""
    _move(review, (Review.OPEN,), Review.CLOSING, closed_at=timezone.now(), closed_by=by, sealed=0)
    if review.bulk_decisions.filter(state=BulkDecision.RUNNING).exists():
        raise Conflict(DECIDING, "deciding")
    left = undecided(review).count()
    if left and not even_undecided:
        raise Invalid([FieldError("even_undecided", _still(left))])
    if behind:
        Edit.note(KIND, review, CLOSING, by, after={"undecided": left})


@transaction.atomic
def seal(review: Review, digest: str) -> bool:
    """False where another worker has done it."""
    closing = Review.objects.filter(pk=review.pk, state=Review.CLOSING)
    if not closing.update(state=Review.CLOSED, digest=digest, sealer=""):
        return False
    after = {"undecided": undecided(review).count(), "sha256": digest}
    review.refresh_from_db()
    Edit.note(KIND, review, CLOSED, review.closed_by, after=after)
    return True


def _still(left: int) -> str:
    said = "account is" if left == 1 else "accounts are"
    return f"{left:,} {said} not decided. Confirm that they stay so."


@transaction.atomic
def cancel(review: Review, *, by: str) -> None:
    """What was decided stays to be read."""
    states = (Review.DRAFT, Review.STARTING, Review.OPEN)
    _move(review, states, Review.CANCELLED, closed_at=timezone.now(), closed_by=by)
    running = review.bulk_decisions.filter(state=BulkDecision.RUNNING)
    running.update(state=BulkDecision.STOPPED, ended_at=timezone.now())
    Edit.note(KIND, review, CANCELLED, by)


def undecided(review: Review) -> Any:
    return ReviewItem.objects.filter(review=review, decision=ReviewItem.UNDECIDED)


def _locked(review: Review) -> Review:
    now: Review = Review.objects.select_for_update().get(pk=review.pk)
    return now


def _move(review: Review, sources: Sequence[str], state: str, **more: Any) -> None:
    """By a conditional update, which also holds the row until the act is over."""
    moved = Review.objects.filter(pk=review.pk, state__in=sources).update(state=state, **more)
    review.refresh_from_db()
    if not moved:
        now = review.get_state_display().lower()  # type: ignore[attr-defined]
        raise Conflict(f"{review} is {now}, so this cannot be done.", review.state)
