"""Where the checkpoints are."""

import pytest

from steward.sdk.connector import Page
from steward.sdk.errors import Unavailable
from steward.sdk.records import Account
from steward.sync import batches as module
from steward.sync.batches import batches


def page(number, size=1):
    return Page(tuple(Account(id=f"{number}.{n}") for n in range(size)), number)


def cursors(pages):
    return [[page.cursor for page in batch] for batch in batches(pages)]


def test_a_batch_is_full_by_records(monkeypatch):
    monkeypatch.setattr(module, "RECORDS", 5)
    assert cursors(page(n, 2) for n in range(7)) == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_slow_app_has_a_checkpoint_a_page(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.0)
    assert cursors(page(n) for n in range(3)) == [[0], [1], [2]]


def test_nothing_is_a_batch_of_nothing():
    assert cursors(iter(())) == []


def test_what_came_before_an_error_is_kept():
    def pages():
        yield page(0)
        yield page(1)
        raise Unavailable("gone")

    found = []
    with pytest.raises(Unavailable):
        found.extend(batches(pages()))
    assert [[p.cursor for p in batch] for batch in found] == [[0, 1]]
