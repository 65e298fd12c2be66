"""Amounts are exact, written for people and for programs, and told in one currency."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from steward.insight.charts import Chart, Series
from steward.inventory import money
from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.company import ExchangeRate
from steward.inventory.edit import Edit
from steward.ledger import trail

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


def charge(amount: str) -> Charge:
    given = {"day": DAY, "currency": "EUR", "vendor": "Acme", "vendor_key": "acme"}
    return Charge.objects.create(amount=Decimal(amount), **given)


def test_sums_in_the_database_are_exact():
    for _ in range(1_000):
        charge("0.1")
    assert Charge.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal(100)
    assert Charge.objects.filter(amount=Decimal("0.1")).count() == 1_000


def test_what_is_finer_than_is_kept_is_not_taken():
    with pytest.raises(ValueError, match="4 digits"):
        charge("0.00001")


def test_a_rate_holds_until_the_next_one_and_both_ways_round():
    ExchangeRate.objects.create(base="EUR", quote="USD", day=DAY, rate=Decimal("1.25"))
    ExchangeRate.objects.create(
        base="EUR", quote="USD", day=date(2026, 11, 10), rate=Decimal("1.5")
    )
    dollars, euros = money.Rates("USD"), money.Rates("EUR")
    told = dollars.told(Decimal(10), "EUR", date(2026, 11, 9))
    assert (told.amount, told.rate, told.day) == (Decimal("12.5"), Decimal("1.25"), DAY)
    assert dollars.told(Decimal(10), "EUR", date(2026, 11, 10)).amount == 15
    assert euros.told(Decimal(10), "USD", DAY).amount == 8
    assert dollars.told(Decimal(10), "EUR", date(2026, 11, 1)) is None
    assert dollars.told(Decimal(10), "CHF", DAY) is None


def test_amounts_are_written_for_people_and_for_programs():
    assert money.text(Decimal("1234.5"), "EUR") == "€1,234.50"
    assert money.text(Decimal(1234), "JPY") == "¥1,234"
    assert money.plain(Decimal("1234.5"), "EUR") == "1234.50"
    assert money.plain(Decimal("0.0125"), "EUR") == "0.0125"
    assert money.plain(Decimal(1200), "JPY") == "1200"


def test_an_edit_says_what_was_and_what_is():
    row = trail.make("application", Application, {"key": "a", "name": "Acme"}, by="ann@corp.com")
    assert trail.change("application", row, {"name": "Acme", "notes": "ours"}, by="ann@corp.com")
    assert not trail.change("application", row, {"notes": "ours"}, by="ann@corp.com")
    trail.remove("application", row, by="ann@corp.com")
    made, changed, removed = Edit.objects.order_by("pk")
    assert made.after == {"key": "a", "name": "Acme"}
    assert (changed.before, changed.after) == ({"notes": ""}, {"notes": "ours"})
    assert removed.before["name"] == "Acme"


def test_a_chart_draws_gaps_and_has_a_table_behind_it():
    chart = Chart("Spend", "Two months.", ["October", "November"], [Series("All", [None, 3])])
    assert chart.drawn["series"] == [{"name": "All", "points": [None, 3]}]
    table = [(label, [cell.text for cell in cells]) for label, cells in chart.rows]
    assert table == [("October", ["–"]), ("November", ["3"])]
    assert chart.has_gaps
    assert not chart.is_empty
