"""Finding a review, a member and accounts by what a command line says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steward.cli.problems import Failed
from steward.inventory.member import Member
from steward.inventory.review import Review, ReviewItem

MOST = 2**63 - 1
Number = Annotated[
    int, typer.Argument(metavar="REVIEW", min=1, max=MOST, help="As `review list` shows.")
]
OfApplication = Annotated[
    int | None, typer.Option("--application", metavar="N", min=1, max=MOST, help="Of one.")
]
Reviewer = Annotated[str, typer.Option("--reviewer", metavar="EMAIL", help="Of one member.")]


Wait = Annotated[
    bool, typer.Option("--wait", help="Until a worker has done it, or do it here where none is.")
]


def member_of(email: str) -> Member:
    found = Member.objects.filter(email__iexact=email).first()
    if found is None:
        raise Failed(f"No member of Steward has the address {email}.")
    return found


def review_of(id: int) -> Review:
    found: Review | None = Review.objects.select_related("fallback").filter(pk=id).first()
    if found is None:
        raise Failed(f"There is no review {id}.")
    return found


def narrowed(review: Review, reviewer: str, application: int | None) -> Any:
    rows = ReviewItem.objects.filter(review=review)
    if reviewer:
        rows = rows.filter(reviewer=member_of(reviewer))
    return rows.filter(application=application) if application else rows
