"""Of people whom a sync is the first to see, all is told while they are written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.inventory.account import Account
from steward.inventory.instance import Book, Instance
from steward.inventory.person import Person, PersonEmail
from steward.inventory.staff import Staff
from steward.sync import engine
from steward.sync.writers import owners
from tests.insight.conftest import LATELY, LONG_AGO, account, app, directory
from tests.sync.told import assert_told_rightly

__all__ = ["app", "directory"]

SEVERAL = (
    account("ada"),
    account("bob", status="disabled"),
    account("cleo", last_active_at=LONG_AGO),
    account("dan", last_active_at=LONG_AGO),
    account("dan-two", status="disabled", last_active_at=LATELY, emails=("dan@corp.example",)),
)


def told_anew(queries):
    return [q["sql"] for q in queries if "UPDATE inventory_person AS p SET told" in q["sql"]]


def test_nobody_is_told_again_of_whom_nobody_else_speaks(app):
    with CaptureQueriesContext(connection) as queries:
        app("Design", *SEVERAL[:4])
    assert told_anew(queries) == []
    assert assert_told_rightly()
    assert Person.objects.get(email="cleo@corp.example").told_last_active == LONG_AGO
    assert Person.objects.get(email="bob@corp.example").told_live == 0


def test_whoever_comes_again_is_told_anew(app):
    first = app("Design", *SEVERAL)
    assert assert_told_rightly()
    with CaptureQueriesContext(connection) as queries:
        app("Docs", account("ada", last_active_at=LATELY), account("eve"))
    assert len(told_anew(queries)) == 1
    assert assert_told_rightly()
    first.now_says(account("bob"), account("fay", status="disabled"))
    assert assert_told_rightly()


@pytest.mark.parametrize("size", [1, 2])
def test_the_second_account_of_somebody_new_may_come_with_a_later_batch(app, monkeypatch, size):
    monkeypatch.setattr("steward.sync.batches.RECORDS", size)
    app("Design", *SEVERAL[3:])
    assert assert_told_rightly()


def test_a_directory_says_who_is_employed(app, directory):
    directory("Staff", account("ada"), account("bob", status="disabled"))
    assert Person.objects.get(email="bob@corp.example").told_standing == Person.LEFT
    assert assert_told_rightly()


def test_the_people_list_says_who_is_employed(app):
    Staff.objects.create(key="bob@corp.example", email="bob@corp.example", standing=Staff.LEFT)
    app("Design", account("ada"), account("bob"))
    assert Person.objects.get(email="bob@corp.example").told_leaver


@pytest.mark.parametrize("who", ["list", "instance"])
def test_somebody_may_begin_to_say_it_while_they_are_written(app, monkeypatch, who):
    """In time for the end of the sync, and too late for those who have been written."""

    def begins(run, connector, save):
        if who == "list":
            Staff.objects.create(key="bob@corp.example", email="bob", standing=Staff.LEFT)
        else:
            Instance.objects.filter(pk=run.instance_id).update(says_who_works=True)

    ends = engine.FINISHERS["accounts"]
    later = type(ends)(begins, ends.after)
    monkeypatch.setitem(engine.FINISHERS, "accounts", later)
    app("Design", account("ada"), account("bob", status="disabled"))
    assert Person.objects.get(email="bob@corp.example").told_standing == Person.LEFT


def test_a_book_that_was_left_untold_is_told_whole(app):
    design = app("Design", account("ada"))
    Person.objects.update(told_live=7)
    Book.objects.update(untold=True)
    design.now_says(account("ada"), account("bob"))
    assert assert_told_rightly()


def test_who_was_made_by_another_worker_in_this_very_moment_leaves_nobody_behind(app, monkeypatch):
    """The address is looked for before the other has it, and claimed after."""
    other = Person.objects.create(name="Ada", email="ada@corp.example")
    PersonEmail.objects.create(person=other, key="ada@corp.example")
    known = owners._known
    monkeypatch.setattr(owners, "_known", lambda keys: {})
    app("Design", account("ada"), account("bob"))
    monkeypatch.setattr(owners, "_known", known)
    assert sorted(Person.objects.values_list("email", flat=True)) == [
        "ada@corp.example", "bob@corp.example",
    ]  # fmt: skip
    assert PersonEmail.objects.count() == 2
    assert Account.objects.get(external_id="ada").person == other
    assert assert_told_rightly()
