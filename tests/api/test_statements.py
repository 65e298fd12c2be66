"""A list asks the database as often for a hundred rows as for one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.inventory.application import Application
from steward.inventory.imports import Import
from steward.inventory.instance import Book
from steward.inventory.licence import LicenceType
from steward.ledger.charges import ChargeIn, enter

TODAY = datetime.now(UTC).date()
LISTS = ("/instances", "/accounts", "/people", "/applications", "/licenses", "/charges")


@pytest.fixture
def filled(company, connect, sync, db):
    company.people("ann", "bob", "cem")
    for number in range(3):
        sync(connect(name=f"Acme {number}", allow_same_tenant=True))
        app = Application.objects.create(key=f"app:{number}", name=f"App {number}")
        LicenceType.objects.create(application=app, key=f"pro{number}", name="Pro", bought=5)
    file = Import.objects.create(kind="charges", file_name="a", sha256="a", by="ann")
    days = [TODAY - timedelta(days=number) for number in range(3)]
    enter([ChargeIn(day, Decimal(20), "USD", f"Vendor {day}") for day in days], entered=file)


def statements(api, path, limit):
    with CaptureQueriesContext(connection) as asked:
        answer = api("GET", path, limit=limit)
    assert len(answer.json()["items"]) == min(limit, 3)
    return len(asked)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_asks_as_often_for_three_as_for_one(api, filled, path):
    api("GET", path)  # what is counted for the first time is remembered
    assert statements(api, path, 3) == statements(api, path, 1)


def test_accounts_are_counted_while_they_change_and_told_else(api, filled):
    Book.objects.update(present=7)
    assert {one["accounts"] for one in api("GET", "/instances").json()["items"]} == {7}
    Book.objects.update(untold=True)
    assert {one["accounts"] for one in api("GET", "/instances").json()["items"]} == {3}
