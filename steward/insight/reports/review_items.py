"""The accounts of access reviews: what was known of each, who decides, and what was decided; what
is to be removed, and whether it still is there; and all reviews, with how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, TextField, Value, When

from steward.insight import reviews
from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.listed import Listed, Row
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.account import Account
from steward.inventory.person import Person
from steward.inventory.review import Review, ReviewItem

LATEST = "latest"
DECISIONS = (("undecided", "Undecided"), *ReviewItem.DECISIONS)
USED = (("no", "Not active in the period"), ("yes", "Active"), ("unknown", "Not known"))
NOW = (
    ("there", "Still works"),
    ("disabled", "Disabled"),
    ("removed", "Removed"),
    ("unknown", "Not known any more"),
)
STANDINGS = (("left", "Has left"), ("here", "Works here"), ("away", "Suspended"), ("none", "–"))
STANDING = Case(
    When(standing=Person.LEFT, then=Value("has left")),
    When(standing=Person.HERE, then=Value("works here")),
    When(standing=Person.AWAY, then=Value("suspended")),
    default=Value(""),
    output_field=TextField(),
)


def review_filter() -> Filter:
    """One at a time, as no index sorts those of all."""
    return Filter("review", "Review", "choice", LATEST, choices=_reviews)


def _reviews() -> Sequence[tuple[str, str]]:
    rows = Review.objects.exclude(started_at=None).order_by("-pk")
    named = [(str(pk), name) for pk, name in rows.values_list("pk", "name")]
    return [(LATEST, "The latest"), *named]


def _asked(question: Question) -> int:
    """0 where there is none yet."""
    if question["review"] == LATEST:
        rows = Review.objects.exclude(started_at=None).order_by("-pk")
        return rows.values_list("pk", flat=True).first() or 0
    return int(question["review"])


def _reviewers() -> Sequence[tuple[str, str]]:
    return [(str(pk), email) for pk, email in reviews.reviewers()]


def _applications() -> Sequence[tuple[str, str]]:
    return [(str(pk), name) for pk, name in reviews.applications()]


def narrowed(question: Question) -> Any:
    rows = ReviewItem.objects.filter(review=_asked(question))
    if question["reviewer"]:
        rows = rows.filter(reviewer=int(question["reviewer"]))
    if question["application"]:
        rows = rows.filter(application=int(question["application"]))
    if question["decision"]:
        decision = question["decision"]
        rows = rows.filter(decision="" if decision == "undecided" else decision)
    if question["standing"]:
        standing = question["standing"]
        rows = rows.filter(standing="" if standing == "none" else standing)
    if question["used"]:
        rows = rows.filter(_USED[question["used"]])
    if text := question["q"]:
        said = Q(name__icontains=text) | Q(email__icontains=text) | Q(username__icontains=text)
        rows = rows.filter(said | Q(person_name__icontains=text) | Q(role__icontains=text))
    return rows


# Where only the last time is told, it lies within the period.
_LAST_ONLY = Q(days_active=None, last_active__isnull=False)
_USED = {
    "no": Q(days_active=0),
    "yes": Q(days_active__gt=0) | _LAST_ONLY,
    "unknown": Q(days_active=None, last_active=None),
}


def _named(rows: Any) -> Any:
    """With what the columns show."""
    seen = Account.objects.present().filter(pk=OuterRef("account"))
    known = Case(When(Exists(seen), then=F("account")), default=None)
    return rows.annotate(
        item_id_=F("pk"),
        account_id_=known,
        person_id_=F("person"),
        review_id_=F("review"),
        review_name=F("review__name"),
        app=F("source__application_name"),
        instance=F("source__instance_name"),
        person_standing=STANDING,
    )


def _items(question: Question) -> Sequence[Any]:
    return [_named(narrowed(question))]


def _provenance(question: Question) -> Provenance:
    return Provenance((), None, None, said=reviews.told_when(_asked(question)))


_WHAT = (
    Column("name", "Account", link="account", link_by="account_id_"),
    Column("email", "E-mail", aside=True),
    Column("app", "Application"),
    Column("instance", "Instance", aside=True),
    Column("person_name", "Person", link="person", link_by="person_id_"),
    Column("department", "Department", aside=True),
    Column("person_standing", "Who"),
    Column("username", "User name", aside=True),
    Column("kind", "Kind", aside=True),
    Column("status", "Status"),
    Column("role", "Role"),
    Column("holds_seat", "Paid seat", "bool", aside=True),
    Column("last_active", "Last active", "moment"),
    Column("days_active", "Days active", "number"),
    Column("active_told", "Activity told by", aside=True),
    Column("read_at", "Read", "moment", aside=True),
)
_HIDDEN = (
    Column("item_id_", "Item number", "id", hidden=True),
    Column("account_id_", "Account number", "id", hidden=True),
    Column("person_id_", "Person number", "id", hidden=True),
    Column("review_id_", "Review number", "id", hidden=True),
)
_FILTERS = (
    Filter("reviewer", "Reviewer", "choice", choices=_reviewers),
    Filter("application", "Application", "choice", choices=_applications),
    Filter("decision", "Decision", "choice", choices=lambda: DECISIONS),
    Filter("used", "Use", "choice", choices=lambda: USED),
    Filter("standing", "Who", "choice", choices=lambda: STANDINGS),
    Filter("q", "Name, e-mail or role"),
)

ITEMS = Report(
    slug="review-items",
    title="Accounts under review",
    description="Each account of the access reviews as it was when the review began, who is to "
    "decide on it, and what was decided. Days active are those of the review's period; where "
    "nobody tells, there is none.",
    columns=(
        *_WHAT,
        Column("reviewer_email", "Reviewer"),
        Column("decision", "Decision"),
        Column("comment", "Comment"),
        Column("decided_by", "Decided by"),
        Column("decided_at", "Decided", "moment"),
        Column("review_name", "Review", link="review", link_by="review_id_", aside=True),
        *_HIDDEN,
    ),
    parts=_items,
    counted=narrowed,
    provenance=_provenance,
    order=("name", "pk"),
    filters=(review_filter(), *_FILTERS),
    has_past=False,
    keyed=True,
    empty="No account was reviewed yet.",
)


def _removals(question: Question) -> Sequence[Any]:
    asked = Question({**question.filters, "decision": ReviewItem.REMOVE})
    account = Account.objects.present().filter(pk=OuterRef("account"))
    rows = _named(narrowed(asked)).annotate(
        is_now=Subquery(account.values("status")[:1]),
        removed_at=Subquery(account.values("removed_at")[:1]),
    )
    rows = rows.annotate(
        now=Case(
            When(is_now=Account.ACTIVE, then=Value("still works")),
            When(is_now=Account.DISABLED, then=Value("disabled")),
            When(is_now=Account.REMOVED, then=Value("removed")),
            default=Value("not known any more"),
            output_field=TextField(),
        )
    )
    if question["now"]:
        rows = rows.filter(now=_NOW[question["now"]])
    return [rows]


_NOW = {
    "there": "still works",
    "disabled": "disabled",
    "removed": "removed",
    "unknown": "not known any more",
}

REMOVALS = Report(
    slug="review-removals",
    title="Accounts to be removed",
    description="What access reviews have decided to remove, and whether the account is still "
    "there by what Steward has read since. Steward takes nothing away itself.",
    columns=(
        *_WHAT[:5],
        Column("external_id", "Number in the app"),
        Column("now", "Now"),
        Column("removed_at", "Seen to be gone", "moment"),
        Column("role", "Role"),
        Column("decided_by", "Decided by"),
        Column("decided_at", "Decided", "moment"),
        Column("comment", "Comment"),
        Column("review_name", "Review", link="review", link_by="review_id_", aside=True),
        *_HIDDEN,
    ),
    parts=_removals,
    provenance=_provenance,
    order=("name", "pk"),
    filters=(
        review_filter(),
        *_FILTERS[:2],
        Filter("now", "Now", "choice", choices=lambda: NOW),
        Filter("q", "Name, e-mail or role"),
    ),
    has_past=False,
    empty="Nothing is to be removed.",
)


def _all(question: Question) -> Sequence[Row]:
    return [
        {
            "name": row.review.name,
            "state": row.review.get_state_display(),  # type: ignore[attr-defined]
            "due_on": row.review.due_on,
            "applications": row.applications,
            "items": row.total,
            "undecided": row.undecided,
            "to_remove": row.to_remove,
            "done": row.percent,
            "started_at": row.review.started_at,
            "closed_at": row.review.closed_at,
            "review_id_": row.review.pk,
        }
        for row in reviews.all_progress()
        if question["state"] in ("", row.review.state)
    ]


def _how_many(question: Question) -> int:
    state = question["state"]
    return (Review.objects.filter(state=state) if state else Review.objects.all()).count()


REVIEWS = Listed(
    slug="access-reviews",
    title="Access reviews",
    description="Every review of who has access to what, and how far it is.",
    columns=(
        Column("name", "Review", link="review", link_by="review_id_"),
        Column("state", "State"),
        Column("due_on", "Due", "date"),
        Column("applications", "Applications", "number"),
        Column("items", "Accounts", "number"),
        Column("undecided", "Undecided", "number"),
        Column("to_remove", "To remove", "number"),
        Column("done", "Decided", "percent"),
        Column("started_at", "Started", "moment", aside=True),
        Column("closed_at", "Closed", "moment", aside=True),
        Column("review_id_", "Review number", "id", hidden=True),
    ),
    made=_all,
    length=_how_many,
    provenance=lambda question: Provenance((), None, None, said="As entered here."),
    order=("-review_id_",),
    filters=(Filter("state", "State", "choice", choices=lambda: Review.STATES),),
    empty="No access review yet.",
)
REPORTS = (REVIEWS, ITEMS, REMOVALS)
