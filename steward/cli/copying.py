"""An installation from one database to another, table by table, in constant memory.

What DBOS keeps is not copied: its queues are made anew from the rows (see
docs/decisions), so a run that was waiting is taken up in the new place.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from steward import environment
from steward.cli.migrating import bring_up_to_date
from steward.inventory.worker import Worker

HERE, THERE = "default", "copy"
BATCH = 2_000


class CannotCopy(Exception):
    """Its text says why, and what to do."""


def copy(url: str) -> dict[str, int]:
    """How many rows went over, by table. Nothing is changed here, and nothing stays there if it
    fails half-way."""
    if Worker.any_alive():
        raise CannotCopy("A worker is running. Stop Steward on all machines first.")
    _open(url)
    tables = list(_tables())
    _prepare(tables)
    with transaction.atomic(using=HERE), transaction.atomic(using=THERE):
        _clear_defaults(tables)
        counts = {model._meta.db_table: _copy_table(model) for model in tables}
        _set_sequences(tables)
        _compare(counts)
    return counts


def _open(url: str) -> None:
    try:
        target = environment.database_of(url)
    except ImproperlyConfigured as error:
        raise CannotCopy(str(error).replace("STEWARD_DATABASE_URL", "--to")) from None
    here = connections[HERE].settings_dict
    connections.settings[THERE] = {**here, "OPTIONS": {}, **target}
    if all(here[key] == target.get(key, "") for key in ("NAME", "HOST", "PORT")):
        raise CannotCopy("That is the database which is in use already.")


def _prepare(tables: list[type[models.Model]]) -> None:
    """A target with data is refused before anything is done to it."""
    there = connections[THERE]
    try:
        names = set(there.introspection.table_names())
    except DatabaseError as error:
        raise CannotCopy(f"The new database cannot be reached: {_first_line(error)}") from None
    full = [m._meta.db_table for m in tables if m._meta.db_table in names and _count(m, THERE)]
    if any(not _is_default(table) for table in full):
        raise CannotCopy("The new database is not empty. Name an empty one.")
    bring_up_to_date(THERE)


def _tables() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _is_default(table: str) -> bool:
    """What preparing a database fills by itself."""
    return table in ("django_content_type", "auth_permission")


def _clear_defaults(tables: list[type[models.Model]]) -> None:
    for model in reversed(tables):
        if _is_default(model._meta.db_table):
            model._base_manager.using(THERE).all().delete()


def _copy_table(model: type[models.Model]) -> int:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = [field.attname for field in fields]
    rows = model._base_manager.using(HERE).order_by("pk").values_list(*names)
    there = connections[THERE]
    prepared = (
        [_value(field, value, there) for field, value in zip(fields, row, strict=True)]
        for row in rows.iterator(chunk_size=_at_once(fields))
    )
    columns = ", ".join(there.ops.quote_name(field.column) for field in fields)
    table = there.ops.quote_name(model._meta.db_table)
    return _write(there, table, columns, len(fields), prepared)


def _at_once(fields: Any) -> int:
    """A document may have many megabytes."""
    return 1 if any(field.name == "content" for field in fields) else BATCH


def _value(field: Any, value: Any, there: BaseDatabaseWrapper) -> Any:
    return field.get_db_prep_save(value, there)


def _write(
    there: BaseDatabaseWrapper, table: str, columns: str, width: int, rows: Iterator[list[Any]]
) -> int:
    counted = count()
    numbered = (row for row, _ in zip(rows, counted, strict=False))
    with there.cursor() as cursor:
        if there.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
                for row in numbered:
                    target.write_row(row)
        else:
            marks = ", ".join(["%s"] * width)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", numbered)
    return next(counted)


def _set_sequences(tables: list[type[models.Model]]) -> None:
    there = connections[THERE]
    with there.cursor() as cursor:
        for statement in there.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def _compare(counts: dict[str, int]) -> None:
    for model in _tables():
        table = model._meta.db_table
        if not counts[table] == _count(model, HERE) == _count(model, THERE):
            raise CannotCopy(f"Not all of {table} was copied; nothing was kept. Try again.")


def _count(model: type[models.Model], where: str) -> int:
    return int(model._base_manager.using(where).count())


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
