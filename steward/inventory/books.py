"""Opening and closing books, and purging closed ones in bounded batches."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, QuerySet
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
from steward.inventory.person import Describing, Person
from steward.inventory.spend import mark_untold as mark_untold_months

BATCH = 1_000
# Rows that hang on an account that is used: mostly its days, a row for each month.
OF_ACCOUNT = 10
# People of whom it takes no time to look for what was told.
SMALL = 5_000

_OF_ACCOUNT: tuple[Any, ...] = (
    Finding,
    Grant,
    Assignment,
    Seat,
    Membership,
    ActiveDays,
    AccountVersion,
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
    """Whether what was told of who is here and who has left is to be taken. While it is told anew
    it is looked for in a small company; in a large one that would take longer than the telling,
    so what was told holds for those moments, but of whom a deleted directory knew."""
    return not _is_told_anew() or _is_large()


def standing_lags() -> bool:
    """Whether it is taken though it is being told anew."""
    return _is_told_anew() and _is_large()


def _is_told_anew() -> bool:
    return closed_directories().exists() or Describing.objects.exists()


def _is_large() -> bool:
    return bool(Person.objects.order_by("pk")[SMALL : SMALL + 1].exists())


def closed_directories() -> QuerySet[Book]:
    """An app that is no directory leaves it as it is."""
    return closed_untold().filter(was_directory=True)


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
    """Delete some rows of a closed book, about `batch` of them; 0 when nothing is left."""
    charges = Charge.objects.filter(book=number)
    return (
        _purge(Charge, charges, batch)
        or _purge_accounts(number, max(batch // OF_ACCOUNT, 1))
        or _purge_rest(number, batch)
    )


def _purge_accounts(number: int, batch: int) -> int:
    """Accounts with all that hangs on them: by the account it is found at once, while a look
    through the large tables for the book would be long."""
    rows = Account.objects.filter(instance_id=number)
    ids = list(rows.values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    with transaction.atomic():
        for model in _OF_ACCOUNT:
            _delete(model, "account_id", ids)
        return _delete(Account, "id", ids)


def _purge_rest(number: int, batch: int) -> int:
    """Children first, so that a purge stopped half-way leaves nothing that points nowhere."""
    for model in (*_OF_ACCOUNT, Group, License, SeenApp):
        if done := _purge(model, model.objects.filter(instance_id=number), batch):
            return done
    return 0


def _purge(model: type[Model], rows: QuerySet[Any], batch: int) -> int:
    ids = list(rows.values_list("pk", flat=True)[:batch])
    return _delete(model, "id", ids) if ids else 0


def _delete(model: type[Model], column: str, ids: list[int]) -> int:
    """Plain SQL: the ORM's collector would look for children row by row."""
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE {column} IN ({marks})", ids)
        return int(cursor.rowcount)
