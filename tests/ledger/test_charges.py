"""Charges find their application, their amount in the company's currency, and each other."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import ExchangeRate
from steward.inventory.imports import Import
from steward.ledger.charges import ChargeIn, enter

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def statement(name="card.csv"):
    return Import.objects.create(kind="charges", file_name=name, sha256=name, by="ann@corp.com")


def line(vendor="Slack", amount="10", currency="USD", day=DAY, **more):
    return ChargeIn(day=day, amount=Decimal(amount), currency=currency, vendor=vendor, **more)


def test_an_application_is_found_by_rule_then_by_name_and_never_guessed():
    figma = Application.objects.create(key="app:figma", name="Figma")
    tools = Application.objects.create(key="app:tools", name="Tools")
    VendorRule.objects.create(pattern="slack", application=tools, by="ann@corp.com")
    VendorRule.objects.create(pattern="blue bottle", by="ann@corp.com", is_prefix=True)
    given = ["SLACK T0AB12CD", "FIGMA MONTHLY RENEWAL", "SQ *BLUE BOTTLE OAKLAND", "Acme", "GitHub"]
    by_rule, by_name, coffee, unknown, new = enter([line(vendor) for vendor in given])
    assert (by_rule.application, by_rule.matched) == (tools, Charge.RULE)
    assert (by_name.application, by_name.matched) == (figma, Charge.NAME)
    assert (coffee.application, coffee.matched, coffee.is_saas) == (None, Charge.RULE, False)
    assert (unknown.application, unknown.matched, unknown.is_saas) == (None, Charge.NOTHING, True)
    assert new.application == Application.objects.get(key="github")


def test_what_is_merged_is_found_as_what_it_became():
    kept = Application.objects.create(key="app:kept", name="Kept")
    Application.objects.create(key="app:gone", name="Gone", merged_into=kept)
    (charge,) = enter([line("Gone Inc")])
    assert charge.application_id == kept.pk


def test_amounts_are_told_at_the_rate_of_their_day():
    ExchangeRate.objects.create(base="EUR", quote="USD", day=DAY, rate=Decimal("1.25"))
    later = DAY + timedelta(days=3)
    told, early, own = enter(
        [
            line(amount="8", currency="eur", day=later),
            line(amount="8", currency="EUR", day=DAY - timedelta(days=1)),
            line(amount="-3.50"),
        ]
    )
    assert (told.told, told.told_rate, told.told_day) == (Decimal(10), Decimal("1.25"), DAY)
    assert (early.told, early.told_rate, early.told_day) == (None, None, None)
    assert (own.told, own.told_rate) == (Decimal("-3.50"), Decimal(1))


def test_duplicates_are_of_another_source_and_one_for_one():
    first = enter([line(), line()], entered=statement("one.csv"))
    assert [c.duplicate_of for c in first] == [None, None]
    again = enter(
        [line("SLACK T0AB12CD", day=DAY + timedelta(days=2)), line(), line()],
        entered=statement("two.csv"),
    )
    assert {c.duplicate_of for c in again[:2]} == set(first)
    assert again[2].duplicate_of is None
    third = enter([line()], entered=statement("three.csv"))
    assert third[0].duplicate_of in (*first, again[2])
    assert Charge.objects.counted().count() == 3


def test_what_differs_is_no_duplicate():
    enter([line(external_id="a-1")], entered=statement("one.csv"))
    others = [
        line(amount="10.01"),
        line(currency="EUR"),
        line("Figma"),
        line(day=DAY + timedelta(days=6)),
    ]
    by_id = line("Another name", day=DAY + timedelta(days=30), external_id="a-1")
    *different, same = enter([*others, by_id], entered=statement("two.csv"))
    assert [c.duplicate_of for c in different] == [None] * 4
    assert same.duplicate_of is not None
