"""What pages sort by is told anew after everything that changes it."""

import pytest

from steward.insight.people import people
from steward.insight.provenance import LAGS
from steward.insight.reports import report
from steward.inventory import books
from steward.inventory.account import Account, ActiveDays
from steward.inventory.books import is_told, mark_untold
from steward.inventory.instance import Book
from steward.inventory.person import Person
from steward.sync import acts, engine, identity, tallies
from steward.sync.anew import describe_some
from steward.sync.deleting import purge_closed
from tests.insight.conftest import account, app, directory  # noqa: F401
from tests.sync.told import assert_told_rightly


@pytest.fixture
def two(app, directory):  # noqa: F811
    gone = account("bob", status="disabled")
    away = account("cleo", status="disabled", attributes={"suspended": True})
    staff = directory("Directory", account("ada"), gone, away)
    design = app("Design", account("ada"), account("bob"), account("cleo"), account("dan"))
    return staff, design


def of(name):
    return Person.objects.get(email=f"{name}@corp.example")


def test_how_people_stand_by_what_directories_say(two):
    assert [of(name).told_standing for name in ("ada", "bob", "cleo", "dan")] == [
        "here", "left", "away", "",
    ]  # fmt: skip
    assert [person.email[:3] for person in Person.objects.filter(told_leaver=True)] == ["bob"]
    assert assert_told_rightly()


def test_after_each_sync_act_and_decision(two, sync):
    staff, design = two
    design.now_says(account("ada"), account("bob", status="disabled"))
    assert assert_told_rightly()
    staff.now_says(account("ada", status="disabled"), account("bob"))
    assert assert_told_rightly()
    change = identity.merge(of("ada"), of("bob"), by="admin")
    assert assert_told_rightly()
    identity.undo(change, by="admin")
    assert assert_told_rightly()
    second = Account.objects.present().filter(person=of("ada"))[1:2]
    identity.split(of("ada"), list(second.select_related("instance")), by="admin")
    assert assert_told_rightly()


def test_who_is_deleted_with_an_instance_is_gone_at_once_and_told_before_the_purge(two):
    _, design = two
    assert people().count() == 4
    acts.delete(design.instance, by="admin")
    assert not is_told()
    assert {p.email[:3]: (p.holds, p.has_left) for p in people()} == {
        "ada": (1, False), "bob": (1, True), "cle": (1, False),
    }  # fmt: skip
    purge_closed()
    assert is_told()
    assert Account.objects.filter(instance=design.instance.book).count() == 4
    assert of("dan").told_accounts == 0
    while purge_closed():
        pass
    assert assert_told_rightly()


def test_of_whom_a_deleted_directory_knew_a_large_company_says_nothing_until_told(
    two,
    directory,  # noqa: F811
    monkeypatch,
):
    """Looking for it among all accounts would take longer than telling it does."""
    staff, _ = two
    directory("Second", account("dan", status="disabled"))
    leavers = report("leavers-with-live-accounts")
    assert {row["person_email"][:3] for row in leavers.run().records()} == {"bob", "dan"}
    monkeypatch.setattr(books, "SMALL", 3)
    acts.delete(staff.instance, by="admin")
    assert [row["person_email"][:3] for row in leavers.run().records()] == ["dan"]
    assert {p.email[:3] for p in people() if p.has_left} == {"dan"}
    assert LAGS in leavers.run().provenance.sentence()
    while purge_closed() or describe_some():
        pass
    assert LAGS not in leavers.run().provenance.sentence()
    assert {row["person_email"][:3] for row in leavers.run().records()} == {"dan"}
    assert assert_told_rightly()


def test_a_purge_stopped_half_way_leaves_nothing_that_points_nowhere(two):
    """Accounts go with what hangs on them, in one step."""
    _, design = two
    book = design.instance.book
    acts.delete(design.instance, by="admin")
    purge_closed()
    assert books.purge_some(book, 10) == 1
    left = set(Account.objects.filter(instance=book).values_list("pk", flat=True))
    assert len(left) == 3
    days = ActiveDays.objects.filter(instance=book)
    assert set(days.values_list("account", flat=True)) <= left
    while books.purge_some(book, 10):
        pass
    assert not days.exists()


def test_a_worker_that_died_before_telling_leaves_it_to_others(two):
    _, design = two
    book = design.instance.book
    Account.objects.filter(instance=book, external_id="dan").update(status="disabled")
    mark_untold(book)
    run = acts.request_sync(design.instance, by="admin")
    assert not tallies.waiting().exists()
    engine.carry_out(run.pk)
    assert not Book.objects.filter(untold=True).exists()
    Account.objects.filter(instance=book, external_id="dan").update(status="disabled")
    mark_untold(book)
    assert tallies.tell_waiting()
    assert not tallies.tell_waiting()
    assert of("dan").told_live == 0
    assert assert_told_rightly()


def test_small_books_that_wait_are_told_together_and_large_ones_alone(two, monkeypatch):
    calls, real = [], tallies.tell_books
    monkeypatch.setattr(tallies, "tell_books", lambda books: (calls.append([*books]), real(books)))
    books = sorted(one.instance.book for one in two)
    for book in books:
        mark_untold(book)
    while tallies.tell_waiting():
        pass
    assert calls == [books]
    calls.clear()
    monkeypatch.setattr(tallies, "ACCOUNTS", 3)
    for book in books:
        mark_untold(book)
    while tallies.tell_waiting():
        pass
    assert calls == [books[:1], books[1:]]
    assert assert_told_rightly()


def test_what_an_earlier_run_left_untold_is_told_with_the_next_change(two):
    _, design = two
    book = design.instance.book
    Account.objects.filter(instance=book, external_id="dan").update(status="disabled")
    mark_untold(book)
    design.now_says(account("ada", role="lead"), account("bob"), account("cleo"), account("dan"))
    assert assert_told_rightly()


def test_what_changes_while_it_is_told_stays_untold(two):
    _, design = two
    book = design.instance.book

    def meanwhile():
        Account.objects.filter(instance=book, external_id="ada").update(status="disabled")
        mark_untold(book)

    mark_untold(book)
    tallies.tell_books({book: None}, meanwhile)
    assert list(tallies.waiting()) == [Book.objects.get(pk=book)]
    assert tallies.tell_waiting()
    assert assert_told_rightly()


def test_a_sync_that_changes_nothing_tells_nobody(two):
    _, design = two
    told_at = Book.objects.get(pk=design.instance.book).told_at
    design.now_says(account("ada"), account("bob"), account("cleo"), account("dan"))
    assert Book.objects.get(pk=design.instance.book).told_at == told_at
