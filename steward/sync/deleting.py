"""Deleting: gone from every page and answer with the transaction, purged from disk behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F
from django.template.defaultfilters import pluralize

from steward.inventory import books, moments
from steward.inventory.account import Account
from steward.inventory.charge import Charge
from steward.inventory.holdings import Group, SeenApp
from steward.inventory.instance import Book, Instance
from steward.inventory.lifecycle import Act, Event
from steward.inventory.usage import UseDue
from steward.sync.anew import all_anew
from steward.sync.people import is_authority
from steward.sync.problems import Conflict
from steward.sync.rules import allow
from steward.sync.runs import end_open_runs
from steward.sync.tallies import tell
from steward.sync.usage import tell_usage


@dataclass(frozen=True)
class WhatGoes:
    """Counts of what disappears. `people_only_here` have no account anywhere else."""

    accounts: int
    seats: int
    people_only_here: int
    groups: int
    apps: int
    charges: int

    def __str__(self) -> str:
        people = pluralize(self.people_only_here, "person who is,people who are")
        return (
            f"{self.accounts} account{pluralize(self.accounts)}, "
            f"{self.seats} seat{pluralize(self.seats)} and "
            f"{self.people_only_here} {people} nowhere else"
        )


def what_goes(instance: Instance) -> WhatGoes:
    accounts = Account.objects.filter(instance=instance.book)
    return WhatGoes(
        accounts=accounts.count(),
        seats=_seats(instance.book),
        people_only_here=_only_here(accounts),
        groups=Group.objects.held().filter(instance=instance.book).count(),
        apps=SeenApp.objects.held().filter(instance=instance.book).count(),
        charges=Charge.objects.filter(book=instance.book).count(),
    )


def _seats(book: int) -> int:
    """As told, where nothing has changed since: to count them, all accounts must be read."""
    told = Book.objects.filter(pk=book, untold=False).values_list("seats", flat=True).first()
    rows = Account.objects.filter(instance=book, holds_seat=True).exclude(status=Account.REMOVED)
    return rows.count() if told is None else int(told)


def _only_here(accounts: Any) -> int:
    """People with as many accounts here as were told of them anywhere."""
    here = accounts.exclude(person=None).order_by().values("person").annotate(count=Count("person"))
    return int(here.filter(count__gte=F("person__told_accounts")).count())


@transaction.atomic
def delete_users(instance: Instance, *, by: str) -> None:
    """A run that is under way would write into the closed book, so it ends."""
    allow(instance, Act.DELETE_USERS)
    end_open_runs(instance, by)
    count = Account.objects.filter(instance=instance.book).count()
    books.turn_over(instance)
    _forget_what_it_said(instance)
    moments.record(instance, "users_deleted", by, accounts=count)


@transaction.atomic
def delete(instance: Instance, *, by: str) -> None:
    allow(instance, Act.DELETE)
    end_open_runs(instance, by)
    if not moments.move(instance, Event.DELETED, actor=by, next_sync_at=None):
        raise Conflict(f"{instance.name} is being deleted already.", "not_allowed")
    books.close_book(instance.book, instance)
    _forget_what_it_said(instance)


def _forget_what_it_said(instance: Instance) -> None:
    if is_authority(instance):
        all_anew()


def purge_closed() -> bool:
    """Delete a batch of what closed books hold; False when there is nothing left to do.
    The people who had accounts there are told anew before, and the instance's row goes last."""
    book = Book.objects.exclude(closed_at=None).order_by("closed_at").first()
    if book is None:
        return False
    if book.untold:
        tell(book.pk)
        tell_usage(book.pk)
    elif not books.purge_some(book.pk):
        Instance.objects.filter(book=book.pk).delete()
        UseDue.objects.filter(pk=book.pk).delete()
        book.delete()
    return True
