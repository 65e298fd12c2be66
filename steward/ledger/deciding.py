"""Deciding on the accounts of a review, and giving them to somebody else to decide.

Each decision is checked item by item against who decides. The review's row is held meanwhile, so
that nothing is decided once it is closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.review import Review, ReviewDecision, ReviewItem
from steward.ledger import entered
from steward.ledger import review_input as entry
from steward.ledger.reviews import KIND
from steward.sdk.fields import FieldError

BATCH = 1_000
LONGEST_COMMENT = 2_000
REASSIGNED = "reassigned"


class NotTheirs(Exception):
    """Who decides is neither the reviewer of the item nor an admin."""

    def __init__(self) -> None:
        super().__init__("This is decided by its reviewer, or by an admin.")


@dataclass(frozen=True)
class Decider:
    """Who decides. `member` is None for a token that nobody made and for the command line."""

    by: str
    member: Member | None
    is_admin: bool

    @property
    def is_nobody(self) -> bool:
        return not self.is_admin and (self.member is None or not self.member.is_active)


@transaction.atomic
def decide(review: Review, rows: Any, decision: str, comment: str, who: Decider) -> int:
    """How many are decided anew, of `rows` (of this review, and theirs to decide: else
    `NotTheirs`). To keep what a person has left behind needs a comment."""
    hold(review)
    rows = rows.filter(review=review).order_by()
    if who.is_nobody or (not who.is_admin and rows.exclude(reviewer=who.member).exists()):
        raise NotTheirs
    said = Said(decision, checked(rows, decision, comment), who.by, timezone.now())
    changing = rows.exclude(decision=decision, comment=said.comment)
    return sum(write(keys, said) for keys in _batches(changing))


def theirs(review: Review, who: Decider) -> Any:
    """All of them for an admin, else those of which they are the reviewer."""
    rows = ReviewItem.objects.filter(review=review)
    return rows if who.is_admin else rows.filter(reviewer=who.member)


def hold(review: Review) -> None:
    """Until the transaction is over. Raises `Conflict` where it is not open."""
    now = Review.objects.select_for_update().get(pk=review.pk)
    if now.state != Review.OPEN:
        said = now.get_state_display().lower()  # type: ignore[attr-defined]
        raise Conflict(f"{now} is {said}, so nothing of it can be decided.", now.state)


def checked(rows: Any, decision: str, comment: str) -> str:
    if decision not in dict(ReviewItem.DECISIONS):
        raise Invalid([FieldError("decision", "Decide to keep or to remove.")])
    try:
        said = entered.text(LONGEST_COMMENT)(comment)
    except entered.Wrong as wrong:
        raise Invalid([FieldError("comment", str(wrong))]) from None
    if decision == ReviewItem.KEEP and not said:
        left = rows.filter(standing=Person.LEFT).count()
        if left:
            raise Invalid([FieldError("comment", _why(left))])
    return said


def _why(left: int) -> str:
    if left == 1:
        return "This is the account of a person who has left. Say why it is kept."
    return f"{left:,} are accounts of people who have left. Say why they are kept."


def _batches(rows: Any) -> Iterator[list[int]]:
    keys = list(rows.values_list("pk", flat=True))
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


@dataclass(frozen=True)
class Said:
    """A decision, as it is written to each account; `bulk` is the one on many that it is of."""

    decision: str
    comment: str
    by: str
    at: datetime
    bulk: int | None = None


def write(keys: Sequence[int], said: Said) -> int:
    ReviewItem.objects.filter(pk__in=keys).update(
        decision=said.decision,
        comment=said.comment,
        decided_by=said.by,
        decided_at=said.at,
        times=F("times") + 1,
    )
    ReviewDecision.objects.bulk_create(ReviewDecision(item_id=key, **vars(said)) for key in keys)
    return len(keys)


@transaction.atomic
def reassign(
    review: Review,
    to: Any,
    *,
    by: str,
    of: Member | None = None,
    application: int | None = None,
    items: Sequence[int] | None = None,
) -> int:
    """What is undecided goes to another member: all of it, or what was one member's, of one
    application, or these items. How many."""
    hold(review)
    try:
        member = entry.member(to)
    except entered.Wrong as wrong:
        raise Invalid([FieldError("reviewer", str(wrong))]) from None
    asked = Q(review=review, decision=ReviewItem.UNDECIDED) & ~Q(reviewer=member)
    for name, value in (("reviewer", of), ("application", application), ("pk__in", items)):
        asked &= Q(**{name: value}) if value is not None else Q()
    moved = sum(_give(keys, member, by) for keys in _batches(ReviewItem.objects.filter(asked)))
    if moved:
        given = {"reviewer": member.email, "accounts": moved}
        before = {"reviewer": of.email} if of else {}
        Edit.note(KIND, review, REASSIGNED, by, before=before, after=given)
    return moved


def _give(keys: Sequence[int], member: Member, by: str) -> int:
    rows = ReviewItem.objects.filter(pk__in=keys)
    rows.update(reviewer=member, reviewer_email=member.email)
    ReviewDecision.objects.bulk_create(
        ReviewDecision(item_id=key, reviewer=member.email, by=by) for key in keys
    )
    return len(keys)
