"""Counting again what pages show of people and applications, when accounts have changed.

A book is marked as untold in the transaction in which its accounts begin to change. Whoever has
changed them tells them anew at the end; what a worker that died has left is told by another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from steward.inventory.account import Account, ActiveDays
from steward.inventory.application import Application
from steward.inventory.directory import directories
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import RECENT, SIGNED_IN, Book, Instance
from steward.inventory.run import OPEN, Run
from steward.sync import access, usage
from steward.sync.applications import follow_merges, key_of_app, key_of_instance
from steward.sync.licences import know_licences
from steward.sync.writers import tallies
from steward.sync.writers.sql import chunks

# What "within 30 days" counts moves with the days, also where nothing is read.
OLD = timedelta(hours=24)
# Books that are told together, unless their accounts are many: the database is written meanwhile.
BOOKS, ACCOUNTS = 20, 20_000


def tell(book: int) -> None:
    tell_books({book: None})


def tell_books(
    books: Mapping[int, Collection[int] | None], between: Callable[[], Any] = lambda: None
) -> None:
    """Everything that hangs on each book, or what hangs on these accounts of it. `between` is
    called after each part: a large book takes some seconds, and a worker has to be heard of. Where
    somebody is in the way, or accounts change meanwhile, a book stays untold and is told in a
    moment."""
    rows = Book.objects.filter(pk__in=books)
    changes = dict(rows.values_list("pk", "changes"))
    for book in books:
        access.rate(book, between)
    try:
        _tell_people_of(books, between)
    except OperationalError as error:
        if not tallies.is_in_the_way(error):
            raise
        return
    with transaction.atomic():
        _tell_applications(books)
        for book, known in changes.items():
            know_licences(book)
            rows.filter(pk=book).update(**_counted(book), told_at=timezone.now())
            rows.filter(pk=book, changes=known).update(untold=False)


def _tell_people_of(
    books: Mapping[int, Collection[int] | None], between: Callable[[], Any]
) -> None:
    """Whoever has accounts in several of the books once, unless these are large."""
    places, people = directories(), set[int]()
    for book, accounts in books.items():
        parts = list(tallies.parts_of(book)) if accounts is None else []
        if len(parts) == 1 and len(books) > 1:
            people |= tallies.people_in(book)
            continue
        people |= tallies.owners_of(accounts or ())
        for part in parts:
            tallies.tell_part(book, part, places)
            between()
    for some in chunks(sorted(people)):
        tallies.tell_some(some, places)
        between()
    for book in books:
        access.tell_people_of(book, tallies.parts_of(book), between)


def tell_if_untold(book: int) -> None:
    if Book.objects.filter(pk=book, untold=True).exists():
        tell(book)


def tell_waiting() -> bool:
    """Some of the books that no run is about to tell; False when there is none."""
    books = _some_waiting()
    if books:
        tell_books(dict.fromkeys(books))
    return bool(books)


def _some_waiting() -> list[int]:
    accounts, books = 0, list[int]()
    for book, present in waiting().order_by("pk").values_list("pk", "present")[:BOOKS]:
        accounts += present
        if books and accounts > ACCOUNTS:
            break
        books.append(book)
    return books


def tell_people(people: Collection[int | None]) -> None:
    """In the transaction that has given them accounts or taken some from them."""
    ids = sorted(number for number in people if number)
    tallies.tell_people(ids, directories())
    access.tell_people(ids)
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


def _tell_applications(books: Collection[int]) -> None:
    """Those that the books have shown, and those that they are of."""
    follow_merges(books)
    apps = SeenApp.objects.filter(instance__in=books)
    signed_in = Exists(ActiveDays.objects.filter(app=OuterRef("pk")).exclude(app=0))
    apps.filter(signed_in, told_sign_ins=False).update(told_sign_ins=True)
    shown = apps.exclude(application=None).order_by()
    own = Instance.objects.filter(book__in=books).exclude(application=None)
    ids = {*shown.values_list("application", flat=True).distinct()}
    tell_applications(ids | {*own.values_list("application", flat=True)})


def tell_applications(ids: Collection[int]) -> None:
    now = timezone.now()
    for part in chunks(sorted(ids)):
        apps = SeenApp.objects.filter(application__in=part).order_by()
        shown = sorted(apps.values_list("application", flat=True).distinct())
        several = _tell_beside(part)
        users = tallies.users_of(shown, (now - SIGNED_IN).date())
        active = tallies.active_users_of(shown, now - RECENT)
        rows = list(Application.objects.filter(pk__in=part).order_by("pk"))
        for row in rows:
            row.told_users, row.told_accounts = users.get(row.pk, (0, 0))
            row.told_active, _ = active.get(row.pk, (0, 0))
        _tell_humans(rows, several, several.intersection(shown), now)
        Application.objects.bulk_update(rows, _TOLD)
        access.tell_applications(part)


_TOLD = (
    "told_users",
    "told_accounts",
    "told_active",
    "told_humans",
    "told_humans_active",
    "told_beside",
)


def _tell_humans(
    rows: Sequence[Any], several: set[int], shown: Collection[int], now: datetime
) -> None:
    """Of those with more than the accounts of one instance, each human once; those of them that
    are `shown` may have some beside."""
    part, since = sorted(several), (now - SIGNED_IN).date()
    humans = tallies.humans_of(part, since)
    active = tallies.active_humans_of(part, now - RECENT)
    beside = tallies.users_of(sorted(shown), since, beside=True)
    for row in rows:
        known = row.pk in several
        row.told_humans = humans.get(row.pk, (0, 0))[0] if known else None
        row.told_humans_active = active.get(row.pk, (0, 0))[0] if known else None
        row.told_beside = beside.get(row.pk, (0, 0))[1]


def _tell_beside(part: Sequence[int]) -> set[int]:
    """Says of the apps of connected applications which of them no instance speaks for. The
    applications that have several instances, or such apps."""
    keys: dict[int, list[str]] = {}
    for instance in Instance.objects.present().filter(application__in=part):
        keys.setdefault(instance.application_id, []).append(key_of_instance(instance))
    shown = SeenApp.objects.present().filter(application__in=list(keys))
    beside = {
        app.pk: app.application_id
        for app in shown
        if key_of_app(app) not in keys[app.application_id]
    }
    apps = SeenApp.objects.filter(application__in=part)
    apps.filter(beside=True).exclude(pk__in=list(beside)).update(beside=False)
    SeenApp.objects.filter(pk__in=list(beside), beside=False).update(beside=True)
    return {*beside.values()} | {pk for pk, known in keys.items() if len(known) > 1}
