"""Opening and closing books, and purging closed ones in bounded batches."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from steward.inventory.account import Account, AccountVersion, ActiveDays
from steward.inventory.charge import Charge
from steward.inventory.directory import OTHER, rank_of
from steward.inventory.duplicates import let_go
from steward.inventory.finding import Finding
from steward.inventory.holdings import (
    Assignment,
    Grant,
    Group,
    License,
    Membership,
    Seat,
    SeenApp,
)
from steward.inventory.instance import Book, Instance, StreamState
from steward.inventory.person import Describing
from steward.inventory.spend import mark_untold as mark_untold_months

BATCH = 1_000

# Children first, so that a purge stopped half-way leaves nothing that points nowhere.
_READ = (
    Finding,
    Grant,
    Assignment,
    Seat,
    Membership,
    ActiveDays,
    AccountVersion,
    Account,
    Group,
    License,
    SeenApp,
)


def open_book() -> int:
    return int(Book.objects.create().pk)


def mark_untold(number: int, **more: Any) -> None:
    """In the transaction that changes what is told."""
    Book.objects.filter(pk=number).update(untold=True, changes=F("changes") + 1, **more)


def close_book(number: int, instance: Instance) -> None:
    charges = Charge.objects.filter(book=number)
    mark_untold_months(charges)
    let_go(charges)
    mark_untold(number, closed_at=timezone.now(), was_directory=rank_of(instance) > OTHER)


def closed_untold() -> QuerySet[Book]:
    """Those that what was told of people and applications still counts, for some moments after
    they were closed."""
    books: QuerySet[Book] = Book.objects.filter(closed_at__isnull=False, untold=True)
    return books


def is_told() -> bool:
    return not closed_untold().exists() and not Describing.objects.exists()


def is_standing_told() -> bool:
    """Whether what was told of who is here and who has left holds; an app that is no directory
    leaves it as it is."""
    closed = closed_untold().filter(was_directory=True)
    return not closed.exists() and not Describing.objects.exists()


def turn_over(instance: Instance) -> None:
    """Give the instance an empty book. All that it had read is gone from view at once."""
    old, instance.book = instance.book, open_book()
    instance.removals_held = 0
    instance.activity_since = None
    instance.save(update_fields=["book", "removals_held", "activity_since"])
    close_book(old, instance)
    StreamState.objects.filter(instance=instance).update(
        state=StreamState.NEVER,
        records=0,
        last_ok_at=None,
        error="",
        missing=[],
        mark=None,
        mark_for="",
        whole_at=None,
    )


def purge_some(number: int, batch: int = BATCH) -> int:
    """Delete at most `batch` rows of a closed book; 0 when nothing is left."""
    charges = list(Charge.objects.filter(book=number).values_list("pk", flat=True)[:batch])
    if charges:
        with transaction.atomic():
            return _delete(Charge._meta.db_table, charges)
    for model in _READ:
        with transaction.atomic():
            ids = list(
                model.objects.filter(instance_id=number).values_list("pk", flat=True)[:batch]
            )
            if ids:
                return _delete(model._meta.db_table, ids)
    return 0


def _delete(table: str, ids: list[int]) -> int:
    """Plain SQL: the ORM's collector would look for children row by row."""
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({marks})", ids)
    return len(ids)
