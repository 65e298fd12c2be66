"""The few differences between the databases, and statements made from column names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

CHUNK = 500


def moment(value: datetime | None) -> Any:
    """A time as the ORM itself would store it."""
    return connection.ops.adapt_datetimefield_value(value) if value else None


def marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def insert(table: str, columns: Sequence[str], tail: str = "") -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)}) {tail}"


def many(statement: str, rows: Sequence[Sequence[Any]]) -> int:
    """How many rows were written, as far as the database says."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
        return max(int(cursor.rowcount), 0)


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def rows_in(statement: str, values: Sequence[Any], *before: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a SELECT that ends in `IN (…)`, for any number of values."""
    with connection.cursor() as cursor:
        for part in chunks(values):
            cursor.execute(f"{statement} ({marks(part)})", [*before, *part])
            yield from cursor.fetchall()


def execute_in(statement: str, values: Sequence[Any], *before: Any) -> None:
    with connection.cursor() as cursor:
        for part in chunks(values):
            cursor.execute(f"{statement} ({marks(part)})", [*before, *part])


def text(value: str, length: int) -> str:
    """PostgreSQL stores no NUL; a value longer than its column is cut, not lost."""
    return value.replace("\x00", "")[:length]


def distinct(items: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """The last of each key: a list that shifts while it is read may show one twice."""
    return dict(items)
