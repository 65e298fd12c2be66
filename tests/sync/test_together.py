"""Books are told together by whoever has the turn."""

import threading

import pytest

from steward.inventory.account import Account
from steward.inventory.books import mark_untold
from steward.inventory.instance import Book
from steward.sync import tallies, together
from tests.insight.conftest import account, app, directory
from tests.processes import wait_until
from tests.sync.told import assert_told_rightly

__all__ = ["app", "directory"]


class Telling:
    """Stands in for what tells; the first call waits until it may go on."""

    def __init__(self, error=None):
        self.calls, self.begun, self.go_on, self.error = (
            [],
            threading.Event(),
            threading.Event(),
            error,
        )

    def __call__(self, books, between):
        self.calls.append(dict(books))
        if len(self.calls) == 1:
            self.begun.set()
            assert self.go_on.wait(10)
            if self.error:
                raise self.error


@pytest.fixture
def telling(monkeypatch):
    made = Telling()
    monkeypatch.setattr(together, "tell_books", made)
    return made


def asks(book, only=None, between=lambda: None):
    thread = threading.Thread(target=together.tell, args=(book, between, only))
    thread.start()
    return thread


def wait_for(count):
    wait_until(lambda: len(together._waiting) == count, 10)


def test_who_comes_meanwhile_is_told_by_the_next_with_all_others_who_wait(telling):
    threads = [asks(1, {7})]
    assert telling.begun.wait(10)
    threads += [asks(2, {8}), asks(3)]
    wait_for(3)
    telling.go_on.set()
    for thread in threads:
        thread.join(10)
    assert telling.calls == [{1: {7}}, {2: {8}, 3: None}]
    assert together._waiting == []


def test_two_attempts_at_one_book_are_told_as_all_of_it(telling):
    threads = [asks(1)]
    assert telling.begun.wait(10)
    threads += [asks(2, {8}), asks(2, {9})]
    wait_for(3)
    telling.go_on.set()
    for thread in threads:
        thread.join(10)
    assert telling.calls[1:] == [{2: None}]


def test_who_fails_leaves_the_others_to_the_next(telling):
    telling.error = RuntimeError("no")
    failed = []

    def first():
        with pytest.raises(RuntimeError):
            together.tell(1, lambda: None, None)
        failed.append(1)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert telling.begun.wait(10)
    threads += [asks(2), asks(3)]
    wait_for(3)
    telling.go_on.set()
    for thread in threads:
        thread.join(10)
    assert failed == [1]
    assert telling.calls == [{1: None}, {2: None, 3: None}]


def test_who_waits_says_that_it_lives_and_may_leave(telling, monkeypatch):
    monkeypatch.setattr(together, "TICK", 0.01)
    threads = [asks(1)]
    assert telling.begun.wait(10)
    beats = []

    def stopped():
        beats.append(1)
        if len(beats) > 2:
            raise RuntimeError("superseded")

    def second():
        with pytest.raises(RuntimeError):
            together.tell(2, stopped, None)

    threads.append(threading.Thread(target=second))
    threads[1].start()
    threads[1].join(10)
    assert not threads[1].is_alive()
    assert [one.book for one in together._waiting] == [1]
    telling.go_on.set()
    threads[0].join(10)
    assert telling.calls == [{1: None}]


def test_several_books_are_told_as_each_would_be(app, directory):
    directory("Directory", account("ada"), account("bob", status="disabled"))
    design, mail = (
        app(name, account("ada"), account("bob"), account(name)).instance.book
        for name in ("Design", "Mail")
    )
    Account.objects.filter(instance=design, external_id="ada").update(status="disabled")
    Account.objects.filter(instance=mail, external_id="bob").update(status="disabled")
    mark_untold(design)
    mark_untold(mail)
    changed = Account.objects.get(instance=design, external_id="ada")
    tallies.tell_books({design: {changed.pk}, mail: None})
    assert not Book.objects.filter(untold=True).exists()
    assert assert_told_rightly()
