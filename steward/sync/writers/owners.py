"""Owners of new accounts, in bulk, where there is nothing to think about.

An account whose addresses lead to one person, or to nobody yet, gets its person while it is
written. All else (several candidates, no address, a person's decision) is left unmatched for
`sync.people`, which looks at accounts one by one when the list has been read.

What is told of a new person (see `sync.tallies`) follows from these accounts alone, unless
somebody says who is employed, and is written with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from steward.inventory import directory
from steward.inventory.instance import Instance
from steward.inventory.matching import email_key, is_role
from steward.inventory.person import Person, PersonEmail
from steward.sdk.records import Account
from steward.sync.describing import Said, as_json, described, place, said_of
from steward.sync.people import decisions_of
from steward.sync.writers.sql import BulkInsert, many, next_ids, own_id, rows_by_key, stamp, text

_PEOPLE = BulkInsert(
    Person,
    (
        "id", "name", "email", "attributes", "manager_sought", "told_accounts", "told_present",
        "told_live", "told_last_active", "created_at",
    ),
)  # fmt: skip
_KEYS = BulkInsert(PersonEmail, ("key", "person_id"), "ON CONFLICT (key) DO NOTHING")
_ADDRESSES = PersonEmail._meta.db_table
_KNOWN = "e.key, p.id, p.name, p.email, p.attributes"
_JOINED = "inventory_personemail e JOIN inventory_person p ON p.id = e.person_id"
_DESCRIBE = """
UPDATE inventory_person SET name = %s, email = %s, attributes = %s,
    manager_sought = manager_sought OR %s WHERE id = %s
"""
# Behind all accounts that are stored already.
_NEW = 1 << 62


class _Owner(msgspec.Struct, eq=False):
    """`accounts`, `live` and `last_active` are of this batch."""

    id: int
    name: str
    email: str
    attributes: dict[str, Any]
    keys: list[str] = []
    is_new: bool = False
    changed: bool = False
    said: list[Said] = []
    manager_sought: bool = False
    accounts: int = 0
    live: int = 0
    last_active: datetime | None = None


def owners_of(
    accounts: Sequence[Account], instance: Instance, authority: bool
) -> tuple[list[int | None], set[int]]:
    """The person of each, None where `sync.people` has to look; and who of them are new."""
    decided = decisions_of(instance.pk, (account.id for account in accounts))
    plain = [[] if own_id(a.id) in decided else keys_of(a) for a in accounts]
    people = _known({key for keys in plain for key in keys})
    if authority:
        _hear_others(people.values())
    rank = directory.rank_now(instance) if authority else directory.OTHER
    owners = [
        _owner(account, keys, people, (rank, instance.book))
        for account, keys in zip(accounts, plain, strict=True)
    ]
    chosen = {id(owner): owner for owner in owners if owner is not None}
    lost = _store(list(chosen.values()), timezone.now())
    new = {owner.id for owner in chosen.values() if owner.is_new and owner not in lost}
    return [owner.id if owner and owner not in lost else None for owner in owners], new


def _hear_others(owners: Iterable[_Owner]) -> None:
    """What accounts in directories have said of them already."""
    known = {owner.id: owner for owner in owners}
    for number, said in said_of(known).items() if known else ():
        known[number].said = said


def keys_of(account: Account) -> list[str]:
    """The addresses that count; none for a service account, which is nobody, and none where the
    address is that of a task, which an admin has to look at."""
    if account.kind == "service":
        return []
    first = email_key(account.email or "")
    keys = [first] if first else []
    if account.emails and account.verified:
        more = (email_key(address) for address in account.emails)
        keys = list(dict.fromkeys([*keys, *filter(None, more)]))
    return [] if keys and is_role(keys[0]) else keys


def _known(keys: Iterable[str]) -> dict[str, _Owner]:
    same: dict[int, _Owner] = {}
    found: dict[str, _Owner] = {}
    for key, number, name, email, attributes in rows_by_key(
        _KNOWN, _JOINED, "TRUE", "e.key", sorted(keys)
    ):
        if number not in same:
            read = msgspec.json.decode(attributes) if isinstance(attributes, str) else attributes
            same[number] = _Owner(number, name, email, read)
        found[key] = same[number]
    return found


def _owner(
    account: Account, keys: list[str], people: dict[str, _Owner], by: tuple[int, int]
) -> _Owner | None:
    if not keys:
        return None
    first = people.get(keys[0])
    if len(keys) > 1 and any(people.get(key) is not first for key in keys[1:]):
        return None
    owner = first or _Owner(0, "", "", {}, keys, is_new=True)
    if first is None:
        for key in keys:
            people[key] = owner
    _describe(owner, account, *by)
    _count(owner, account)
    return owner


def _count(owner: _Owner, account: Account) -> None:
    owner.accounts += 1
    owner.live += account.status == "active"
    active = account.last_active_at
    if active is not None and (owner.last_active is None or active > owner.last_active):
        owner.last_active = active


def _describe(owner: _Owner, account: Account, rank: int, book: int) -> None:
    """The directory says what a human is called; others only where nobody has said so yet."""
    given, address = text(account.name, 300), text(account.email or "", 254)
    name, email, attributes = owner.name or given, owner.email or address, owner.attributes
    if rank:
        at = place(rank, account.status, _NEW + len(owner.said))
        owner.said.append(Said(at, book, given, address, account.attributes))
        told = described(owner.said, name, email)
        owner.manager_sought |= told.attributes.get("manager") != attributes.get("manager")
        name, email, attributes = told.name, told.email, told.attributes
    if (name, email, attributes) != (owner.name, owner.email, owner.attributes):
        owner.name, owner.email, owner.attributes = name, email, attributes
        owner.changed = True


def _store(owners: Sequence[_Owner], now: datetime) -> set[_Owner]:
    """Those whom another worker has made in this very moment; they are matched later."""
    new = [owner for owner in owners if owner.is_new]
    for owner, number in zip(new, next_ids(Person, len(new)), strict=True):
        owner.id = number
    at = stamp(now)
    _PEOPLE.write([(owner.id, *_said(owner), *_told(owner), at) for owner in new])
    lost = _claim(new)
    changed = [owner for owner in owners if owner.changed and not owner.is_new]
    many(_DESCRIBE, [(*_said(owner), owner.id) for owner in changed])
    return lost


def _said(owner: _Owner) -> tuple[str, str, str, bool]:
    return owner.name, owner.email, as_json(owner.attributes), owner.manager_sought


def _told(owner: _Owner) -> tuple[int, int, int, Any]:
    return owner.accounts, owner.accounts, owner.live, stamp(owner.last_active)


def _claim(new: Sequence[_Owner]) -> set[_Owner]:
    """An address is one person's. In the order of the addresses, so that two workers who claim
    the same ones wait for each other in turn."""
    rows = sorted((key, owner.id) for owner in new for key in owner.keys)
    if _KEYS.write(rows) == len(rows):
        return set()
    held = rows_by_key("key, person_id", _ADDRESSES, "TRUE", "key", [key for key, _ in rows])
    whose = dict(held)
    lost = {owner for owner in new if any(whose.get(key) != owner.id for key in owner.keys)}
    given_up = [(owner.id,) for owner in lost]
    many("DELETE FROM inventory_personemail WHERE person_id = %s", given_up)
    many("DELETE FROM inventory_person WHERE id = %s", given_up)
    return lost
