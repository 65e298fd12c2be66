"""The accounts of a page are found whatever order it comes in."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from steward.inventory.account import Account
from steward.sync.writers.known import Shelf
from tests.insight.conftest import account, app

__all__ = ["app"]

NAMES = [f"p{number:03}" for number in range(120)]


@pytest.fixture
def shelf(app):
    """Beside another instance, whose accounts stand between those of the first."""
    first = app("First", *map(account, NAMES[:60]))
    app("Other", *map(account, NAMES))
    first.now_says(*map(account, NAMES))
    return Shelf(first.instance.book)


def stored(shelf):
    rows = Account.objects.filter(instance=shelf._book)
    return {row.external_id: row.pk for row in rows}


def pages(names, size=20):
    return [names[start : start + size] for start in range(0, len(names), size)]


def looked_up(queries):
    return [q["sql"] for q in queries if "external_id = given" in q["sql"]]


def test_as_many_are_found_as_there_are_in_whatever_order(shelf):
    right, names = stored(shelf), [*NAMES, *(f"new{number}" for number in range(20))]
    for seed in range(20):
        chance = random.Random(seed)
        chance.shuffle(names)
        for page in pages(sorted(names) if seed == 0 else names, chance.randint(1, 50)):
            found = {name: known.id for name, known in shelf.find(page).items()}
            assert found == {name: right[name] for name in page if name in right}


def test_in_the_order_of_the_last_time_hardly_anybody_is_looked_up(shelf):
    with CaptureQueriesContext(connection) as queries:
        for page in pages(NAMES):
            assert len(shelf.find(page)) == len(page)
    # The first page, and the one behind which those of the other instance stand.
    assert len(looked_up(queries)) == 2


def test_what_is_known_is_the_same_on_either_way(shelf):
    now = timezone.now()
    rows = Account.objects.filter(instance=shelf._book)
    rows.filter(external_id=NAMES[3]).update(last_active_at=now, missing=True)
    rows.filter(external_id=NAMES[4]).update(status=Account.REMOVED)
    whole = Shelf(shelf._book).find(NAMES[:6])
    shelf.find(NAMES[:1])
    assert shelf.find(NAMES[1:6]) == {name: whole[name] for name in NAMES[1:6]}
    assert whole[NAMES[3]].last_active_at == now
    assert [whole[name].is_away for name in NAMES[2:6]] == [False, True, True, False]


def test_nobody_is_looked_up_where_nobody_stored_is_between_them(shelf):
    first, among, behind = ["a1", "b2"], ["p0001", "p0595"], ["q7", "é", "z"]
    for ids, times in ((first, 0), (behind, 0), (among, 1), ([*first, *behind], 1)):
        with CaptureQueriesContext(connection) as queries:
            assert shelf.find(ids) == {}
        assert len(looked_up(queries)) == times
    assert list(shelf.find(["p000", "a1"])) == ["p000"]
