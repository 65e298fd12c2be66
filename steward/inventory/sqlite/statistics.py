"""What SQLite chooses its indexes by.

It counts what is behind each of them when it is asked to, and only then; of a table that was never
counted it takes it that any value is there ten times, whether it is in ten rows or in a million.
PostgreSQL counts by itself.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connections

# Entries that are looked at of each index: milliseconds, however large the table is
# (https://sqlite.org/lang_analyze.html, "Approximate ANALYZE").
LOOKS = 1_000
# Tables with fewer rows are forgotten again. They may have many in a moment, and of a few SQLite
# would rather read all.
FEW = 10_000


def count(using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKS}")
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < %s", [FEW])
        cursor.execute("ANALYZE sqlite_schema")
