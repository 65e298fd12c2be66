"""Activity: the days on which accounts were active, one bit a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q

from steward.inventory.account import ActiveDays
from steward.inventory.instance import Book
from steward.inventory.run import Run
from steward.sdk.records import Activity
from steward.sync.writers.sql import insert, many, moment, own_id

_TABLE = ActiveDays._meta.db_table
_COLUMNS = ("book", "account_id", "app", "month", "days")
_ADD = f"ON CONFLICT (account_id, app, month) DO UPDATE SET days = {_TABLE}.days | excluded.days"
_BY_ID = insert(_TABLE, _COLUMNS, _ADD)
_OF_ACCOUNT = f"""
INSERT INTO {_TABLE} (book, account_id, app, month, days)
SELECT a.book, a.id, 0, %s, %s FROM inventory_account a WHERE a.book = %s AND a.external_id = %s
{_ADD}
"""
_OF_APP = f"""
INSERT INTO {_TABLE} (book, account_id, app, month, days)
SELECT a.book, a.id, s.id, %s, %s FROM inventory_account a
JOIN inventory_seenapp s ON s.book = a.book AND s.external_id = %s
WHERE a.book = %s AND a.external_id = %s
{_ADD}
"""
_ACTIVE = """
UPDATE inventory_account SET last_active_at = %s
WHERE book = %s AND external_id = %s AND (last_active_at IS NULL OR last_active_at < %s)
"""


def add_days(book: int, days: Iterable[tuple[int, date]]) -> None:
    bits = _together((account, 0, day) for account, day in days)
    many(_BY_ID, [(book, account, app, month, mask) for (account, app, month), mask in bits])


def write(run: Run, records: Sequence[Activity]) -> None:
    """A record of an account or app that is not known names nobody, and is passed over."""
    _note_first(run.book, records)
    bits = _together((own_id(r.account), own_id(r.app), r.day) for r in records)
    plain = [(m, mask, run.book, acc) for (acc, app, m), mask in bits if not app]
    of_app = [(m, mask, app, run.book, acc) for (acc, app, m), mask in bits if app]
    many(_OF_ACCOUNT, plain)
    many(_OF_APP, of_app)
    _move_last_active(run, records)


def _note_first(book: int, records: Sequence[Activity]) -> None:
    """The earliest day that the app has ever told of: what it does not show before is not known."""
    first = min((record.day for record in records), default=None)
    if first:
        later = Q(days_from=None) | Q(days_from__gt=first)
        Book.objects.filter(later, pk=book).update(days_from=first)


def _together(days: Iterable[tuple[Any, Any, date]]) -> list[tuple[tuple[Any, Any, date], int]]:
    masks: dict[tuple[Any, Any, date], int] = {}
    for account, app, day in days:
        key = (account, app, day.replace(day=1))
        masks[key] = masks.get(key, 0) | 1 << (day.day - 1)
    return list(masks.items())


def _move_last_active(run: Run, records: Sequence[Activity]) -> None:
    newest: dict[str, date] = {}
    for record in records:
        if not record.app:
            account = own_id(record.account)
            newest[account] = max(record.day, newest.get(account, record.day))
    rows = []
    for account, day in newest.items():
        at = moment(datetime.combine(day, time(), UTC))
        rows.append((at, run.book, account, at))
    many(_ACTIVE, rows)
