"""The database, and whether it is what this version of Steward expects."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from steward.cli import migrating

LOCK = 7_205_100


class Schema(StrEnum):
    EMPTY = "empty"
    OLDER = "older than this version of Steward"
    READY = "ready"
    NEWER = "newer than this version of Steward"


class NotReady(Exception):
    """Its text says what to do."""


def schema() -> Schema:
    loader = MigrationExecutor(connection).loader
    applied = set(loader.applied_migrations)
    # Migrations that were squashed away are known all the same.
    known = set(loader.disk_migrations)
    ours = {app for app, _ in known}
    if any(name not in known for name in applied if name[0] in ours):
        return Schema.NEWER
    if not applied:
        return Schema.EMPTY
    return Schema.READY if set(loader.graph.nodes) <= applied else Schema.OLDER


def prepare() -> None:
    """Of several that begin at once, one prepares and the others wait for it."""
    found = schema()
    if found is Schema.READY:
        return
    refuse_newer(found)
    with _alone():
        if schema() is not Schema.READY:
            print("Preparing the database …", file=sys.stderr)
            migrating.bring_up_to_date()


def expect_ready() -> None:
    """For processes that share a database with others: none of them changes it by starting."""
    found = schema()
    refuse_newer(found)
    if found is not Schema.READY:
        raise NotReady(f"The database is {found}. Bring it up to date with: steward db migrate")


def refuse_newer(found: Schema) -> None:
    if found is Schema.NEWER:
        raise NotReady(
            "The database is newer than this version of Steward; another machine has been "
            "upgraded. Upgrade Steward here too."
        )


def is_shared() -> bool:
    """On a server, where other machines may be using it at this moment."""
    return bool(connection.vendor != "sqlite")


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
