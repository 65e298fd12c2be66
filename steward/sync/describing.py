"""What is known of people besides their accounts: name, address, department, manager, and so on.

It follows from what their accounts in directories say and from the imported people list, and from
nothing else. The instances that an admin has chosen are believed first, then other directories fill
what is missing, then the list, unless it is the list that is believed; within a directory, who can
sign in before who cannot. Managers are looked for among the people once everybody is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction

from steward.inventory import directory
from steward.inventory.account import Account
from steward.inventory.matching import email_key
from steward.inventory.person import Person, PersonEmail
from steward.inventory.staff import Staff, is_believed
from steward.sync.writers.sql import many

BATCH = 500
_NOT_OF_THE_HUMAN = ("emails", "verified", "app_status", "suspended", "manager_id")
_STANDING = {Account.ACTIVE: 0, Account.DISABLED: 1, Account.REMOVED: 2}
_STAFF_STANDING = {Staff.HERE: 0, Staff.AWAY: 1, Staff.LEFT: 2}
_NO_BOOK = 0
_WRITE = """
UPDATE inventory_person SET name = %s, email = %s, attributes = %s, manager_id = %s,
    manager_sought = %s WHERE id = %s
"""
_FOUND = "UPDATE inventory_person SET manager_id = %s, manager_sought = FALSE WHERE id = %s"
_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True)
class Said:
    """What an account says of its human. Of several the one of the least `place` is believed."""

    place: tuple[int, int, int]
    book: int
    name: str
    email: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """A manager as a directory names one: by the id of an account of the same book, and in words
    (a name or an address)."""

    book: int
    id: str
    words: str


@dataclass(frozen=True)
class Description:
    name: str
    email: str
    attributes: dict[str, Any]
    manager: Named | None


def place(rank: int, status: str, number: int) -> tuple[int, int, int]:
    return -rank, _STANDING[status], number


def described(said: Iterable[Said], name: str = "", email: str = "") -> Description:
    """`name` and `email` are those they have, which hold where the most believed say so too, or
    nobody says any."""
    ordered = _in_order(said)
    attributes: dict[str, Any] = {}
    for one in reversed(ordered):
        attributes |= _described_by(one.attributes)
    return Description(
        _called(name, [(one.place[0], one.name) for one in ordered]),
        _called(email, [(one.place[0], one.email) for one in ordered]),
        attributes,
        _manager_of(ordered),
    )


def _in_order(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda one: one.place)


def _manager_of(ordered: Iterable[Said]) -> Named | None:
    return next((named for one in ordered if (named := _named(one))), None)


def _called(now: str, said: Sequence[tuple[int, str]]) -> str:
    """Somebody with two accounts in one directory is not called by turns."""
    said = [(rank, text) for rank, text in said if text]
    best = [text for rank, text in said if rank == said[0][0]]
    return now if now in best or not best else best[0]


def _described_by(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if name not in _NOT_OF_THE_HUMAN and value not in (None, "")
    }


def _named(said: Said) -> Named | None:
    words, own = (str(said.attributes.get(key) or "") for key in ("manager", "manager_id"))
    return Named(said.book, own, words) if words or own else None


def said_of(people: Collection[int]) -> dict[int, list[Said]]:
    """By person: what their accounts in directories say, those that are gone too."""
    found: dict[int, list[Said]] = {}
    rows = Account.objects.present().filter(directory.describing(), person__in=people)
    for person, number, status, name, email, attributes, book, slug, chosen in rows.values_list(
        "person", "pk", "status", "name", "email", "attributes", "instance",
        "instance__integration", "instance__says_who_works",
    ):  # fmt: skip
        at = place(directory.rank(slug, chosen), status, number)
        found.setdefault(person, []).append(Said(at, book, name, email, attributes))
    for person, said in _listed(people):
        found.setdefault(person, []).append(said)
    return found


def _listed(people: Collection[int]) -> Iterator[tuple[int, Said]]:
    """What the people list says, which is nobody's account and in no book."""
    addresses = PersonEmail.objects.filter(person__in=people)
    owners = dict(addresses.values_list("key", "person")) if Staff.objects.exists() else {}
    rank = directory.BELIEVED_LIST if owners and is_believed() else directory.OTHER
    rows = Staff.objects.filter(key__in=list(owners)) if owners else ()
    for row in rows:
        place = (-rank, _STAFF_STANDING[row.standing], row.pk)
        yield owners[row.key], Said(place, _NO_BOOK, row.name, row.email, row.attributes)


