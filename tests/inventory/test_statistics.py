"""What SQLite has counted of the tables, by which it chooses among indexes."""

import pytest
from django.db import connection

from steward.inventory.person import Person
from steward.inventory.sqlite import statistics
from steward.work import worker
from tests.processes import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite"),
]


def is_counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return False
        cursor.execute("SELECT 1 FROM sqlite_stat1 WHERE tbl = 'inventory_person'")
        return cursor.fetchone() is not None


@pytest.fixture
def three_people(monkeypatch):
    monkeypatch.setattr(statistics, "FEW", 3)
    Person.objects.bulk_create([Person(name=name, email=name) for name in ("ann", "bob", "cem")])
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")


def test_large_tables_are_counted(three_people):
    statistics.count()
    assert is_counted()


def test_of_a_small_one_nothing_is_kept(three_people):
    """It may be large in a moment, and of few rows SQLite would read all."""
    statistics.count()
    Person.objects.first().delete()
    statistics.count()
    assert not is_counted()


def test_a_worker_counts_now_and_then(three_people, monkeypatch):
    monkeypatch.setattr(worker, "HOUR", 0.1)
    with worker.running():
        assert wait_until(is_counted)
