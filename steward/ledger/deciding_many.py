"""One decision on all accounts of a review that fit a question. It is taken at once: who, when,
what was asked, and on which accounts. Where they are few it is written to them at once, else by
workers, batch by batch: after a crash it goes on at the next one, and each account gets it once.

Whoever decides on an account meanwhile has the last word, as have later decisions on many.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.review import BulkDecision, Review, ReviewDecision, ReviewItem
from steward.ledger.deciding import Decider, NotTheirs, Said, checked, hold, theirs, write
from steward.ledger.reviews import KIND

# So few are decided on at once; more by a worker.
FEW = 2_000
BATCH = 1_000
MANY = "decided_many"


@transaction.atomic
def decide_all(
    review: Review,
    rows: Any,
    decision: str,
    comment: str,
    who: Decider,
    asked: Mapping[str, str],
) -> BulkDecision:
    """On those of `rows` (of this review) that are theirs. `asked` is how they were narrowed, in
    the words of the page. Raises `NotTheirs`, `Invalid` and `Conflict` as `decide` does."""
    hold(review)
    if who.is_nobody:
        raise NotTheirs
    rows = rows.filter(pk__in=theirs(review, who).values("pk")).order_by()
    comment = checked(rows, decision, comment)
    keys = sorted(rows.exclude(decision=decision, comment=comment).values_list("pk", flat=True))
    made = _take(review, keys, Said(decision, comment, who.by, timezone.now()), who, asked)
    if len(keys) <= FEW:
        while write_some(made.pk):
            pass
        made.refresh_from_db()
    return made


def _take(
    review: Review, keys: Sequence[int], said: Said, who: Decider, asked: Mapping[str, str]
) -> BulkDecision:
    newest = ReviewDecision.objects.order_by("-pk").values_list("pk", flat=True).first()
    made: BulkDecision = BulkDecision.objects.create(
        review=review,
        decision=said.decision,
        comment=said.comment,
        asked={name: value for name, value in asked.items() if value},
        by=said.by,
        at=said.at,
        member=None if who.is_admin else who.member,
        chosen=packed(keys),
        after=newest or 0,
        total=len(keys),
    )
    told = {"decision": said.decision, "accounts": made.total, "asked": made.asked}
    Edit.note(KIND, review, MANY, said.by, after=told, comment=said.comment)
    return made


def packed(keys: Sequence[int]) -> bytes:
    return zlib.compress(array("q", keys).tobytes(), 1)


def unpacked(chosen: Any) -> Sequence[int]:
    return array("q", zlib.decompress(bytes(chosen)))


def waiting() -> list[int]:
    """Those under way, in the order in which they were taken."""
    rows = BulkDecision.objects.filter(state=BulkDecision.RUNNING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def write_some(pk: int) -> bool:
    """One batch; False when there is nothing left to do. The review's row is held first, as by
    every other act, so two workers take turns."""
    mine = BulkDecision.objects.filter(pk=pk, state=BulkDecision.RUNNING)
    review = Review.objects.select_for_update().filter(pk__in=mine.values("review")).first()
    bulk = mine.first() if review else None
    if review is None or bulk is None:
        return False
    if review.state != Review.OPEN:
        stop(review)
        return False
    keys = unpacked(bulk.chosen)[bulk.looked_at : bulk.looked_at + BATCH]
    bulk.decided += _written(bulk, keys)
    bulk.looked_at += len(keys)
    if bulk.looked_at >= bulk.total:
        bulk.state, bulk.ended_at = BulkDecision.DONE, timezone.now()
    bulk.save(update_fields=["decided", "looked_at", "state", "ended_at"])
    return bulk.state == BulkDecision.RUNNING


def _written(bulk: BulkDecision, keys: Sequence[int]) -> int:
    """Dated when it was taken, which is when a person decided it."""
    rows = ReviewItem.objects.filter(pk__in=keys)
    if bulk.member_id:
        rows = rows.filter(reviewer=bulk.member_id)
    rows = rows.exclude(pk__in=_meanwhile(bulk, keys))
    rows = rows.exclude(decision=bulk.decision, comment=bulk.comment)
    said = Said(bulk.decision, bulk.comment, bulk.by, bulk.at, bulk.pk)
    return write(list(rows.order_by("pk").values_list("pk", flat=True)), said)


def _meanwhile(bulk: BulkDecision, keys: Sequence[int]) -> list[int]:
    """Those decided on since by somebody, or by a later decision on many. One that was taken before
    and is written down only now was decided before."""
    later = ReviewDecision.objects.filter(item__in=keys, pk__gt=bulk.after, decision__gt="")
    by_whom = Q(bulk=None) | Q(bulk__gt=bulk.pk)
    return list(later.filter(by_whom).values_list("item", flat=True))


def stop(review: Review) -> None:
    """What is not written down yet stays undecided."""
    BulkDecision.objects.filter(review=review, state=BulkDecision.RUNNING).update(
        state=BulkDecision.STOPPED, ended_at=timezone.now()
    )
