"""Accounts: new ones in, changed ones with their past kept, unchanged ones only marked as seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.utils import timezone

from steward.inventory.account import Account as Row
from steward.inventory.matching import email_key
from steward.inventory.run import Run
from steward.sdk.records import Account
from steward.sync.writers import days
from steward.sync.writers.sql import execute_in, insert, many, moment, rows_in, text
from steward.sync.writers.versions import keep_versions_of

_WANTED = "id, external_id, digest, status, last_active_at"
_FIND = f"SELECT {_WANTED} FROM inventory_account WHERE book = %s AND external_id IN"
_TOUCH = "UPDATE inventory_account SET seen = %s WHERE id IN"

_NEW = (
    "email", "username", "name", "status", "kind", "role", "holds_seat", "attributes",
    "last_active_at", "since", "book", "external_id", "email_key", "created_at", "first_seen_at",
    "matched", "seen", "digest",
)  # fmt: skip
_INSERT = insert("inventory_account", _NEW)
_UPDATE = """
UPDATE inventory_account SET email = %s, username = %s, name = %s, status = %s, kind = %s,
    role = %s, holds_seat = COALESCE(%s, holds_seat), attributes = %s,
    last_active_at = COALESCE(%s, last_active_at), since = %s, email_key = %s,
    created_at = %s, matched = %s, removed_at = NULL, seen = %s, digest = %s
WHERE id = %s
"""
_MOVED = "UPDATE inventory_account SET last_active_at = %s WHERE id = %s"

_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True)
class Known:
    id: int
    digest: bytes
    status: str
    last_active_at: datetime | None


@dataclass
class Counts:
    appeared: int = 0
    changed: int = 0
    returned: int = 0


def write(run: Run, records: Sequence[Account]) -> Counts:
    now = timezone.now()
    by_id = {record.id[:300]: record for record in records}
    known = _known(run.book, list(by_id))
    counts = Counts()
    new, changed, unchanged = [], [], []
    for external_id, record in by_id.items():
        stored, mark = known.get(external_id), digest_of(record)
        if stored is None:
            new.append(_new_row(run, external_id, record, mark, now))
        elif stored.digest != mark or stored.status == Row.REMOVED:
            counts.returned += stored.status == Row.REMOVED
            changed.append((stored, _changed_row(run, record, stored, mark, now)))
        else:
            unchanged.append((stored, record))
    counts.appeared, counts.changed = len(new), len(changed) - counts.returned
    many(_INSERT, new)
    _change(changed, now)
    execute_in(_TOUCH, [stored.id for stored, _ in unchanged], run.pk)
    _move_activity(run.book, known, by_id)
    return counts


def digest_of(record: Account) -> bytes:
    """Of all but the last activity, which moves daily and has a history of its own."""
    still = msgspec.structs.replace(record, last_active_at=None)
    return hashlib.blake2b(_encoder.encode(still), digest_size=16).digest()


def _known(book: int, ids: Sequence[str]) -> dict[str, Known]:
    return {
        external_id: Known(pk, bytes(mark), status, _aware(active))
        for pk, external_id, mark, status, active in rows_in(_FIND, ids, book)
    }


def _aware(value: Any) -> datetime | None:
    """SQLite hands back text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value


def _fields(record: Account) -> list[Any]:
    attributes = dict(record.attributes)
    if record.emails:
        attributes["emails"] = list(record.emails)
    if not record.verified:
        attributes["verified"] = False
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


def _new_row(run: Run, external_id: str, record: Account, mark: bytes, now: datetime) -> list[Any]:
    return [
        *_fields(record),
        moment(record.last_active_at),
        moment(now),
        run.book,
        external_id.replace("\x00", ""),
        email_key(record.email or ""),
        moment(record.created_at),
        moment(now),
        False,
        run.pk,
        mark,
    ]


def _changed_row(run: Run, record: Account, stored: Known, mark: bytes, now: datetime) -> list[Any]:
    return [
        *_fields(record),
        moment(_newest(record.last_active_at, stored.last_active_at)),
        moment(now),
        email_key(record.email or ""),
        moment(record.created_at),
        False,
        run.pk,
        mark,
        stored.id,
    ]


def _change(changed: Sequence[tuple[Known, list[Any]]], now: datetime) -> None:
    keep_versions_of([stored.id for stored, _ in changed], now)
    many(_UPDATE, [row for _, row in changed])


def _newest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((t for t in (one, other) if t), default=None)


def _move_activity(book: int, known: dict[str, Known], records: dict[str, Account]) -> None:
    """Where the last activity has moved on, the day it was on before becomes history."""
    moved = [
        (stored, records[external_id].last_active_at)
        for external_id, stored in known.items()
        if _newest(records[external_id].last_active_at, stored.last_active_at)
        != stored.last_active_at
    ]
    before = [(stored.id, stored.last_active_at) for stored, _ in moved]
    days.add_days(book, [(account, at.date()) for account, at in before if at])
    many(_MOVED, [(moment(newer), stored.id) for stored, newer in moved])
