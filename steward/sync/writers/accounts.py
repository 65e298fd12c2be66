"""Accounts: new ones in, changed ones with their past kept, unchanged ones only noted as seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from django.utils import timezone

from steward.inventory.account import Account as Row
from steward.inventory.run import Run
from steward.sdk.records import Account
from steward.sync.writers import days
from steward.sync.writers.known import DIGEST_SIZE, Known
from steward.sync.writers.owners import owners_of
from steward.sync.writers.reading import Read
from steward.sync.writers.sql import BulkInsert, many, moment, next_ids, own_id, stamp, text
from steward.sync.writers.versions import keep_versions_of

_INSERT = BulkInsert(
    Row,
    (
        "id", "email", "username", "name", "status", "kind", "role", "holds_seat", "attributes",
        "last_active_at", "since", "book", "external_id", "created_at",
        "first_seen_at", "person_id", "matched", "digest",
    ),
)  # fmt: skip
_UPDATE = """
UPDATE inventory_account SET email = %s, username = %s, name = %s, status = %s, kind = %s,
    role = %s, holds_seat = COALESCE(%s, holds_seat), attributes = %s,
    last_active_at = COALESCE(%s, last_active_at), since = %s, created_at = %s,
    matched = %s, removed_at = NULL, missing = %s, digest = %s
WHERE id = %s
"""
_MOVED = "UPDATE inventory_account SET last_active_at = %s WHERE id = %s"
_STILL = "UPDATE inventory_account SET digest = %s, missing = %s WHERE id = %s"

_encoder = msgspec.json.Encoder(order="deterministic")
Note: TypeAlias = Callable[[Iterable[int]], None]


@dataclass
class Counts:
    appeared: int = 0
    changed: int = 0
    returned: int = 0


@dataclass
class _Sorted:
    """The records of a batch, by what is to be done with them."""

    new: list[tuple[Account, bytes]] = field(default_factory=list)
    changed: list[tuple[Known, Account, bytes]] = field(default_factory=list)
    same: list[tuple[Known, Account, bytes]] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """`told` are the ids of accounts of new people, of whom all was told with them, and `untold`
    those of others that are not as they were."""

    counts: Counts
    untold: list[int]
    told: list[int]


def write(run: Run, read: Read, note: Note, *, authority: bool) -> Changes:
    """The records that were read, and those which needed no reading; `note` takes the ids of all
    that are there."""
    now = timezone.now()
    sorted_ = _sort(read)
    returned = sum(stored.status == Row.REMOVED for stored, _, _ in sorted_.changed)
    note(read.as_before)
    note(stored.id for stored, _, _ in (*sorted_.changed, *sorted_.same))
    untold, told = _insert(run, sorted_.new, now, authority)
    note((*untold, *told))
    _change(sorted_.changed, now)
    _keep_marks(sorted_.same)
    moved = _move_activity(run.book, [(k, r) for k, r, _ in (*sorted_.changed, *sorted_.same)])
    untold += [*(stored.id for stored, _, _ in sorted_.changed), *moved]
    counts = Counts(len(sorted_.new), len(sorted_.changed) - returned, returned)
    return Changes(counts, untold, told)


def _sort(read: Read) -> _Sorted:
    found = _Sorted()
    for external_id, record in read.records.items():
        stored = read.known.get(external_id)
        mark = digest_of(record) + read.prints.get(external_id, bytes(DIGEST_SIZE))
        if stored is None:
            found.new.append((record, mark))
        elif stored.digest[:DIGEST_SIZE] != mark[:DIGEST_SIZE] or stored.status == Row.REMOVED:
            found.changed.append((stored, record, mark))
        else:
            found.same.append((stored, record, mark))
    return found


def digest_of(record: Account) -> bytes:
    """Of all but the last activity, which moves daily and has a history of its own."""
    still = record
    if record.last_active_at is not None:
        still = msgspec.structs.replace(record, last_active_at=None)
    return hashlib.blake2b(_encoder.encode(still), digest_size=DIGEST_SIZE).digest()


def _fields(record: Account) -> list[Any]:
    attributes = record.attributes
    if record.emails or not record.verified:
        attributes = dict(attributes)
        attributes |= {"emails": list(record.emails)} if record.emails else {}
        attributes |= {} if record.verified else {"verified": False}
    return [
        text(record.email or "", 254),
        text(record.username, 300),
        text(record.name, 300),
        record.status,
        record.kind,
        text(record.role, 200),
        record.holds_seat,
        _encoder.encode(attributes).decode().replace("\\u0000", ""),
    ]


def _insert(
    run: Run, new: Sequence[tuple[Account, bytes]], now: datetime, authority: bool
) -> tuple[list[int], list[int]]:
    """The ids of those whose people were there before, or are not known yet, and of the others."""
    if not new:
        return [], []
    at = stamp(now)
    ids = next_ids(Row, len(new))
    owners, made = owners_of([record for record, _ in new], run.instance, authority)
    _INSERT.write(
        [
            (
                pk,
                *_fields(record),
                stamp(record.last_active_at),
                at,
                run.book,
                own_id(record.id),
                stamp(record.created_at),
                at,
                owner,
                owner is not None,
                mark,
            )
            for pk, (record, mark), owner in zip(ids, new, owners, strict=True)
        ]
    )
    owned = list(zip(ids, owners, strict=True))
    return [pk for pk, o in owned if o not in made], [pk for pk, o in owned if o in made]


def _change(changed: Sequence[tuple[Known, Account, bytes]], now: datetime) -> None:
    keep_versions_of([stored.id for stored, _, _ in changed], now)
    rows = [
        (
            *_fields(record),
            moment(_newest(record.last_active_at, stored.last_active_at)),
            moment(now),
            moment(record.created_at),
            False,
            False,
            mark,
            stored.id,
        )
        for stored, record, mark in changed
    ]
    many(_UPDATE, rows)


def _keep_marks(same: Sequence[tuple[Known, Account, bytes]]) -> None:
    """The app wrote the same account in other words, or shows one again that was missing."""
    rows = [(m, False, k.id) for k, _, m in same if k.digest != m or k.missing]
    many(_STILL, rows)


def _newest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((t for t in (one, other) if t), default=None)


def _move_activity(book: int, pairs: Sequence[tuple[Known, Account]]) -> list[int]:
    """Where the last activity has moved on, the day it was on before becomes history."""
    moved = [
        (stored, record.last_active_at)
        for stored, record in pairs
        if record.last_active_at is not None
        and _newest(record.last_active_at, stored.last_active_at) != stored.last_active_at
    ]
    before = [(stored.id, stored.last_active_at) for stored, _ in moved]
    days.add_days(book, [(account, at.date()) for account, at in before if at])
    many(_MOVED, [(moment(newer), stored.id) for stored, newer in moved])
    return [stored.id for stored, _ in moved]
