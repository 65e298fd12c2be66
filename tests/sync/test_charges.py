"""Charges of an app's books: each once, as they stand there, and gone with them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from steward.inventory import books
from steward.inventory.charge import Charge
from steward.inventory.imports import Import
from steward.inventory.person import Person
from steward.inventory.run import Run
from steward.inventory.spend import SpendMonth
from steward.ledger.charges import ChargeIn, enter
from steward.sdk import records as r
from steward.sync import acts
from steward.sync.deleting import purge_closed

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def paid(id, amount="10", days=5, vendor="Figma Inc", **more):
    day = TODAY - timedelta(days=days)
    return r.Charge(
        id=id, day=day, amount=Decimal(amount), currency="USD", vendor=vendor, **more
    )  # fmt: skip


@pytest.fixture
def books_of(company):
    def books_of(*charges):
        company.streams["charges"] = list(charges)

    return books_of


def amounts():
    rows = Charge.objects.present().order_by("external_id")
    return {c.external_id: c.amount for c in rows}


def test_charges_carry_their_person_and_follow_what_the_books_say(connect, sync, books_of):
    instance = connect()
    books_of(paid("1", account="ann"), paid("2", "0.10", account="bob"), paid("3", "-4"))
    assert sync(instance).state == Run.SUCCEEDED
    assert [c.person for c in Charge.objects.order_by("external_id")] == [
        Person.objects.get(name="Ann"),
        Person.objects.get(name="Bob"),
        None,
    ]
    SpendMonth.objects.update(untold=False)
    books_of(paid("1", "12", account="bob"), paid("3", "-4"))
    sync(instance)
    assert amounts() == {"1": Decimal(12), "3": Decimal(-4)}
    assert Charge.objects.get(external_id="1").person.name == "Bob"
    assert SpendMonth.objects.filter(untold=True).exists()


def test_only_the_days_read_again_lose_what_is_not_shown(connect, sync, books_of, company):
    instance = connect()
    books_of(paid("old", days=400), paid("new"))
    sync(instance)
    assert company.asked_from < TODAY - timedelta(days=700)
    books_of()
    sync(instance)
    assert company.asked_from > TODAY - timedelta(days=120)
    assert amounts() == {"old": Decimal(10)}


def test_a_read_that_set_something_aside_takes_nothing_away(connect, sync, books_of):
    instance = connect()
    books_of(paid("1"), paid("2"))
    sync(instance)
    books_of(paid("1"), None)
    sync(instance)
    assert set(amounts()) == {"1", "2"}


def test_a_read_that_was_stopped_in_the_middle_goes_on(connect, sync, books_of, company):
    from steward.sdk.errors import Unavailable
    from steward.sync import engine

    instance = connect()
    books_of(*(paid(str(n), str(n + 1)) for n in range(25)))
    company.faults["charges", 2] = Unavailable("later", retry_after=120)
    run = sync(instance)
    assert run.state == Run.PARKED
    company.faults.clear()
    run.state = Run.QUEUED
    run.save()
    engine.carry_out(run.pk)
    assert len(amounts()) == 25
    assert company.pages_read.count(("charges", 0)) == 1


def test_what_is_deleted_is_gone_at_once_and_what_doubled_it_counts(connect, sync, books_of):
    instance = connect()
    books_of(paid("1"), paid("2", "99", vendor="Acme"))
    sync(instance)
    file = Import.objects.create(kind="charges", file_name="a", sha256="a", by="ann@corp.com")
    another = Import.objects.create(kind="charges", file_name="b", sha256="b", by="ann@corp.com")
    line = ChargeIn(TODAY - timedelta(days=4), Decimal(10), "USD", "FIGMA MONTHLY RENEWAL")
    (double,), (third,) = enter([line], entered=file), enter([line], entered=another)
    assert Charge.objects.counted().count() == 2
    SpendMonth.objects.update(untold=False)
    acts.delete_users(instance, by="admin@corp.example")
    assert list(Charge.objects.counted()) == [double]
    third.refresh_from_db()
    assert third.duplicate_of == double
    assert SpendMonth.objects.filter(untold=True).exists()
    while purge_closed():
        pass
    assert Charge.objects.count() == 2
    sync(instance)
    acts.delete(instance, by="admin@corp.example")
    assert list(Charge.objects.counted()) == [double]
    assert books.purge_some(instance.book) > 0


def test_a_charge_that_changes_is_nobodys_double_any_more(connect, sync, books_of):
    instance = connect()
    books_of(paid("1"))
    sync(instance)
    file = Import.objects.create(kind="charges", file_name="a", sha256="a", by="ann@corp.com")
    line = ChargeIn(TODAY - timedelta(days=4), Decimal(10), "USD", "Figma")
    (double,) = enter([line], entered=file)
    assert double.duplicate_of is not None
    books_of(paid("1", "11"))
    sync(instance)
    assert Charge.objects.counted().count() == 2
