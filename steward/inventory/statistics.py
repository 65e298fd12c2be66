"""What the database knows of its tables, by which it chooses indexes.

PostgreSQL looks by itself. SQLite is told by nobody but us, and without it takes any index that
might do (https://www.sqlite.org/lang_analyze.html)."""

from __future__ import annotations

from django.db import connection

# Rows of an index that are looked at: enough to tell few from many, and no time at any size.
SAMPLE = 1_000


def know_tables() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLE}")
            cursor.execute("ANALYZE")
