"""SQLite is told of its tables, or it takes an index that only might do."""

import pytest
from django.db import connection

from steward.inventory.books import open_book
from steward.inventory.statistics import know_tables

pytestmark = pytest.mark.django_db


def test_it_knows_how_many_rows_there_are():
    for _ in range(3):
        open_book()
    know_tables()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(stat) FROM sqlite_stat1 WHERE tbl = 'inventory_book'")
            assert cursor.fetchone()[0].split()[0] == "3"
