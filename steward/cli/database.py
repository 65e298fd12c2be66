"""The database, brought to what this version expects before any command uses it."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LOCK = 7_205_100


def prepare() -> None:
    """Of several that begin at once, one prepares and the others wait for it."""
    if _is_ready():
        return
    with _alone():
        if not _is_ready():
            print("Preparing the database …", file=sys.stderr)
            call_command("migrate", interactive=False, verbosity=0)


def _is_ready() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@contextmanager
def _alone() -> Iterator[None]:
    """Among the processes of one data folder, and among all of one PostgreSQL server."""
    with (settings.STEWARD_DATA_DIR / "prepare.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _advisory("pg_advisory_lock")
        try:
            yield
        finally:
            _advisory("pg_advisory_unlock")


def _advisory(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}({LOCK})")
