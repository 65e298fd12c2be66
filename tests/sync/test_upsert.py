"""One row, written whether it is there or not."""

import pytest

from steward.inventory.instance import StreamState
from steward.sync.writers.upsert import upsert


@pytest.fixture
def rows(connect):
    key = {"instance": connect(), "name": "seats"}
    return key, StreamState.objects.filter(**key)


def test_a_row_that_is_not_there_is_made(rows):
    key, found = rows
    upsert(StreamState, {"records": 3}, **key)
    assert [row.records for row in found] == [3]


def test_a_row_that_is_there_takes_one_statement(rows, django_assert_num_queries):
    key, found = rows
    found.create(**key, records=3, error="It was broken.")
    with django_assert_num_queries(1):
        upsert(StreamState, {"records": 4}, **key)
    assert [(row.records, row.error) for row in found] == [(4, "It was broken.")]
