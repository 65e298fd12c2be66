"""Closing an access review, which seals its evidence. The act is done at once; the evidence of many
accounts is read behind by a worker. Nothing of the review changes meanwhile, so that whoever
begins again after a crash reads the same bytes, and one conditional update ends it once.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.insight import evidence
from steward.inventory.review import Review, ReviewItem
from steward.inventory.worker import FRESH, Worker
from steward.ledger import reviews
from steward.work.naming import name

# The evidence of so few is read at once; of more by a worker.
FEW = 2_000


@transaction.atomic
def close(review: Review, *, by: str, even_undecided: bool = False) -> None:
    """Raises `Invalid` where something is undecided and that was not asked for, `Conflict` where
    the review is not open. It is `closing` after that where a worker has to read the evidence."""
    behind = ReviewItem.objects.filter(review=review).count() > FEW
    reviews.close(review, by=by, behind=behind, even_undecided=even_undecided)
    if not behind:
        reviews.seal(review, evidence.digest(review))
    review.refresh_from_db()


def waiting() -> list[int]:
    rows = Review.objects.filter(state=Review.CLOSING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def seal(pk: int) -> bool:
    """False where another worker that lives is at it, or has done it."""
    closing = Review.objects.filter(pk=pk, state=Review.CLOSING)
    alive = Worker.objects.filter(heartbeat_at__gt=timezone.now() - FRESH)
    others = Q(sealer__in=alive.exclude(pk=name()).values("pk"))
    if not closing.exclude(others).update(sealer=name(), sealed=0):
        return False
    mine = closing.filter(sealer=name())
    review = Review.objects.get(pk=pk)
    return reviews.seal(review, evidence.digest(review, lambda done: mine.update(sealed=done)))
