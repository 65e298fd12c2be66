"""What was paid is shared out to the cent, and what cannot be is a line of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from steward.inventory.account import Account, ActiveDays
from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.person import Person
from steward.inventory.spend import DepartmentShare, PersonShare
from steward.inventory.splitting import split
from steward.ledger import charges, shares
from steward.ledger.charges import ChargeIn
from steward.sdk import records as r

TODAY = datetime.now(UTC).date()
MONTH = TODAY.replace(day=1)


@given(
    st.decimals(-10_000, 10_000, places=2),
    st.lists(st.integers(0, 40), min_size=1, max_size=40).filter(any),
)
def test_parts_add_up_to_the_whole_and_are_fair_to_a_cent(amount, weights):
    parts = split(amount, weights, "EUR")
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) < Decimal("0.01")


def test_what_is_finer_than_a_cent_is_shared_as_fine():
    assert split(Decimal("0.0003"), [1, 1], "EUR") == [Decimal("0.0002"), Decimal("0.0001")]
    assert split(Decimal(100), [1, 1, 1], "JPY") == [34, 33, 33]


@pytest.fixture
def acme(connect, sync, company):
    """Ann and Bob of Sales, Cem of no department, and a machine, all with a seat in Acme."""
    company.people("ann", "bob", "cem", holds_seat=True)
    machine = r.Account(id="m", name="Machine", kind="service", holds_seat=True)
    company.streams["accounts"].append(machine)
    instance = connect()
    sync(instance)
    Person.objects.filter(name__in=["Ann", "Bob"]).update(attributes={"department": "Sales"})
    Account.objects.filter(external_id="m").update(person=None)
    return instance.application


def pay(application, amount="100", **more):
    paid = ChargeIn(TODAY, Decimal(amount), "USD", "Acme", application=application, **more)
    (charge,) = charges.enter([paid])
    return charge


def departments():
    shares.catch_up()
    rows = DepartmentShare.objects.values_list("department", "why", "amount")
    return {(department, why): amount for department, why, amount in rows}


def people():
    shares.catch_up()
    rows = PersonShare.objects.values_list("person__name", "why", "amount")
    return {(person, why): amount for person, why, amount in rows}


@pytest.mark.django_db
def test_by_seat_each_holder_bears_the_same(acme):
    pay(acme, "100.01")
    assert departments() == {
        ("Sales", ""): Decimal("50.01"),
        ("", "placeless"): Decimal("25.00"),
        ("", "ownerless"): Decimal("25.00"),
    }
    assert people() == {
        ("Ann", ""): Decimal("25.01"),
        ("Bob", ""): Decimal("25.00"),
        ("Cem", ""): Decimal("25.00"),
        (None, "ownerless"): Decimal("25.00"),
    }


@pytest.mark.django_db
def test_by_use_the_days_count(acme):
    Application.objects.update(allocation="usage")
    for name, bits in (("ann", 0b111), ("bob", 0b1)):
        account = Account.objects.get(external_id=name)
        ActiveDays.objects.create(
            instance_id=account.instance_id, account=account, month=MONTH, days=bits
        )
    pay(acme)
    assert people() == {("Ann", ""): Decimal(75), ("Bob", ""): Decimal(25)}


@pytest.mark.django_db
def test_fixed_shares_name_departments_and_leave_the_rest(acme):
    Application.objects.update(allocation="fixed", shares={"Sales": 60, "Legal": 30})
    pay(acme, "-10")
    assert departments() == {
        ("Sales", ""): Decimal(-6),
        ("Legal", ""): Decimal(-3),
        ("", "rest"): Decimal(-1),
    }
    assert people() == {(None, "fixed"): Decimal(-10)}


@pytest.mark.django_db
def test_whoever_paid_bears_what_nobody_else_can(db):
    ann = Person.objects.create(name="Ann", attributes={"department": "Sales"})
    tool = Application.objects.create(key="app:tool", name="Tool")
    pay(tool, "5", person=ann)
    pay(None, "7", department="Legal")
    pay(None, "11")
    assert departments() == {
        ("Sales", ""): Decimal(5),
        ("Legal", ""): Decimal(7),
        ("", "unknown"): Decimal(11),
    }
    assert people() == {("Ann", ""): Decimal(5), (None, "unknown"): Decimal(18)}


@pytest.mark.django_db
def test_what_changes_is_shared_out_anew(acme):
    charge = pay(acme)
    assert sum(departments().values()) == 100
    charges.change(charge, by="ann@corp.com", is_saas=False)
    assert departments() == {}
    charges.change(charge, by="ann@corp.com", application=acme)
    assert sum(people().values()) == 100
    Application.objects.update(allocation="fixed", shares={"Legal": 100})
    Edit.note("application", acme, "changed", "ann@corp.com")
    assert departments() == {("Legal", ""): Decimal(100)}


@pytest.mark.django_db
def test_months_before_an_app_was_connected_are_shared_by_whom_it_had_first(acme):
    long_ago = date(MONTH.year - 1, 3, 5)
    charges.enter([ChargeIn(long_ago, Decimal(40), "USD", "Acme", application=acme)])
    shares.catch_up()
    rows = PersonShare.objects.filter(month=long_ago.replace(day=1))
    assert rows.aggregate(all=Sum("amount"))["all"] == 40
    assert rows.exclude(person=None).count() == 3


@pytest.mark.django_db
def test_who_became_one_bears_it_as_one(acme):
    from steward.sync.identity import merge, undo

    pay(acme, "80")
    shares.catch_up()
    ann, bob = Person.objects.get(name="Ann"), Person.objects.get(name="Bob")
    change = merge(ann, bob, by="ann@corp.com")
    assert people()["Ann", ""] == Decimal(40)
    undo(change, by="ann@corp.com")
    assert people()["Bob", ""] == Decimal(20)
