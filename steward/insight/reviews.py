"""How far access reviews are, who is behind, and on which data they rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.db.models import Count, Exists, Min, OuterRef
from django.utils import timezone

from steward.insight.facts import Facts, moment_text
from steward.inventory import terms
from steward.inventory.edit import Edit
from steward.inventory.member import Member
from steward.inventory.review import Review, ReviewApplication, ReviewItem, ReviewSource

_Counts: TypeAlias = dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Progress:
    """Counts of accounts; `of` is the reviewer or application they are counted for."""

    total: int = 0
    keep: int = 0
    to_remove: int = 0
    of: str = ""
    key: int = 0
    is_active: bool = True

    @property
    def undecided(self) -> int:
        return self.total - self.keep - self.to_remove

    @property
    def percent(self) -> int:
        """Never 100 while anything is left."""
        return (self.total - self.undecided) * 100 // self.total if self.total else 0


@dataclass(frozen=True, kw_only=True)
class ReviewProgress(Progress):
    """Of a whole review."""

    review: Review
    applications: int = 0


def all_progress() -> list[ReviewProgress]:
    counts = _counts(ReviewItem.objects.all(), "review")
    apps = dict(ReviewApplication.objects.order_by().values_list("review").annotate(Count("pk")))
    return [
        ReviewProgress(**counts.get(r.pk, {}), review=r, applications=apps.get(r.pk, 0))
        for r in Review.objects.order_by("-pk")
    ]


def progress(review: Review) -> Progress:
    if review.state == Review.CLOSED and review.closed_at:
        return _at_the_end(review.pk, review.closed_at)
    return _progress(review.pk)


@lru_cache(maxsize=1_000)
def _at_the_end(review: int, closed_at: datetime) -> Progress:
    """What is closed stays as it was."""
    return _progress(review)


def _progress(review: int) -> Progress:
    found = _counts(ReviewItem.objects.filter(review=review), "review")
    return Progress(**found.get(review, {}))


@dataclass(frozen=True)
class HowFar:
    """A review as a whole, and whoever is furthest behind first."""

    whole: Progress
    by_reviewer: list[Progress]
    by_application: list[Progress]


def how_far(review: Review) -> HowFar:
    """Its items are counted once for all three."""
    items = ReviewItem.objects.filter(review=review)
    groups = list(_grouped(items, "reviewer", "application"))
    whole = _summed((review.pk, *rest) for _, _, *rest in groups)
    by_reviewer = _summed((reviewer, *rest) for reviewer, _, *rest in groups)
    by_application = _summed((application, *rest) for _, application, *rest in groups)
    return HowFar(
        Progress(**whole.get(review.pk, {})),
        _of_reviewers(by_reviewer),
        _of_applications(review, by_application),
    )


def _of_reviewers(counts: _Counts) -> list[Progress]:
    members = Member.objects.in_bulk(list(counts))
    rows = [
        Progress(**found, of=members[pk].email, key=pk, is_active=members[pk].is_active)
        for pk, found in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.undecided, row.of))


def _of_applications(review: Review, counts: _Counts) -> list[Progress]:
    names = dict(review.sources.values_list("application", "application_name"))
    rows = [Progress(**found, of=names.get(pk, "–"), key=pk) for pk, found in counts.items()]
    return sorted(rows, key=lambda row: (-row.undecided, row.of.casefold()))


def _counts(rows: Any, by: str) -> _Counts:
    return _summed(_grouped(rows, by))


def _grouped(rows: Any, *by: str) -> Iterable[Any]:
    """What they are grouped by, then the decision and how many."""
    groups: Iterable[Any] = rows.order_by().values_list(*by, "decision").annotate(n=Count("pk"))
    return groups


def _summed(groups: Iterable[Any]) -> _Counts:
    found: _Counts = defaultdict(lambda: {"total": 0, "keep": 0, "to_remove": 0})
    names = {ReviewItem.KEEP: "keep", ReviewItem.REMOVE: "to_remove"}
    for key, decision, count in groups:
        found[key]["total"] += count
        if decision:
            found[key][names[decision]] += count
    return dict(found)


def reviewers() -> list[tuple[int, str]]:
    """Members are few, and items may be a million."""
    asked = Exists(ReviewItem.objects.filter(reviewer=OuterRef("pk")))
    return list(Member.objects.filter(asked).order_by("email").values_list("pk", "email"))


def applications() -> list[tuple[int, str]]:
    rows = ReviewSource.objects.order_by("application_name").distinct()
    return list(rows.values_list("application", "application_name"))


def told_when(review: int) -> str:
    """On which data the accounts of a review rest."""
    rows = ReviewSource.objects.filter(review=review)
    oldest = rows.aggregate(oldest=Min("read_at"))["oldest"]
    count = rows.count()
    if not count:
        return "No review has begun yet."
    said = f"From {count} instance{'' if count == 1 else 's'}, as the review began"
    return f"{said}; the oldest had been read {_when(oldest)}." if oldest else f"{said}."


def _when(moment: Any) -> str:
    return f"on {moment:%-d %B %Y at %H:%M} UTC"


def missing(source: ReviewSource) -> str:
    """What was not known of an instance, in sentences."""
    said = []
    if source.read_at is None:
        said.append("It had not been read whole.")
    if not source.tells_activity:
        said.append("It does not tell when accounts were used.")
    elif source.activity_from is None:
        said.append("It tells when accounts were used last, and not on which days.")
    elif source.review.started_at:
        began = source.review.started_at.date()
        if (began - source.activity_from).days + 1 < source.review.days:
            said.append(f"Use is known from {source.activity_from:%-d %B %Y} on alone.")
    if source.removals_held:
        said.append(f"{source.removals_held} removals were held.")
    return " ".join(said)


@dataclass(frozen=True)
class Waiting:
    """Accounts of an open review that wait for one member."""

    review: Review
    count: int

    @property
    def is_overdue(self) -> bool:
        return bool(self.review.due_on < terms.today())


def waiting_for(member: Member) -> list[Waiting]:
    rows = ReviewItem.objects.filter(
        reviewer=member, decision=ReviewItem.UNDECIDED, review__state=Review.OPEN
    )
    counts = dict(rows.order_by().values_list("review").annotate(Count("pk")))
    found = Review.objects.filter(pk__in=list(counts)).order_by("due_on", "pk")
    return [Waiting(review, counts[review.pk]) for review in found]


def overdue(today: date | None = None) -> list[Review]:
    rows = Review.objects.filter(state=Review.OPEN, due_on__lt=today or timezone.now().date())
    return list(rows.order_by("due_on", "pk"))


def edits_of(review: Review) -> Any:
    return Edit.objects.filter(kind="review", object=review.pk).order_by("-pk")


def facts_of_all(rows: Iterable[Review]) -> Iterable[Facts]:
    return [facts_of(row) for row in rows]


def facts_of(review: Review) -> Facts:
    done = progress(review)
    return {
        "id": review.pk,
        "name": review.name,
        "description": review.description,
        "state": review.state,
        "due_on": review.due_on.isoformat(),
        "days": review.days,
        "fallback": review.fallback.email,
        "applications": _applications_of(review),
        "created_by": review.made_by,
        "created_at": moment_text(review.created_at),
        "started_at": moment_text(review.started_at),
        "closed_at": moment_text(review.closed_at),
        "closed_by": review.closed_by or None,
        "sha256": review.digest or None,
        "sealed": review.sealed if review.state == Review.CLOSING else None,
        "items": done.total,
        "undecided": done.undecided,
        "keep": done.keep,
        "remove": done.to_remove,
    }


def _applications_of(review: Review) -> Sequence[Facts]:
    emails = dict(Member.objects.values_list("pk", "email"))
    return [
        {
            "application": one.application_id,
            "reviewers": one.way,
            "members": [emails[pk] for pk in one.members if pk in emails],
        }
        for one in review.applications.order_by("pk")
    ]


def item_facts_of(items: Iterable[ReviewItem]) -> Iterable[Facts]:
    """Of rows whose `source` is joined."""
    return [
        {
            "id": item.pk,
            "review": item.review_id,
            "application": item.application_id,
            "application_name": item.source.application_name,
            "instance": item.source.instance_id,
            "instance_name": item.source.instance_name,
            "read_at": moment_text(item.read_at),
            "account": item.account_id,
            "external_id": item.external_id,
            "name": item.name,
            "email": item.email,
            "username": item.username,
            "kind": item.kind,
            "status": item.status,
            "role": item.role,
            "holds_seat": item.holds_seat,
            "last_active_at": moment_text(item.last_active),
            "days_active": item.days_active,
            "activity_told_by": item.active_told or None,
            "person": item.person_id,
            "person_name": item.person_name,
            "department": item.department,
            "standing": item.standing or None,
            "reviewer": item.reviewer_email,
            "decision": item.decision or None,
            "comment": item.comment,
            "decided_by": item.decided_by or None,
            "decided_at": moment_text(item.decided_at),
        }
        for item in items
    ]
