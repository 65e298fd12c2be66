"""What a contract's line says a seat costs: while it is in force, and nobody has said otherwise."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from steward.insight import reports
from steward.insight.licences import licences
from steward.insight.prices import history
from steward.inventory.company import ExchangeRate
from steward.inventory.licence import LicenceType
from steward.ledger import contracts as acts
from steward.ledger import licences as ledger
from tests.insight.conftest import account
from tests.insight.conftest import seats as pro

pytestmark = pytest.mark.django_db
ME = "ann@corp.example"
TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


@pytest.fixture
def licence(app):
    app("chat", account("ann"), account("bob"), licenses=pro("ann", "bob"))
    return LicenceType.objects.get(key="pro")


def deal(licence, name="Deal", amount="120", seats=10, **more):
    given = {
        "vendor": "V", "name": name, "currency": "USD", "starts_on": TODAY - 30 * DAY,
        "ends_on": TODAY + 30 * DAY, **more,
    }  # fmt: skip
    made = acts.create(given, by=ME)
    line = {"licence": licence.pk, "seats": seats, "amount": amount, "months": 12}
    acts.add_line(made, line, by=ME)
    return made


def price():
    return next(one for one in licences() if one.name == "Pro").price


def test_a_line_is_the_price_where_nobody_has_entered_one(licence):
    assert price() is None
    made = deal(licence)
    assert (price().amount, price().months, price().cost.month) == (120, 12, 10)
    assert price().origin == "by contract Deal"
    assert price().sentence() == (
        f"$120.00 a seat and year, by contract Deal, since {made.starts_on:%-d %B %Y}"
    )
    assert price().short == "$120.00 / year, by contract Deal"
    row = next(iter(reports.report("licences").run().records()))
    assert (row["priced"], row["price_by"]) == (price().short, "by contract Deal")
    assert (row["contract"], row["costs_month"]) == (made.pk, 20)


def test_what_somebody_has_entered_counts_first_from_its_day_on(licence):
    deal(licence)
    later = ledger.set_price(licence, "8", "USD", 1, TODAY + DAY, by=ME)
    assert price().by.name == "Deal"
    ledger.correct_price(later, {"since": TODAY}, by=ME)
    assert (price().amount, price().by, price().origin) == (8, None, "entered by hand")
    assert [type(one).__name__ for one in history(licence, TODAY)] == ["LicencePrice", "Agreed"]
    ledger.remove_price(later, by=ME)
    assert price().by.name == "Deal"


def test_the_price_ends_with_the_contract(licence):
    made = deal(licence)
    acts.end(made, TODAY + DAY, by=ME)
    assert price().by.until == TODAY + DAY
    acts.end(made, TODAY, by=ME)
    assert price() is None
    acts.resume(made, by=ME)
    assert price() is not None
    acts.edit(made, {"ends_on": TODAY - DAY}, by=ME)
    assert price() is None
    told = [(one.name, one.holds) for one in history(licence, TODAY)]
    assert told == [("Deal", False)]
    acts.edit(made, {"auto_renews": True, "renews_for_months": 12}, by=ME)
    assert (price().since, price().by.until) == (TODAY, None)


def test_one_that_has_not_begun_says_nothing_yet(licence):
    deal(licence, starts_on=TODAY + DAY)
    assert price() is None


def test_of_several_the_one_whose_term_began_last_counts(licence):
    deal(licence, "Second", "240", starts_on=TODAY - 5 * DAY)
    deal(licence, "First", "120")
    assert price().by.name == "Second"
    assert [one.name for one in history(licence, TODAY)] == ["Second", "First"]


def test_one_in_another_currency_is_told_at_the_latest_rate(licence):
    deal(licence, currency="EUR")
    assert price().cost is None
    assert "there is no rate for EUR" in price().sentence()
    ExchangeRate.objects.create(base="EUR", quote="USD", day=date(2026, 1, 1), rate=Decimal("1.5"))
    ledger.edit(licence, {"notes": "looked at"}, by=ME)
    assert price().cost.month == 15
    assert "told at 1.5 of 1 January 2026" in price().sentence()


def test_a_line_without_a_price_takes_its_part_of_the_value(licence):
    """Only where the value can be of nothing else."""
    year = {"starts_on": TODAY.replace(day=1), "auto_renews": True, "renews_for_months": 12}
    year["ends_on"] = date(TODAY.year + 1, TODAY.month, 1) - DAY
    made = deal(licence, amount=None, seats=7, value="1000", **year)
    assert (price().amount, price().months, price().by.seats) == (Decimal("142.8571"), 12, 7)
    assert "(its value, divided by its 7 seats)" in price().sentence()
    other = ledger.make(licence.application, {"name": "Other", "counted": "unknown"}, by=ME)
    acts.add_line(made, {"licence": other.pk, "seats": 1}, by=ME)
    assert price() is None
