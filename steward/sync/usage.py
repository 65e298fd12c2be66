"""Telling anew who uses which application, when accounts have changed.

What is soon told is told at the end of a sync; what concerns many accounts behind it, and the less
often the longer it takes. An application of many instances is told once for all of them. Everything
is counted from the days of activity that the database holds, so that whatever was told is right
again, however it came to be wrong.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Book, Instance
from steward.inventory.usage import EVERYWHERE, UseDue
from steward.sync.usage_days import count, forget
from steward.sync.usage_origin import Beginnings, application_origin, known_days
from steward.sync.usage_people import tell_everywhere, tell_part
from steward.sync.usage_values import tell_values
from steward.sync.writers.usage import parts_of

# Accounts of an application that is told at once, and applications that its instance may show.
SMALL, FEW = 2_000, 100
# Of the time that passes, this share may go into telling one book again and again.
SHARE = 0.05


def tell_if_small(book: int) -> None:
    """At the end of a sync, when it is known of which days the app has told. All instances of an
    application are told together: what counts is how large they are together."""
    if waiting().filter(pk=book).exists():
        applications = _applications(book)
        if _is_small(applications):
            _tell_applications(book, applications)
            _tell_everywhere_if_due()


def _is_small(applications: Collection[int]) -> bool:
    if len(applications) > FEW:
        return False
    books = Instance.objects.present().filter(application__in=applications).values("book")
    rows = Book.objects.filter(pk__in=books).aggregate(accounts=Sum("present"))
    return (rows["accounts"] or 0) <= SMALL


def tell_usage(book: int) -> None:
    """Of every application that the book is of, or shows."""
    _tell_applications(book, _applications(book))
    _tell_everywhere_if_due()


def _tell_applications(book: int, applications: Collection[int]) -> None:
    began, today, begins = timezone.now(), _today(), Beginnings()
    for application in applications:
        origin = application_origin(application)
        for part in parts_of(origin):
            tell_part(origin, part, today)
        if origin.books or origin.apps:
            count(application, known_days(origin, today, begins), today)
        else:
            forget(application)
    _note({book, *_told_with(applications)}, began)


def _applications(book: int) -> list[int]:
    own = Instance.objects.filter(book=book).exclude(application=None)
    shown = SeenApp.objects.filter(instance=book).exclude(application=None).order_by()
    numbers = {*own.values_list("application", flat=True)}
    return sorted(numbers | {*shown.values_list("application", flat=True).distinct()})


def _told_with(applications: Collection[int]) -> QuerySet[Instance, int]:
    """Books of these applications that show no other."""
    others = SeenApp.objects.filter(instance=OuterRef("book")).exclude(application=None)
    rows = Instance.objects.present().filter(application__in=applications)
    rows = rows.filter(~Exists(others.exclude(application__in=applications)))
    books: QuerySet[Instance, int] = rows.values_list("book", flat=True)
    return books


def _tell_everywhere_if_due() -> bool:
    due = _everywhere_is_due()
    if due:
        _tell_everywhere()
    return due


def _tell_everywhere() -> None:
    began, today = timezone.now(), _today()
    tell_values()
    tell_everywhere(today)
    count(EVERYWHERE, known_days(None, today), today)
    _note({EVERYWHERE}, began)


def _note(books: Collection[int], began: datetime) -> None:
    """What changed after it began may not be in what was told."""
    took = (timezone.now() - began).total_seconds()
    UseDue.objects.bulk_create(
        [UseDue(book=book, told_at=began, took=took) for book in sorted(books)],
        update_conflicts=True, unique_fields=["book"], update_fields=["told_at", "took"],
    )  # fmt: skip


def tell_again(people: Collection[int | None]) -> None:
    """Accounts have changed hands: what these people use is to be told anew."""
    books = Account.objects.filter(person__in=[p for p in people if p]).values("instance")
    UseDue.objects.filter(book__in=books).update(told_at=None)


def waiting() -> QuerySet[Book]:
    """Books whose accounts have changed since their usage was told, or that were told on another
    day: "the last 30 days" move with the days."""
    midnight = datetime.combine(_today(), datetime.min.time(), UTC)
    fresh = UseDue.objects.filter(
        book=OuterRef("pk"), told_at__gte=OuterRef("told_at")
    ).filter(told_at__gte=midnight)  # fmt: skip
    books: QuerySet[Book] = Book.objects.filter(closed_at=None, told_at__isnull=False)
    return books.filter(~Exists(fresh))


def is_waiting() -> bool:
    return bool(_due()) or _everywhere_is_due()


def tell_waiting() -> bool:
    """One of them; False when there is nothing to be done now."""
    for book in _due()[:1]:
        tell_usage(book)
        return True
    return _tell_everywhere_if_due()


def tell_everything() -> None:
    """Whatever is waiting, however long it takes."""
    for book in list(waiting().values_list("pk", flat=True)):
        _tell_applications(book, _applications(book))
    _tell_everywhere()


def _due() -> list[int]:
    """In turn, without those that took so long last time that they must wait."""
    known = list(waiting().order_by("told_at", "pk").values_list("pk", flat=True))
    rows = {due.book: due for due in UseDue.objects.filter(book__in=known)}
    return [book for book in known if _may(rows.get(book))]


def _may(due: UseDue | None) -> bool:
    if due is None or due.told_at is None:
        return True
    return bool(timezone.now() - due.told_at > timedelta(seconds=due.took / SHARE))


def _everywhere_is_due() -> bool:
    """Where any book was told to its end after everywhere was begun."""
    rows = UseDue.objects.exclude(told_at=None).values_list("book", "told_at", "took")
    ends = [at + timedelta(seconds=took) for book, at, took in rows if book != EVERYWHERE]
    due = UseDue.objects.filter(pk=EVERYWHERE).first()
    if not ends or not _may(due):
        return False
    return due is None or due.told_at is None or max(ends) > due.told_at


def _today() -> date:
    return datetime.now(UTC).date()