def describe(people: Collection[int], *, last: bool = False) -> None:
    """Anew, from all that is said of them. A manager who is not found is looked for once more when
    a directory has been read to its end, unless this is the `last` time."""
    said = said_of(people)
    rows = Person.objects.filter(pk__in=people).order_by("pk")
    fields = ("pk", "name", "email", "attributes", "manager", "manager_sought")
    now = {row[0]: row[1:] for row in rows.values_list(*fields)}
    told = {pk: described(said.get(pk, ()), *now[pk][:2]) for pk in now}
    managers = _managers({pk: d.manager for pk, d in told.items() if d.manager})
    changes = []
    for pk, new in told.items():
        manager = managers.get(pk)
        sought = new.manager is not None and manager is None and not last
        if (new.name, new.email, new.attributes, manager, sought) != now[pk]:
            said_now = as_json(new.attributes)
            changes.append((new.name, new.email, said_now, manager, sought, pk))
    many(_WRITE, changes)


def as_json(attributes: Mapping[str, Any]) -> str:
    return _encoder.encode(attributes).decode().replace("\\u0000", "")


def _managers(named: Mapping[int, Named]) -> dict[int, int]:
    """Who they are among the people: by the account, else by an address, else by a name that only
    one of them has. Nobody is their own manager."""
    accounts, addresses, names = _by_account(named), _by_address(named), _by_name(named)
    found = {}
    for person, one in named.items():
        candidates = (
            accounts.get((one.book, one.id)),
            addresses.get(email_key(one.id)),
            addresses.get(email_key(one.words)),
            names.get(one.words),
        )
        manager = next((c for c in candidates if c is not None), None)
        if manager is not None and manager != person:
            found[person] = manager
    return found


def _by_account(named: Mapping[int, Named]) -> dict[tuple[int, str], int | None]:
    by_book: dict[int, set[str]] = {}
    for one in named.values():
        if one.id:
            by_book.setdefault(one.book, set()).add(one.id)
    found = {}
    for book, ids in by_book.items():
        rows = Account.objects.filter(instance=book, external_id__in=ids)
        found |= {(book, own): person for own, person in rows.values_list("external_id", "person")}
    return found


def _by_address(named: Mapping[int, Named]) -> dict[str, int]:
    keys = {email_key(text) for one in named.values() for text in (one.id, one.words)} - {""}
    return dict(PersonEmail.objects.filter(key__in=keys).values_list("key", "person"))


def _by_name(named: Mapping[int, Named]) -> dict[str, int | None]:
    names = {one.words for one in named.values() if one.words}
    found: dict[str, int | None] = {}
    for name, person in Person.objects.filter(name__in=names, merged_into=None).values_list(
        "name", "pk"
    ):
        found[name] = None if name in found else person
    return found


@transaction.atomic
def seek_managers(after: int) -> int:
    """Of a batch of people with a higher number; the highest of them, 0 when there are none."""
    rows = Person.objects.filter(manager_sought=True, pk__gt=after).order_by("pk")
    people = list(rows.values_list("pk", flat=True)[:BATCH])
    said = said_of(people)
    named = {pk: one for pk in people if (one := _manager_of(_in_order(said.get(pk, ()))))}
    managers = _managers(named)
    many(_FOUND, [(managers.get(pk), pk) for pk in people])
    return people[-1] if people else 0
