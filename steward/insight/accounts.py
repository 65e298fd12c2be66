"""The accounts a question is about: as they are, or as they stood at the end of a past day.

Both give the same names: `account_ref` (the account's number), `active_at` (the last activity).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.books import closed_directories, is_standing_told, is_told
from steward.inventory.history import accounts_at, end_of
from steward.inventory.instance import Book
from steward.inventory.person import Person
from steward.inventory.staff import Staff, is_believed, of_person


def accounts(as_of: date | None = None) -> Any:
    """Accounts that a person may see and that are not removed."""
    if as_of is None:
        rows = Account.objects.annotate(account_ref=F("pk"), active_at=F("last_active_at"))
    else:
        rows = accounts_at(as_of).annotate(account_ref=F("account_id"))
    return rows.present().exclude(status=Account.REMOVED)


def holding(what: str, as_of: date | None = None) -> FilteredRelation:
    """Their `seats`, `memberships` or `assignments`: those held now, or at the end of that day."""
    if as_of is None:
        return FilteredRelation(what, condition=Q(**{f"{what}__until": None}))
    path, end = f"account__{what}", end_of(as_of)
    then = Q(**{f"{path}__since__lt": end})
    still = Q(**{f"{path}__until": None}) | Q(**{f"{path}__until__gte": end})
    return FilteredRelation(path, condition=then & still)


def now_or(as_of: date | None) -> datetime:
    """The moment from which "30 days ago" is counted."""
    if as_of is None:
        return timezone.now()
    return end_of(as_of)


def tells_activity() -> Exists:
    """Whether the account's app says when accounts were last active at all. Where it does not,
    no date means "not known" and never "not used"."""
    return Exists(Book.objects.filter(pk=OuterRef("instance"), tells_activity=True))


def _directory(as_of: date | None = None) -> Any:
    """Accounts in the places that say who is employed, of the person of the outer row."""
    rows = accounts(as_of).filter(directory.deciding())
    return rows.filter(person=OuterRef("person"))


def _ever_in_directory() -> Any:
    return Account.objects.present().filter(directory.deciding(), person=OuterRef("person"))


def _is_told(as_of: date | None) -> bool:
    """Of today, it need not be looked for, but for some moments after others are believed."""
    return as_of is None and is_standing_told()


def _stands(*standings: str) -> Q:
    """As it was told. Of whom a directory told that was deleted meanwhile nothing is known until
    they are told anew, some moments later."""
    stands = Q(person__told_standing__in=standings)
    gone = list(closed_directories().values_list("pk", flat=True))
    if not gone:
        return stands
    there = Account.objects.filter(instance__in=gone, person=OuterRef("person"))
    return stands & ~Q(Exists(there))


def works_here(as_of: date | None = None) -> Q:
    if _is_told(as_of):
        return _stands(Person.HERE)
    here = Q(Exists(_directory(as_of).filter(status=Account.ACTIVE)))
    return _with_list(here, Q(Exists(_listed().exclude(_gone(as_of)).exclude(standing=Staff.AWAY))))


def has_left(as_of: date | None = None) -> Q:
    """A directory knows the account's person and has let them go. Being suspended is not leaving:
    whoever is on leave or locked out is expected back."""
    if _is_told(as_of):
        return _stands(Person.LEFT)
    still = _directory(as_of).filter(Q(status=Account.ACTIVE) | Q(attributes__suspended=True))
    left = Q(Exists(_ever_in_directory())) & ~Q(Exists(still))
    return _with_list(left, ~Q(Exists(_listed().exclude(_gone(as_of)))))


def left_alive(as_of: date | None = None) -> Q:
    """Its person has left, and the account still works."""
    working = Q(status=Account.ACTIVE, person__isnull=False)
    if _is_told(as_of) and is_told():
        return working & Q(person__told_leaver=True)
    return working & has_left(as_of)


def is_suspended(as_of: date | None = None) -> Q:
    """Known to a directory, and not active there."""
    if _is_told(as_of):
        return _stands(Person.AWAY, Person.LEFT)
    return ~_in_no_directory() & ~works_here(as_of)


def _in_no_directory() -> Q:
    """No directory has ever heard of the account's person."""
    return ~Q(Exists(_ever_in_directory())) & ~Q(Exists(_listed()))


def unknown_to_directory(as_of: date | None = None) -> Q:
    """The same, where there is a directory that could know."""
    if _is_told(as_of):
        strangers = Q(person__isnull=False, person__told_standing=Person.UNKNOWN)
        known = directory.directories() or Staff.objects.exists()
        return strangers if known else Q(pk__in=())
    some = Account.objects.present().filter(directory.deciding())
    return (Q(Exists(some)) | Q(Exists(Staff.objects.all()))) & _in_no_directory()


def left_since() -> Any:
    """When the last directory account of the person was seen to stop; where the people list decides
    (see `_with_list`), the last day it gives."""
    seen = Subquery(_ever_in_directory().order_by("-since").values("since")[:1])
    last = _listed().filter(standing=Staff.LEFT).order_by("-last_day")
    day = Cast(Subquery(last.values("last_day")[:1]), DateTimeField())
    return Coalesce(day, seen) if is_believed() else Coalesce(seen, day)


def _listed() -> Any:
    """What the imported people list has on the person of the outer row."""
    return of_person(OuterRef(OuterRef("person")))


def _gone(as_of: date | None) -> Q:
    """The last day was before that one."""
    return Q(last_day__lt=as_of or timezone.now().date())


def _with_list(by_directories: Q, by_list: Q) -> Q:
    """The people list speaks of those whom no directory knows, or, where it is believed, first."""
    if not Staff.objects.exists():
        return by_directories
    listed = Q(Exists(_listed()))
    if is_believed():
        return (listed & by_list) | (~listed & by_directories)
    return by_directories | (~Q(Exists(_ever_in_directory())) & listed & by_list)
