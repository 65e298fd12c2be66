"""Mails of access reviews: to reviewers when accounts wait for them, 7 days and 1 day before the
review is due and when it is overdue; to whoever made it when it is overdue and when all is decided.

That a mail was written is a row, written with it under a lock on the review: once each, however
many workers look. Whoever is given accounts later is told that they wait, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from steward.inventory import terms
from steward.inventory.edit import Edit
from steward.inventory.mail import Mail
from steward.inventory.member import Member, Role
from steward.inventory.problems import Conflict
from steward.inventory.review import BulkDecision, Review, ReviewItem, ReviewReminder

BEFORE = {ReviewReminder.WEEK: 7, ReviewReminder.DAY: 1}
REMINDED = "reminded"
# Whoever presses a button twice means one mail.
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Letter:
    """`day` is the one that it is about."""

    kind: str
    day: date
    to: str
    subject: str
    body: str

    @property
    def key(self) -> tuple[str, date, str]:
        return (self.kind, self.day, self.to)


def write_review_mails(today: date | None = None) -> int:
    """How many mails were written."""
    today = today or terms.today()
    return sum(_tell(pk, today) for pk in waiting(today))


def waiting(today: date | None = None) -> list[int]:
    """The reviews of which something is to be told. While a decision on many accounts is written
    down, who has what left is not known."""
    today = today or terms.today()
    deciding = BulkDecision.objects.filter(state=BulkDecision.RUNNING).values("review")
    rows = Review.objects.filter(state=Review.OPEN).exclude(pk__in=deciding).order_by("pk")
    return [row.pk for row in rows if _untold(row, today)]


def _untold(review: Review, today: date) -> list[Letter]:
    told = set(review.reminders.values_list("kind", "day", "to"))
    return [letter for letter in _letters(review, today) if letter.key not in told]


@transaction.atomic
def _tell(pk: int, today: date) -> int:
    review = Review.objects.select_for_update().filter(pk=pk, state=Review.OPEN).first()
    return _write(review, _untold(review, today)) if review else 0


def _write(review: Review, letters: Sequence[Letter]) -> int:
    ReviewReminder.objects.bulk_create(
        ReviewReminder(review=review, kind=one.kind, day=one.day, to=one.to) for one in letters
    )
    Mail.objects.bulk_create(Mail(to=one.to, subject=one.subject, body=one.body) for one in letters)
    return len(letters)


def _letters(review: Review, today: date) -> list[Letter]:
    """All that is to be told by today, told before or not."""
    left = _left(review)
    if not left:
        has_any = ReviewItem.objects.filter(review=review).exists()
        return [_all_decided(review, to) for to in _makers(review)] if has_any else []
    began = review.started_at.date()  # type: ignore[union-attr]
    asked = [one for one in left if one.is_active]
    found = [_begun(review, one, began) for one in asked]
    if kind := _kind(review, began, today):
        found += [_due(review, one, kind, today) for one in asked]
    if kind == ReviewReminder.OVERDUE:
        mine = {one.email for one in asked}
        found += [_behind(review, to, left) for to in _makers(review) if to not in mine]
    return found


def _kind(review: Review, began: date, today: date) -> str:
    """Of the days before, only the nearest counts, and none that had passed when it began."""
    if today > review.due_on:
        return ReviewReminder.OVERDUE
    passed = {k: review.due_on - timedelta(days=n) for k, n in BEFORE.items()}
    past = [kind for kind, since in passed.items() if began < since <= today]
    return past[-1] if past else ""


@dataclass(frozen=True)
class Left:
    """A reviewer, and how many accounts wait for them. Who is switched off gets no mail."""

    member: int
    email: str
    count: int
    is_active: bool


def _left(review: Review) -> list[Left]:
    rows = ReviewItem.objects.filter(review=review, decision=ReviewItem.UNDECIDED).order_by()
    counts = dict(rows.values_list("reviewer").annotate(Count("pk")))
    members = Member.objects.filter(pk__in=list(counts)).order_by("email")
    return [Left(m.pk, m.email, counts[m.pk], m.is_active) for m in members]


def _makers(review: Review) -> list[str]:
    """Whoever made it; all admins where that is nobody who is still there."""
    maker = review.created_by
    if maker and maker.is_active:
        return [maker.email]
    admins = Member.objects.filter(role=Role.ADMIN, is_active=True)
    return list(admins.order_by("email").values_list("email", flat=True))


@transaction.atomic
def remind_now(review: Review, *, by: str, only: Member | None = None) -> int:
    """All who have something left, or one of them. How many mails; whoever was reminded a few
    minutes ago is left in peace. Raises `Conflict` where the review is not open."""
    now = Review.objects.select_for_update().get(pk=review.pk)
    if now.state != Review.OPEN:
        said = now.get_state_display().lower()  # type: ignore[attr-defined]
        raise Conflict(f"{now} is {said}, so nobody is reminded.", now.state)
    left = [one for one in _left(now) if only is None or one.member == only.pk]
    lately = now.reminders.filter(kind=ReviewReminder.NOW, at__gt=timezone.now() - PATIENCE)
    spared = set(lately.values_list("to", flat=True))
    letters = [_now(now, one) for one in left if one.is_active and one.email not in spared]
    if letters:
        Edit.note("review", now, REMINDED, by, after={"to": [one.to for one in letters]})
    return _write(now, letters)


def _begun(review: Review, one: Left, began: date) -> Letter:
    subject = f"{_name(review)}: {_accounts(one.count)} for you to review"
    return Letter(ReviewReminder.STARTED, began, one.email, subject, _body(review, one))


def _due(review: Review, one: Left, kind: str, today: date) -> Letter:
    days = (review.due_on - today).days
    when = "is overdue" if days < 0 else "is due today" if not days else f"is due in {days} days"
    when = "is due tomorrow" if days == 1 else when
    subject = f"{_name(review)} {when}: {_accounts(one.count)} left"
    return Letter(kind, review.due_on, one.email, subject, _body(review, one))


def _now(review: Review, one: Left) -> Letter:
    subject = f"{_name(review)}: {_accounts(one.count)} left for you to review"
    return Letter(ReviewReminder.NOW, review.due_on, one.email, subject, _body(review, one))


def _body(review: Review, one: Left) -> str:
    waits = "waits" if one.count == 1 else "wait"
    said = f"{_accounts(one.count).capitalize()} {waits} for your decision in the access review"
    parts = [
        f"{said} “{_name(review)}”: keep or remove. Its use stands beside each.",
        f"It is due on {review.due_on:%-d %B %Y}.",
        review.description.strip(),
        _address(f"{review.pk}/items/?reviewer={one.member}&decision=undecided"),
    ]
    return _signed(parts)


def _behind(review: Review, to: str, left: Sequence[Left]) -> Letter:
    lines = "\n".join(f"  {one.email}: {one.count:,}" for one in left)
    said = f"The access review “{_name(review)}” was due on {review.due_on:%-d %B %Y}. It waits for"
    where = "There you can remind them, give their accounts to somebody else, or close it."
    parts = [f"{said}:\n\n{lines}", where, _address(f"{review.pk}/")]
    subject = f"{_name(review)} is overdue"
    return Letter(ReviewReminder.OVERDUE, review.due_on, to, subject, _signed(parts))


def _all_decided(review: Review, to: str) -> Letter:
    said = f"Every account of the access review “{_name(review)}” is decided."
    parts = [said, "Close it, and its evidence is final.", _address(f"{review.pk}/")]
    began = review.started_at.date()  # type: ignore[union-attr]
    subject = f"{_name(review)}: all is decided"
    return Letter(ReviewReminder.DECIDED, began, to, subject, _signed(parts))


def _name(review: Review) -> str:
    return " ".join(review.name.split())


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"


def _address(path: str) -> str:
    return f"{settings.STEWARD_BASE_URL}/secure/reviews/{path}"


def _signed(parts: Iterable[str]) -> str:
    return "\n\n".join([*filter(None, parts), "— Steward"])
