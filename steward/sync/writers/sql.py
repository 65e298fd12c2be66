"""The few differences between the databases, and statements made from column names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import msgspec
from django.db import IntegrityError, connection, models, transaction

CHUNK = 500
# Rows in one statement. SQLite takes 32,766 values in one, and no table here has 30 columns.
TOGETHER = (1_000, 100, 10)


def moment(value: datetime | None) -> Any:
    """A time as the ORM itself would store it."""
    return stamp(value) if connection.vendor == "sqlite" else value


@lru_cache(maxsize=4096)
def stamp(value: datetime | None) -> str | None:
    """A time as text, for rows that are written in bulk: PostgreSQL's driver takes as long over one
    as over all the rest of a row. A page of accounts names few different ones."""
    if value is None:
        return None
    at = value.astimezone(UTC)
    return (at.replace(tzinfo=None) if connection.vendor == "sqlite" else at).isoformat(" ")


def marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def insert(table: str, columns: Sequence[str], tail: str = "") -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(columns)}) {tail}"


class BulkInsert:
    """Rows into the table of a model, by its columns.

    PostgreSQL takes them by COPY or, where a row may be there already, as one JSON text: a
    statement a row would cost several times as much. SQLite is in this process, and takes many
    in one statement: between two statements the thread that reads ahead takes its turn, and
    after each row that would cost more than the row."""

    def __init__(self, model: type[models.Model], columns: Sequence[str], tail: str = "") -> None:
        self.table = model._meta.db_table
        self.columns = tuple(columns)
        self.tail = tail
        self._fields = {field.column: field for field in model._meta.concrete_fields}

    def write(self, rows: Sequence[Sequence[Any]]) -> int:
        """How many were written; a conflict may have kept some out."""
        if not rows:
            return 0
        if connection.vendor != "postgresql":
            return self._into_sqlite(rows)
        if self.tail.endswith("DO NOTHING"):
            return self._hopefully(rows)
        return self._one_by_one(rows) if self.tail else self._copied(rows)

    def _hopefully(self, rows: Sequence[Sequence[Any]]) -> int:
        """As where nothing is there yet, which costs a third, and is so but for a moment's
        coincidence."""
        try:
            with transaction.atomic():
                return self._copied(rows)
        except IntegrityError:
            return self._one_by_one(rows)

    def _copied(self, rows: Sequence[Sequence[Any]]) -> int:
        into = f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN"
        with (
            connection.cursor() as cursor,
            connection.wrap_database_errors,
            cursor.copy(into) as target,
        ):
            for row in rows:
                target.write_row(row)
        return len(rows)

    def _one_by_one(self, rows: Sequence[Sequence[Any]]) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._from_json(), [self._json(rows)])
            return int(cursor.rowcount)

    def _into_sqlite(self, rows: Sequence[Sequence[Any]]) -> int:
        written = done = 0
        connection.ensure_connection()
        for size, statement in self._together.items():
            while len(rows) - done >= size:
                values = list(chain.from_iterable(rows[done : done + size]))
                with connection.wrap_database_errors:
                    written += connection.connection.execute(statement, values).rowcount
                done += size
        return written + many(insert(self.table, self.columns, self.tail), rows[done:])

    @cached_property
    def _together(self) -> dict[int, str]:
        """With SQLite's own marks: Django would look for its own in it, each time."""
        row = f"({', '.join('?' * len(self.columns))})"
        into = f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES"
        return {size: f"{into} {', '.join([row] * size)} {self.tail}" for size in TOGETHER}

    def _from_json(self) -> str:
        names = ", ".join(self.columns)
        kinds = ", ".join(f"{c} {self._fields[c].db_type(connection)}" for c in self.columns)
        return (
            f"INSERT INTO {self.table} ({names}) "
            f"SELECT {names} FROM json_to_recordset(%s::json) AS given({kinds}) {self.tail}"
        )

    def _json(self, rows: Sequence[Sequence[Any]]) -> str:
        named = [dict(zip(self.columns, map(_plain, row), strict=True)) for row in rows]
        return msgspec.json.encode(named).decode()


def _plain(value: Any) -> Any:
    """PostgreSQL reads bytes from text in its own hexadecimal form."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


# The sequence is looked up once and not for each id, and the ids are named one by one only where
# somebody else has taken some between them.
_NEXT = """
WITH of AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name),
taken AS MATERIALIZED (SELECT nextval(of.name) AS id FROM of, generate_series(1, %s))
SELECT MIN(id), MAX(id), CASE WHEN MAX(id) - MIN(id) >= COUNT(*) THEN array_agg(id) END FROM taken
"""


def next_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Ids for rows about to be inserted. SQLite has one writer, and its transactions begin as
    such, so that nobody else can take them meanwhile."""
    if not count:
        return range(0)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_NEXT, [table, count])
            first, last, listed = cursor.fetchone()
            return listed or range(first, last + 1)
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


_GIVEN = {
    "sqlite": "SELECT {columns} FROM (SELECT value AS given FROM json_each(%s)) CROSS JOIN {one}",
    "postgresql": (
        "SELECT found.* FROM json_array_elements_text(%s::json) AS keys(given) "
        "CROSS JOIN LATERAL (SELECT {columns} FROM {one} LIMIT 1) AS found"
    ),
}


def rows_by_key(
    columns: str, tables: str, where: str, key: str, values: Sequence[Any], *before: Any
) -> Sequence[tuple[Any, ...]]:
    """The row of each key, for any number of keys. Both databases are made to look each one up:
    before a table is analysed, PostgreSQL would rather read all of a growing book for every page,
    and SQLite takes many marks longer to read than to answer."""
    if not values:
        return ()
    one = f"{tables} WHERE {where} AND {key} = given"
    sql = _GIVEN[connection.vendor].format(columns=columns, one=one)
    with connection.cursor() as cursor:
        cursor.execute(sql, [msgspec.json.encode(values).decode(), *before])
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return found


def execute_in(statement: str, values: Sequence[Any], *before: Any) -> None:
    with connection.cursor() as cursor:
        for part in chunks(values):
            cursor.execute(f"{statement} ({marks(part)})", [*before, *part])


def text(value: str, length: int) -> str:
    """PostgreSQL stores no NUL; a value longer than its column is cut, not lost."""
    return value.replace("\x00", "")[:length]


def own_id(value: str) -> str:
    """An app's own id as it is stored and looked for."""
    return text(value, 300)
