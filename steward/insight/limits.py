"""A limit to how long the database may take for an answer that somebody is waiting for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from steward.insight.asking import BadRequest

PREVIEW, PAGE = 5.0, 60.0
# How many steps of SQLite's machine lie between two looks at the clock: some milliseconds.
_STEPS = 50_000
_CANCELLED = "57014"


class TooMuch(BadRequest):
    """It would take longer than there is time for."""


@contextmanager
def within(seconds: float, says: str) -> Iterator[None]:
    """Queries that take longer are broken off, and `TooMuch` says the sentence."""
    limited = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    with limited(seconds, says):
        yield


@contextmanager
def _on_postgresql(seconds: float, says: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        raise TooMuch(says) from None


@contextmanager
def _on_sqlite(seconds: float, says: str) -> Iterator[None]:
    connection.ensure_connection()
    until, late = time.monotonic() + seconds, []

    def look() -> int:
        if time.monotonic() > until:
            late.append(True)
        return len(late)

    connection.connection.set_progress_handler(look, _STEPS)
    try:
        yield
    except OperationalError:
        if not late:
            raise
        raise TooMuch(says) from None
    finally:
        connection.connection.set_progress_handler(None, _STEPS)
