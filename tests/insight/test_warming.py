"""What takes long to count is ready before somebody asks."""

import pytest
from django.utils import timezone

from steward.insight import memory, warming
from steward.inventory.edit import Edit
from steward.inventory.instance import Book
from tests.processes import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(monkeypatch):
    """How often a figure was counted that the web server keeps ready."""
    times = []
    monkeypatch.setattr(
        warming, "FIGURES", (lambda: memory.remembered("figure", lambda: times.append(1)),)
    )
    return times


def test_it_is_counted_at_the_start(counted):
    assert warming.Warmer().look()
    assert len(counted) == 1


def test_what_people_do_is_counted_at_once(counted):
    warmer, book = warming.Warmer(), Book.objects.create()
    assert warmer.look()
    assert not warmer.look()
    Edit.note("licence", book, "changed", "somebody")
    wait_until(warmer.look, 10)
    assert len(counted) == 2


def test_what_was_read_waits_for_its_turn(counted, monkeypatch):
    warmer, _ = warming.Warmer(), Book.objects.create()
    assert warmer.look()
    Book.objects.update(told_at=timezone.now())
    assert not warmer.look()
    monkeypatch.setattr(warming, "RESTS", 0)
    monkeypatch.setattr(warming, "SHARE", 1_000_000)
    assert warmer.look()
    assert len(counted) == 2
