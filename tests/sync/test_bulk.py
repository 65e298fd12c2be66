"""Many rows at once, however many they are."""

import pytest
from django.db import connection

from steward.inventory.person import Person, PersonEmail
from steward.sync.writers.sql import BulkInsert, next_ids

pytestmark = pytest.mark.django_db

_KEYS = BulkInsert(PersonEmail, ("key", "person_id"), "ON CONFLICT (key) DO NOTHING")


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 99, 101, 1_000, 1_119, 2_001])
def test_each_is_written_once(count):
    person = Person.objects.create(name="Ada", email="ada@corp.example")
    rows = [(f"key{number}", person.pk) for number in range(count)]
    assert _KEYS.write(rows) == count
    assert PersonEmail.objects.count() == count
    assert set(PersonEmail.objects.values_list("key", "person")) == set(rows)


def test_who_is_there_already_is_not_counted():
    person = Person.objects.create(name="Ada", email="ada@corp.example")
    assert _KEYS.write([("key5", person.pk), ("key1115", person.pk)]) == 2
    assert _KEYS.write([(f"key{number}", person.pk) for number in range(1_120)]) == 1_118
    assert PersonEmail.objects.count() == 1_120


def test_ids_are_those_that_nobody_has():
    assert list(next_ids(Person, 0)) == []
    first = next_ids(Person, 3)
    assert list(first) == list(range(first[0], first[0] + 3))
    BulkInsert(Person, ("id", "name", "email", "attributes", "manager_sought", "created_at")).write(
        [(number, "Ada", "", "{}", False, "2026-01-07 09:00:00") for number in first]
    )
    assert next_ids(Person, 1)[0] > first[-1]
    assert Person.objects.create(name="Bob").pk > first[-1]


def test_ids_need_not_follow_each_other():
    """On PostgreSQL somebody else may take some between them; SQLite has one writer."""
    step = 1
    if connection.vendor == "postgresql":
        step = 2
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE inventory_person_id_seq INCREMENT BY 2")
    ids = next_ids(Person, 3)
    assert (ids[1] - ids[0], ids[2] - ids[1]) == (step, step)
