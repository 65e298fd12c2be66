"""Threads of a process write to SQLite in turn, and nobody keeps a turn that is over."""

import threading
from contextlib import suppress
from functools import partial

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from steward.inventory.company import Company
from steward.inventory.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite"),
]


@pytest.fixture
def turn():
    return base._turns[str(connection.settings_dict["NAME"])]


@pytest.fixture
def company():
    return Company.objects.create(pk=1, currency="EUR")


def pay_in(currency):
    Company.objects.filter(pk=1).update(currency=currency)


def beside(work):
    """In a thread with a connection of its own."""

    def done():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=done)
    thread.start()
    return thread


def test_a_statement_waits_until_a_transaction_ends(company, turn):
    with transaction.atomic():
        pay_in("USD")
        other = beside(partial(pay_in, "CHF"))
        other.join(0.3)
        assert other.is_alive()
        assert turn.locked()
        company.refresh_from_db()
        assert company.currency == "USD"
    other.join(10)
    company.refresh_from_db()
    assert company.currency == "CHF"
    assert not turn.locked()


def test_reading_waits_for_nobody(company):
    seen = []
    with transaction.atomic():
        pay_in("USD")
        beside(lambda: seen.append(Company.objects.get().currency)).join(10)
    assert seen == ["EUR"]


def test_a_turn_ends_with_what_goes_wrong(company, turn):
    with suppress(ZeroDivisionError), transaction.atomic():
        pay_in("USD")
        raise ZeroDivisionError
    assert not turn.locked()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE no_such_table SET a = 1")
    assert not turn.locked()
    company.refresh_from_db()
    assert company.currency == "EUR"


def test_a_turn_ends_with_its_connection(company, turn):
    def break_off():
        connection.ensure_connection()
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert turn.locked()

    beside(break_off).join(10)
    assert not turn.locked()
    pay_in("CHF")


def test_who_waits_too_long_is_told_so(company):
    said = []

    def try_it():
        connection.settings_dict["OPTIONS"]["timeout"] = 0.1
        try:
            pay_in("CHF")
        except OperationalError as error:
            said.append(str(error))

    with transaction.atomic():
        pay_in("USD")
        beside(try_it).join(10)
    assert said == ["database is locked"]


def test_values_go_in_as_they_are():
    with connection.cursor() as cursor:
        for value, kind in (
            (None, "null"),
            (True, "integer"),
            (b"\x00\xff", "blob"),
            ("a", "text"),
        ):
            cursor.execute("SELECT typeof(v), v FROM (SELECT %s AS v)", [value])
            assert cursor.fetchone() == (kind, value)
