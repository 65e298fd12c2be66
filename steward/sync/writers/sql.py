"""The few differences between the databases, and statements made from column names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

CHUNK = 500


def moment(value: datetime | None) -> Any:
    """A time as the ORM itself would store it."""
    if value is None:
        return None
    return _text_of(value) if connection.vendor == "sqlite" else value


@lru_cache(maxsize=4096)
def _text_of(value: datetime) -> str:
    """A page of accounts names few different moments: days of birth, and now."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def insert(table: str, columns: Sequence[str], tail: str = "") -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)}) {tail}"


class BulkInsert:
    """Rows into the table of a model, by its columns. PostgreSQL takes them as one array a
    column, which is several times as fast as a statement a row; SQLite is in this process."""

    def __init__(self, model: type[models.Model], columns: Sequence[str], tail: str = "") -> None:
        self.table = model._meta.db_table
        self.columns = tuple(columns)
        self.tail = tail
        self._fields = {field.column: field for field in model._meta.concrete_fields}

    def write(self, rows: Sequence[Sequence[Any]]) -> int:
        """How many rows were written, as far as the database says."""
        if connection.vendor != "postgresql":
            return many(insert(self.table, self.columns, self.tail), rows)
        if not rows:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(self._arrays(), [list(column) for column in zip(*rows, strict=True)])
            return max(int(cursor.rowcount), 0)

    def returning(self, rows: Sequence[Sequence[Any]], column: str) -> list[Any]:
        """That column of the rows that were written; a conflict may have kept some out."""
        if not rows:
            return []
        tail = f"{self.tail} RETURNING {column}"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                sql = f"{self._arrays()} RETURNING {column}"
                cursor.execute(sql, [list(c) for c in zip(*rows, strict=True)])
                return [found for (found,) in cursor.fetchall()]
            written: list[Any] = []
            for part in chunks(rows):
                values = ", ".join([f"({marks(self.columns)})"] * len(part))
                names = ", ".join(self.columns)
                sql = f"INSERT INTO {self.table} ({names}) VALUES {values} {tail}"
                cursor.execute(sql, [value for row in part for value in row])
                written += [found for (found,) in cursor.fetchall()]
            return written

    def _arrays(self) -> str:
        kinds = (_array_of(self._fields[column]) for column in self.columns)
        arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
        names = ", ".join(self.columns)
        return f"INSERT INTO {self.table} ({names}) SELECT * FROM unnest({arrays}) {self.tail}"


def _array_of(field: Any) -> str:
    kind = str(field.db_type(connection)).split("(", 1)[0]
    return {"varchar": "text", "serial": "integer", "bigserial": "bigint"}.get(kind, kind)


def next_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Ids for rows about to be inserted. SQLite has one writer, and its transactions begin as
    such, so that nobody else can take them meanwhile."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [int(number) for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        first = (int(last[0]) if last else 0) + 1
        return range(first, first + count)


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
