"""What is remembered, until when, and who waits for it."""

import threading
import time

import pytest
from django.utils import timezone

from steward.insight import memory
from steward.insight.traces import Minds
from steward.inventory.edit import Edit
from steward.inventory.instance import Book
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Counted:
    """Says how often it was counted; the first time takes long."""

    def __init__(self):
        self.times, self.may_go_on = 0, threading.Event()
        self.may_go_on.set()

    def __call__(self):
        self.may_go_on.wait(10)
        self.times += 1
        return self.times


@pytest.fixture
def counted():
    return Counted()


def something_was_read():
    Book.objects.update(told_at=timezone.now())


def settled(counted, times):
    for _ in range(500):
        if memory.remembered("figure", counted) == times:
            return True
        time.sleep(0.01)
    return False


def test_it_is_counted_once_until_something_changes(counted):
    Book.objects.create()
    assert [memory.remembered("figure", counted) for _ in range(3)] == [1, 1, 1]
    something_was_read()
    assert memory.remembered("figure", counted) == 2


def test_a_page_asks_once_whether_something_has_changed(counted, django_assert_num_queries):
    Book.objects.create()
    memory.remembered("figure", counted)
    with memory.one_look(), django_assert_num_queries(1):
        assert [memory.remembered("figure", counted) for _ in range(3)] == [1, 1, 1]
    something_was_read()
    with memory.one_look():
        assert [memory.remembered("figure", counted) for _ in range(3)] == [2, 2, 2]
    assert memory.remembered("figure", counted) == 2


def test_nobody_waits_for_what_takes_long_when_an_app_was_read(counted, monkeypatch):
    monkeypatch.setattr(memory, "SLOW", 0)
    Book.objects.create()
    assert memory.remembered("figure", counted) == 1
    counted.may_go_on.clear()
    something_was_read()
    assert [memory.remembered("figure", counted) for _ in range(3)] == [1, 1, 1]
    counted.may_go_on.set()
    assert settled(counted, 2)
    assert counted.times == 2


def test_what_people_do_shows_at_once(counted, monkeypatch):
    monkeypatch.setattr(memory, "SLOW", 0)
    book = Book.objects.create()
    assert memory.remembered("figure", counted) == 1
    Edit.note("book", book, "changed", "somebody")
    assert memory.remembered("figure", counted) == 2
    Book.objects.filter(pk=book.pk).update(closed_at=timezone.now())
    assert memory.remembered("figure", counted) == 3


def test_what_is_too_old_is_waited_for(counted, monkeypatch):
    monkeypatch.setattr(memory, "SLOW", 0)
    monkeypatch.setattr(memory, "OLDEST", 0)
    Book.objects.create()
    assert memory.remembered("figure", counted) == 1
    something_was_read()
    assert memory.remembered("figure", counted) == 2


def test_of_many_who_ask_at_once_one_counts(counted):
    counted.may_go_on.clear()
    found = []
    asking = [
        threading.Thread(target=lambda: found.append(memory.remembered("figure", counted)))
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    counted.may_go_on.set()
    for thread in asking:
        thread.join(10)
    assert found == [1, 1, 1, 1]
    assert counted.times == 1


def test_what_cannot_be_counted_behind_is_tried_again(counted, monkeypatch):
    monkeypatch.setattr(memory, "SLOW", 0)
    Book.objects.create()
    assert memory.remembered("figure", counted) == 1
    something_was_read()

    def fails():
        raise ValueError("broken")

    assert memory.remembered("figure", fails) == 1
    assert settled(counted, 2)


def test_what_people_do_that_is_of_no_account_changes_no_figure(counted):
    book = Book.objects.create()
    asked = [Minds.EVERYTHING, Minds.FIGURES, Minds.ACCOUNTS]
    assert [memory.remembered(minds, counted, minds) for minds in asked] == [1, 2, 3]
    Edit.note("review", book, "changed", "somebody")
    assert [memory.remembered(minds, counted, minds) for minds in asked] == [4, 2, 3]
    Edit.note("licence", book, "changed", "somebody")
    assert [memory.remembered(minds, counted, minds) for minds in asked] == [5, 6, 3]
    something_was_read()
    assert [memory.remembered(minds, counted, minds) for minds in asked] == [7, 8, 9]


def test_what_is_counted_behind_is_made_of_nothing_from_before(counted, monkeypatch):
    """An answer made of another that was given once more would be kept as if it were new."""
    monkeypatch.setattr(memory, "SLOW", 0)
    Book.objects.create()

    def whole():
        return memory.remembered("part", counted)

    assert memory.remembered("figure", whole) == 1
    something_was_read()
    assert memory.remembered("figure", whole) == 1
    for _ in range(500):
        if memory.remembered("figure", whole) == 2:
            break
        time.sleep(0.01)
    assert (memory.remembered("figure", whole), counted.times) == (2, 2)


def test_what_is_quickly_made_of_something_from_before_is_not_taken_for_new(counted, monkeypatch):
    """The part takes long and is given once more; the whole takes no time and is made at once."""
    monkeypatch.setattr(memory, "SLOW", 0.05)
    monkeypatch.setattr(memory, "RESTS", 0)
    Book.objects.create()

    def slow_part():
        time.sleep(0.06)
        return counted()

    def whole():
        return memory.remembered("part", slow_part)

    assert memory.remembered("part", slow_part) == 1
    assert memory.remembered("whole", whole) == 1
    something_was_read()
    assert memory.remembered("whole", whole) == 1
    wait_until(lambda: memory.remembered("whole", whole) == 2, 10)
    assert counted.times == 2


def test_what_was_slow_is_counted_again_before_somebody_asks(counted, monkeypatch):
    monkeypatch.setattr(memory, "SLOW", 0)
    Book.objects.create()
    assert memory.remembered("figure", counted) == 1
    memory.recount()
    assert counted.times == 1
    something_was_read()
    memory.recount()
    assert counted.times == 2
    monkeypatch.setattr(memory, "LATELY", 0)
    something_was_read()
    memory.recount()
    assert counted.times == 2
