"""The evidence of an access review: who decided what when, on which data, account by account.

The CSV is the evidence; its SHA-256 is kept when the review is closed, and whoever has the file
compares the two by themselves (`sha256sum FILE`). So its columns and how they are written never
change: what is new comes in a file of its own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db.models import Q

from steward.insight import exports, reviews
from steward.insight.facts import moment_text
from steward.insight.formats import FORMATS, Format
from steward.insight.paper import paper
from steward.insight.printed import MOST_ROWS, printed
from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter
from steward.insight.reports.results import Result
from steward.inventory.company import Company
from steward.inventory.review import Review, ReviewDecision, ReviewItem

BATCH = 2_000

COLUMNS = (
    Column("item", "Item", "number"),
    Column("application", "Application"),
    Column("instance", "Instance"),
    Column("read_at", "Data read", "moment"),
    Column("external_id", "Number in the app"),
    Column("account", "Account"),
    Column("email", "E-mail"),
    Column("username", "User name"),
    Column("kind", "Kind"),
    Column("status", "Status"),
    Column("role", "Role"),
    Column("holds_seat", "Paid seat", "bool"),
    Column("last_active", "Last active", "moment"),
    Column("days_active", "Days active", "number"),
    Column("active_told", "Activity told by"),
    Column("person", "Person"),
    Column("department", "Department"),
    Column("standing", "Standing"),
    Column("reviewer", "Reviewer"),
    Column("decision", "Decision"),
    Column("comment", "Comment"),
    Column("decided_by", "Decided by"),
    Column("decided_at", "Decided at", "moment"),
    Column("before", "Before that"),
)
_ON_PAPER = (
    "application", "account", "email", "role", "status", "standing", "last_active", "days_active",
    "read_at", "decision", "decided_by", "decided_at", "comment",
)  # fmt: skip
_STANDINGS = {"left": "has left", "here": "works here", "away": "suspended"}


class EvidenceResult(Result):
    report: _Evidence

    def _count(self) -> int:
        return int(self._items.count())

    @property
    def _items(self) -> Any:
        return ReviewItem.objects.filter(review=int(self.question["review"]))

    def page(self, offset: int, limit: int) -> list[dict[str, Any]]:
        return list(self.records(offset, limit))

    def _read(
        self, names: Sequence[str], offset: int = 0, limit: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        done = 0
        for batch in self._batches(offset, limit):
            before = _before(batch)
            for item in batch:
                record = _record(item, before.get(item.pk, ""))
                yield tuple(record[name] for name in names)
            done += len(batch)
            self.report.told(done)

    def _batches(self, offset: int, limit: int | None) -> Iterator[list[ReviewItem]]:
        """Each is a question of its own, so that nothing is held open while they are read."""
        rows = self._items.select_related("source").order_by("pk")
        left = self._count() if limit is None else limit
        batch = list(rows[offset : offset + min(BATCH, left)])
        while batch:
            yield batch
            left -= len(batch)
            batch = list(rows.filter(pk__gt=batch[-1].pk)[: min(BATCH, left)])


def _record(item: ReviewItem, before: str) -> dict[str, Any]:
    return {
        "item": item.pk,
        "application": item.source.application_name,
        "instance": item.source.instance_name,
        "read_at": item.read_at,
        "external_id": item.external_id,
        "account": item.name,
        "email": item.email,
        "username": item.username,
        "kind": item.kind,
        "status": item.status,
        "role": item.role,
        "holds_seat": item.holds_seat,
        "last_active": item.last_active,
        "days_active": item.days_active,
        "active_told": item.active_told,
        "person": item.person_name,
        "department": item.department,
        "standing": _STANDINGS.get(item.standing, ""),
        "reviewer": item.reviewer_email,
        "decision": item.decision or "undecided",
        "comment": item.comment,
        "decided_by": item.decided_by,
        "decided_at": item.decided_at,
        "before": before,
    }


def _before(items: Sequence[ReviewItem]) -> dict[int, str]:
    """All that was said of an item but the decision that stands, in the order of time. Most have
    nothing of the kind, and their histories are not read."""
    lines: dict[int, list[str]] = defaultdict(list)
    again = Q(item__in=[item.pk for item in items if item.times > 1])
    given_over = Q(item__in=[item.pk for item in items], reviewer__gt="")
    rows = ReviewDecision.objects.filter(again | given_over).order_by("pk")
    last = {row.item_id: row.pk for row in rows if row.decision}
    for row in rows:
        if last.get(row.item_id) != row.pk:
            lines[row.item_id].append(_said(row))
    return {item: "; ".join(said) for item, said in lines.items()}


def _said(row: ReviewDecision) -> str:
    what = row.decision or f"given to {row.reviewer}"
    comment = f" ({row.comment})" if row.comment else ""
    return f"{what} by {row.by} at {moment_text(row.at)}{comment}"


def _nobody(done: int) -> None:
    """Where nobody waits to hear how far it is."""


@dataclass(frozen=True, kw_only=True)
class _Evidence(Report):
    """`told` hears how many accounts have been read."""

    answer: ClassVar[type[Result]] = EvidenceResult
    told: Callable[[int], Any] = _nobody


def result_of(review: Review, told: Callable[[int], Any] = _nobody) -> Result:
    """Its rows as any report's, for every kind of file."""
    said = reviews.told_when(review.pk)
    report = _Evidence(
        slug="evidence",
        title=f"Access review: {review.name}",
        description=_state(review),
        columns=COLUMNS,
        parts=lambda question: (),
        provenance=lambda question: Provenance((), None, None, said=said),
        order=("item",),
        filters=(Filter("review", "Review"),),
        has_past=False,
        told=told,
    )
    return report.run({"review": str(review.pk)})


