"""Counting again what pages show of people and applications, when accounts have changed.

A book is marked as untold in the transaction in which its accounts begin to change. Whoever has
changed them tells them anew at the end; what a worker that died has left is told by another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from steward.inventory.account import Account, ActiveDays
from steward.inventory.application import Application
from steward.inventory.directory import directories
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import RECENT, SIGNED_IN, Book
from steward.inventory.run import OPEN, Run
from steward.sync import usage
from steward.sync.writers import tallies
from steward.sync.writers.sql import chunks

# What "within 30 days" counts moves with the days, also where nothing is read.
OLD = timedelta(hours=24)


def tell(
    book: int,
    between: Callable[[], Any] = lambda: None,
    only: Collection[int] | None = None,
) -> None:
    """Everything that hangs on the book, or what hangs on these accounts of it. `between` is called
    after each part: a large book takes some seconds, and a worker has to be heard of. Where
    somebody is in the way, or accounts change meanwhile, the book stays untold and is told in a
    moment."""
    changes = Book.objects.filter(pk=book).values_list("changes", flat=True).first()
    try:
        _tell_people_of(book, between, only)
    except OperationalError as error:
        if not tallies.is_in_the_way(error):
            raise
        return
    with transaction.atomic():
        _tell_applications(book)
        rows = Book.objects.filter(pk=book)
        rows.update(**_counted(book), told_at=timezone.now())
        rows.filter(changes=changes).update(untold=False)


def _tell_people_of(book: int, between: Callable[[], Any], only: Collection[int] | None) -> None:
    places = directories()
    parts = tallies.parts_of(book) if only is None else chunks(sorted(only))
    for part in parts:
        tallies.tell_part(book, part, places)
        between()


def tell_if_untold(book: int) -> None:
    if Book.objects.filter(pk=book, untold=True).exists():
        tell(book)


def tell_waiting() -> bool:
    """One of the books that no run is about to tell; False when there is none."""
    book = waiting().order_by("pk").first()
    if book is not None:
        tell(book.pk)
    return book is not None


def tell_people(people: Collection[int | None]) -> None:
    """In the transaction that has given them accounts or taken some from them."""
    tallies.tell_people(sorted(number for number in people if number), directories())
    usage.tell_again(people)


def waiting() -> QuerySet[Book]:
    """Books to be told that no run is about to tell; a closed one is told when it is purged."""
    due = Q(untold=True) | Q(told_at__lt=timezone.now() - OLD)
    read = Run.objects.filter(state__in=OPEN).values("book")
    books: QuerySet[Book] = Book.objects.filter(due, closed_at=None)
    return books.exclude(pk__in=read)


def _counted(book: int) -> dict[str, Any]:
    since = timezone.now() - RECENT
    rows = Account.objects.filter(instance=book).exclude(status=Account.REMOVED)
    found = rows.aggregate(
        present=Count("pk"),
        live=Count("pk", filter=Q(status=Account.ACTIVE)),
        recent=Count("pk", filter=Q(last_active_at__gte=since)),
        seats=Count("pk", filter=Q(holds_seat=True)),
        used=Count("last_active_at"),
        told=Count("holds_seat"),
    )
    return {
        **{name: found[name] for name in ("present", "live", "recent", "seats")},
        "tells_activity": found["used"] > 0,
        "tells_seats": found["told"] > 0,
    }


def _tell_applications(book: int) -> None:
    """Those that the book has shown."""
    signed_in = Exists(ActiveDays.objects.filter(app=OuterRef("pk")).exclude(app=0))
    SeenApp.objects.filter(signed_in, instance=book, told_sign_ins=False).update(told_sign_ins=True)
    shown = SeenApp.objects.filter(instance=book).exclude(application=None).order_by()
    ids = sorted(shown.values_list("application", flat=True).distinct())
    now = timezone.now()
    for part in chunks(ids):
        users = tallies.users_of(part, (now - SIGNED_IN).date())
        active = tallies.active_users_of(part, now - RECENT)
        rows = list(Application.objects.filter(pk__in=part).order_by("pk"))
        for row in rows:
            row.told_users, row.told_accounts = users.get(row.pk, (0, 0))
            row.told_active, _ = active.get(row.pk, (0, 0))
        Application.objects.bulk_update(rows, ["told_users", "told_accounts", "told_active"])
