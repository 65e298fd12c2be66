"""The index that lists people by their last activity, as the migrations make it.

SQLite reads one index both ways; PostgreSQL wants those of whom nothing is known at the end of
either.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_CREATE = "CREATE INDEX person_active_last ON inventory_person (told_last_active DESC NULLS LAST)"


def latest_first(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_CREATE)