def _state(review: Review) -> str:
    if review.state in (Review.CLOSED, Review.CLOSING):
        digest = review.digest or "it is being worked out."
        return (
            f"Closed on {review.closed_at:%-d %B %Y at %H:%M} UTC by {review.closed_by}. "
            f"SHA-256 of the evidence as CSV: {digest}"
        )
    word = review.get_state_display().lower()  # type: ignore[attr-defined]
    return f"This review is {word}: what is here is not final."


def csv(review: Review) -> Iterator[bytes]:
    return exports.csv(result_of(review))


def digest(review: Review, told: Callable[[int], Any] = _nobody) -> str:
    """SHA-256 of the CSV, byte for byte, in hexadecimal."""
    found = hashlib.sha256()
    for part in exports.csv(result_of(review, told)):
        found.update(part)
    return found.hexdigest()


def is_intact(review: Review) -> bool | None:
    """Whether the evidence is still what it was when it was closed; None where it is not."""
    return digest(review) == review.digest if review.digest else None


def pdf_of(review: Review) -> Iterator[bytes]:
    """With a cover; at most `MOST_ROWS` accounts, and says so where there are more."""
    result, how_far = result_of(review), reviews.how_far(review)
    columns = [c for c in COLUMNS if c.name in _ON_PAPER]
    currency = Company.get().currency
    rows = result.page(0, MOST_ROWS)
    facts = {
        "review": review,
        "title": result.report.title,
        "state": _state(review),
        "intact": is_intact(review),
        "progress": how_far.whole,
        "by_reviewer": how_far.by_reviewer,
        "by_application": how_far.by_application,
        "sources": [(s, reviews.missing(s)) for s in sources_of(review)],
        "edits": list(reviews.edits_of(review).order_by("pk")),
        "columns": columns,
        "rows": [[printed(column, row, currency) for column in columns] for row in rows],
        "left_out": max(how_far.whole.total - MOST_ROWS, 0),
    }
    return iter([paper("print/evidence.html", facts)])


def sources_of(review: Review) -> Any:
    rows = review.sources.select_related("review")
    return rows.order_by("application_name", "instance_name")


def file_of(review: Review, format: str) -> tuple[Format, Iterator[bytes]]:
    """Raises `BadRequest` where this machine cannot make a PDF."""
    file = FORMATS[format]
    if format == "pdf":
        file = replace(file, write=lambda result: pdf_of(review))
    return file, file.write(result_of(review))
