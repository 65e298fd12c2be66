"""Times come from PostgreSQL as they went there, however they are read."""

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader

from steward.inventory.times import UtcLoader

TIMES = (
    "2026-11-27 08:03:50.592988+00", "2026-11-27 08:03:50+00", "2026-11-27 08:03:50.5+00",
    "2024-02-29 23:59:59.999999+00", "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00",
)  # fmt: skip


@pytest.fixture
def read(postgresql):
    """What a loader makes of a time, in UTC as Django's connections are."""

    def read(loader, at):
        with psycopg.connect(postgresql.url) as database:
            database.execute("SET TIME ZONE 'UTC'")
            database.adapters.register_loader("timestamptz", loader)
            return database.execute("SELECT %s::timestamptz", [at]).fetchone()[0]

    return read


@pytest.mark.parametrize("at", TIMES)
def test_a_time_is_read_as_the_driver_reads_it(read, at):
    assert read(UtcLoader, at) == read(TimestamptzLoader, at)


@pytest.mark.parametrize("at", ["infinity", "20000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"])
def test_what_is_no_time_to_python_is_said_as_the_driver_says_it(read, at):
    with pytest.raises(psycopg.DataError) as expected:
        read(TimestamptzLoader, at)
    with pytest.raises(psycopg.DataError, match=str(expected.value)[:20]):
        read(UtcLoader, at)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="is about the other database")
@pytest.mark.django_db
def test_every_query_reads_them_so():
    now = timezone.now()
    with connection.cursor() as cursor:
        oid = connection.connection.adapters.types["timestamptz"].oid
        assert cursor.connection.adapters.get_loader(oid, Format.TEXT) is UtcLoader
        assert cursor.cursor.adapters.get_loader(oid, Format.TEXT) is UtcLoader
        cursor.execute("SELECT %s::timestamptz", [now])
        assert cursor.fetchone()[0] == now
