"""Closing an access review: the act and the evidence that it seals, in one transaction."""

from __future__ import annotations

from steward.insight import evidence
from steward.inventory.review import Review
from steward.ledger import reviews


def close(review: Review, *, by: str, even_undecided: bool = False) -> None:
    """Raises `Invalid` where something is undecided and that was not asked for, `Conflict` where
    the review is not open."""
    reviews.close(review, by=by, seal=evidence.digest, even_undecided=even_undecided)
