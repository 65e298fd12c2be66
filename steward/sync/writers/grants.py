"""Third-party grants: who let which app do what.

An app may tell of one grant in several records (one for each thing reached), so the scopes of a
run are gathered beside those that hold (`reading`), and compared when the stream has ended. Other
scopes close the row and begin a new one, so that the past can be asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from django.utils import timezone

from steward.inventory.holdings import Grant as Row
from steward.inventory.run import Run
from steward.sdk.records import Grant
from steward.sync.writers.sql import many, moment, own_id, rows_in, text

_TABLE = Row._meta.db_table
_SAID = "scopes, reading, granted_at, last_used_at, granted_by"
_CHANGES = f"""seen = excluded.seen, reading = excluded.reading,
granted_at = COALESCE(excluded.granted_at, {_TABLE}.granted_at),
last_used_at = CASE WHEN {_TABLE}.last_used_at IS NULL
    OR excluded.last_used_at > {_TABLE}.last_used_at THEN excluded.last_used_at
    ELSE {_TABLE}.last_used_at END,
granted_by = CASE WHEN excluded.granted_by = '' THEN {_TABLE}.granted_by
    ELSE excluded.granted_by END"""
_OF_ACCOUNT = f"""
INSERT INTO {_TABLE} (book, seen, since, {_SAID}, app_id, account_id)
SELECT p.book, %s, %s, %s, %s, %s, %s, %s, p.id, a.id FROM inventory_seenapp p
JOIN inventory_account a ON a.book = p.book AND a.external_id = %s
WHERE p.book = %s AND p.external_id = %s
ON CONFLICT (app_id, account_id) WHERE until IS NULL DO UPDATE SET {_CHANGES}
"""
_OF_ALL = f"""
INSERT INTO {_TABLE} (book, seen, since, {_SAID}, app_id)
SELECT p.book, %s, %s, %s, %s, %s, %s, %s, p.id FROM inventory_seenapp p
WHERE p.book = %s AND p.external_id = %s
ON CONFLICT (app_id) WHERE until IS NULL AND account_id IS NULL DO UPDATE SET {_CHANGES}
"""
_READ = f"FROM {_TABLE} g JOIN inventory_seenapp p ON p.id = g.app_id"
_NOW = "g.book = %s AND g.seen = %s AND g.until IS NULL"
_READ_OF_ACCOUNTS = f"""
SELECT p.external_id, a.external_id, g.reading {_READ}
JOIN inventory_account a ON a.id = g.account_id
WHERE {_NOW} AND a.book = %s AND a.external_id IN
"""
_READ_OF_ALL = f"""
SELECT p.external_id, '', g.reading {_READ}
WHERE {_NOW} AND g.account_id IS NULL AND p.book = %s AND p.external_id IN
"""
_MINE = "book = %s AND seen = %s AND until IS NULL AND reading <> scopes"
_FOUND_NOW = f"UPDATE {_TABLE} SET scopes = reading WHERE {_MINE} AND since >= %s"
_CLOSE = f"UPDATE {_TABLE} SET until = %s WHERE {_MINE}"
_REOPEN = f"""
INSERT INTO {_TABLE} (book, seen, since, {_SAID}, app_id, account_id)
SELECT book, seen, until, reading, reading, granted_at, last_used_at, granted_by, app_id, account_id
FROM {_TABLE} WHERE book = %s AND seen = %s AND until = %s
"""

Key: TypeAlias = tuple[str, str]


def write(run: Run, records: Sequence[Grant]) -> None:
    """A record that names an unknown app or account writes nothing."""
    grants = _together(records)
    for key, scopes in _read_before(run, grants):
        if key in grants:
            grants[key] = _joined(grants[key], Grant(app=key[0], scopes=scopes))
    now = moment(timezone.now())
    said = {key: (run.pk, now, *_said(grant)) for key, grant in grants.items()}
    many(_OF_ACCOUNT, [(*s, key[1], run.book, key[0]) for key, s in said.items() if key[1]])
    many(_OF_ALL, [(*s, run.book, key[0]) for key, s in said.items() if not key[1]])


def settle(run: Run, complete: bool) -> None:
    """The scopes of a grant that this run was the first to see are those it read; of another they
    have changed, which only a whole reading can tell."""
    began = moment(run.started_at or run.created_at)
    many(_FOUND_NOW, [(run.book, run.pk, began)])
    if complete:
        now = moment(timezone.now())
        many(_CLOSE, [(now, run.book, run.pk)])
        many(_REOPEN, [(run.book, run.pk, now)])


def _together(records: Iterable[Grant]) -> dict[Key, Grant]:
    found: dict[Key, Grant] = {}
    for record in records:
        key = (own_id(record.app), own_id(record.account))
        found[key] = _joined(found[key], record) if key in found else record
    return found


def _joined(one: Grant, other: Grant) -> Grant:
    return msgspec.structs.replace(
        one,
        scopes=tuple({*one.scopes, *other.scopes}),
        granted_at=one.granted_at or other.granted_at,
        last_used_at=_newest(one.last_used_at, other.last_used_at),
        granted_by=one.granted_by or other.granted_by,
    )


def _newest(*times: datetime | None) -> datetime | None:
    return max((at for at in times if at), default=None)


def _read_before(run: Run, keys: Iterable[Key]) -> Iterator[tuple[Key, tuple[str, ...]]]:
    """What earlier pages of this very run have said of these grants."""
    at = (run.book, run.pk, run.book)
    accounts = sorted({account for _, account in keys if account})
    apps = sorted({app for app, account in keys if not account})
    for statement, wanted in ((_READ_OF_ACCOUNTS, accounts), (_READ_OF_ALL, apps)):
        for app, account, reading in rows_in(statement, wanted, *at):
            scopes = msgspec.json.decode(reading) if isinstance(reading, str) else reading
            yield (app, account), tuple(scopes)


def _said(grant: Grant) -> tuple[Any, ...]:
    scopes = _json(grant.scopes)
    times = (moment(grant.granted_at), moment(grant.last_used_at))
    return (scopes, scopes, *times, text(grant.granted_by, 300))


def _json(scopes: Iterable[str]) -> str:
    """In the form in which the ORM writes it, so that equal scopes are equal texts."""
    return json.dumps(sorted({text(scope, 1000) for scope in scopes}))
