"""What is stored of the accounts on a page, before any of it is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from steward.inventory.account import Account
from steward.sync.writers.sql import rows_by_key

DIGEST_SIZE = 8

_TABLE = Account._meta.db_table
_WANTED = "id, external_id, digest, status, last_active_at, missing"
_BEHIND = f"FROM {_TABLE} WHERE id > %s AND id <= %s"
# Ordered, so that PostgreSQL takes the index and not the first row that it comes across.
_FIRST_BETWEEN = f"""
WITH ends AS (SELECT MIN(value) AS least, MAX(value) AS most FROM {{}})
SELECT 1 FROM {_TABLE} WHERE book = %s AND external_id >= (SELECT least FROM ends)
AND external_id <= (SELECT most FROM ends) ORDER BY external_id LIMIT 1
"""
# Of a page, so much more is looked at behind the one before: some are gone meanwhile.
_SPARE = 4

_decoder = msgspec.json.Decoder(list[tuple[int, str, str, str, str | None, int, int]])


class Known(msgspec.Struct, frozen=True, gc=False):
    """`digest` is that of the record, and behind it the print of its bytes."""

    id: int
    digest: bytes
    status: str
    last_active_at: datetime | None
    missing: bool

    def is_as_read(self, mark: bytes) -> bool:
        """Its bytes are those of the last time, and it has been there ever since."""
        return self.digest[DIGEST_SIZE:] == mark and not self.is_away

    @property
    def is_away(self) -> bool:
        return self.missing or self.status == Account.REMOVED


class Shelf:
    """The accounts of a book, by external id.

    Most lists come in the order in which they came before, and their accounts are stored in that
    order. So those behind the last ones found are read first, side by side, which costs a fifth of
    looking up each; only who is not among them is looked up. Nor is anybody where nobody is stored
    whose id is between theirs, as where a list that is sorted is read for the first time."""

    def __init__(self, book: int) -> None:
        self._book = book
        self._last = 0

    def find(self, ids: Sequence[str]) -> dict[str, Known]:
        behind = self._behind(len(ids) + len(ids) // _SPARE) if self._last else {}
        found = {name: behind[name] for name in ids if name in behind}
        if len(found) < len(ids):
            found |= self._looked_up([name for name in ids if name not in found])
        self._last = next((found[name].id for name in reversed(ids) if name in found), 0)
        return found

    def _behind(self, count: int) -> dict[str, Known]:
        rows = _rows_between(self._last, self._last + count)
        return {row[1]: _known(row[:-1]) for row in rows if row[-1] == self._book}

    def _looked_up(self, ids: Sequence[str]) -> dict[str, Known]:
        if not _is_any_between(self._book, ids):
            return {}
        rows = rows_by_key(_WANTED, _TABLE, "book = %s", "external_id", ids, self._book)
        return {row[1]: _known(row) for row in rows}


def _is_any_between(book: int, ids: Sequence[str]) -> bool:
    """Between the least and the greatest of them, in the database's own order of texts."""
    listed = "json_each(%s)"
    if connection.vendor == "postgresql":
        listed = "json_array_elements_text(%s::json) AS id(value)"
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_BETWEEN.format(listed), [msgspec.json.encode(ids).decode(), book])
        return cursor.fetchone() is not None


def _rows_between(first: int, last: int) -> Sequence[Any]:
    """SQLite gives them as one text. Row by row, the thread that reads ahead would take its turn
    after each, and that costs more than the row."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT {_WANTED}, book {_BEHIND}", [first, last])
            found: list[Any] = cursor.fetchall()
            return found
        wanted = _WANTED.replace("digest", "hex(digest)")
        cursor.execute(
            f"SELECT json_group_array(json_array({wanted}, book)) {_BEHIND}", [first, last]
        )
        return _decoder.decode(cursor.fetchone()[0])


def _known(row: Sequence[Any]) -> Known:
    number, _, digest, status, active, missing = row
    digest = bytes.fromhex(digest) if isinstance(digest, str) else bytes(digest)
    return Known(number, digest, status, active and _aware(active), bool(missing))


def _aware(value: Any) -> datetime:
    """SQLite hands back text."""
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
