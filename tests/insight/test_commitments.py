"""What contracts commit to: every term by its days, once, and to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from steward.insight import reports
from steward.insight.commitments import committed, left_out
from steward.insight.committed_shares import NOT_SHARED, by_department
from steward.insight.reports.spend import SPEND
from steward.insight.spend import Period, by_month, chart, paid
from steward.inventory.application import Application
from steward.inventory.edit import Edit
from steward.inventory.imports import Import
from steward.ledger import contracts as acts
from steward.ledger import licences, rates, shares
from steward.ledger.charges import ChargeIn, enter
from steward.ledger.rates import RateIn

pytestmark = pytest.mark.django_db
ME = "ann@corp.example"
TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)
YEAR = Period.of("2025-01", "2025-12")


def deal(starts, ends, value="1200", currency="USD", **more):
    given = {
        "vendor": "V", "name": "Deal", "starts_on": starts, "ends_on": ends, "value": value,
        "currency": currency, **more,
    }  # fmt: skip
    return acts.create(given, by=ME)


def months(period=YEAR):
    return {f"{month:%Y-%m}": amount for month, amount in committed(period).by_month.items()}


def test_a_term_costs_its_value_over_its_days_to_the_cent(db):
    deal("2025-01-15", "2026-01-14", value="1000")
    found = months()
    assert len(found) == 12
    assert found["2025-01"] == Decimal("46.58")
    assert found["2025-02"] == Decimal("76.71")
    whole = Period.of("2024-01", "2027-12")
    assert committed(whole).total == 1000
    assert committed(YEAR).total + committed(Period.of("2026-01", "2026-12")).total == 1000
    assert committed(Period.of("2024-01", "2024-12")).parts == ()


def test_one_that_was_ended_costs_until_that_day(db):
    made = deal("2025-01-01", "2025-12-31", value="365")
    acts.end(made, date(2025, 1, 31), by=ME)
    assert months() == {"2025-01": 31}
    acts.end(made, date(2024, 12, 1), by=ME)
    assert months() == {}


def test_a_term_that_came_by_itself_costs_as_much_a_month_and_none_to_come_does(db):
    first = TODAY.replace(day=1)
    start = date(first.year - 2, first.month, 1)
    ends = date(first.year - 1, first.month, 1) - DAY
    made = deal(start, ends, auto_renews=True, renews_for_months=6)
    acts.roll_on()
    made.refresh_from_db()
    last = made.rolled_ends_on
    period = Period.of(f"{start:%Y-%m}", f"{first.year + 3}-12")
    found = committed(period).by_month
    assert max(found) == last.replace(day=1)
    whole = (last + DAY).year * 12 + (last + DAY).month - start.year * 12 - start.month
    assert committed(period).total == 100 * whole


def test_each_term_costs_what_was_agreed_then(db):
    """Nobody said so of last year: the term came by itself."""
    year = TODAY.year
    made = deal(f"{year - 2}-01-01", f"{year - 2}-12-31", auto_renews=True, renews_for_months=12)
    acts.renew(made, {"value": "2400"}, by=ME)
    acts.edit(made, {"notes": "looked at"}, by=ME)
    assert made.starts_on == date(year, 1, 1)
    found = [committed(Period.of(f"{y}-01", f"{y}-12")).total for y in range(year - 3, year + 2)]
    assert found == [0, 1200, 1200, 2400, 0]


def test_one_renewed_before_its_time_counts_each_day_once(db):
    ends = TODAY + 10 * DAY
    made = deal(ends - 364 * DAY, ends, value="365", renews_for_months=12, auto_renews=True)
    acts.renew(made, {"value": "730"}, by=ME)
    period = Period.of(f"{TODAY.year - 2}-01", f"{TODAY.year + 3}-12")
    assert committed(period).total == 365 + 730


def test_it_is_converted_at_the_rate_of_each_month_and_named_where_there_is_none(db):
    deal("2025-01-01", "2025-12-31", value="365", currency="EUR", name="<Euro>")
    assert [(u.currency, u.amount, u.contracts) for u in committed(YEAR).unconverted] == [
        ("EUR", 365, 1)
    ]
    assert committed(YEAR).total == 0
    rates.enter(RateIn("EUR", "USD", date(2025, 2, 10), Decimal(2)), by=ME)
    rates.enter(RateIn("EUR", "USD", date(2025, 3, 1), Decimal(3)), by=ME)
    found = months()
    assert (found["2025-02"], found["2025-03"], found["2025-12"]) == (56, 93, 93)
    assert "2025-01" not in found
    assert [u.amount for u in committed(YEAR).unconverted] == [31]
    assert left_out(committed(YEAR)) == (
        "Not in what is committed: €31.00 of 1 contract, as no rate is known."
    )
    row = next(iter(reports.report("committed-spend").run(YEAR.asked).records()))
    assert (row["own"], row["committed"], row["not_told"]) == (365, found_sum(), "no rate for EUR")


def found_sum():
    return committed(YEAR).total


def test_what_cannot_be_told_is_named_with_the_reason(db):
    deal("2025-01-01", "2025-12-31", value=None, name="Worthless")
    deal(None, "2025-12-31", name="Endless")
    deal(None, "2024-12-31", name="Over")
    deal("2026-01-01", None, name="To come")
    said = left_out(committed(YEAR))
    assert "Worthless, as no value is entered" in said
    assert "Endless, as it is not entered when the term begins and ends" in said
    assert "Over" not in said
    assert "To come" not in said
    assert said in SPEND["application"].run(YEAR.asked).provenance.sentence()


@pytest.fixture
def apps(db):
    return [Application.objects.create(key=f"app:{n}", name=n) for n in ("Figma", "Zoom", "Old")]


def pay(*lines):
    file = Import.objects.create(kind="charges", file_name="a", sha256=str(lines), by=ME)
    enter(
        [
            ChargeIn(date(2025, 5, n + 1), Decimal(amount), currency, vendor, department=unit)
            for n, (vendor, amount, currency, unit) in enumerate(lines)
        ],
        entered=file,
    )
    shares.catch_up()


def row_of(name, report="application", **asked):
    rows = SPEND[report].run({**YEAR.asked, **asked}).records()
    return next(row for row in rows if row["name"] == name)


def test_an_application_is_compared_where_both_are_known(apps):
    figma, zoom, old = apps
    Application.objects.filter(pk=old.pk).update(merged_into=figma)
    deal("2025-01-01", "2025-12-31", application=old.pk)
    deal("2025-01-01", "2025-12-31", value="500", application=zoom.pk, name="Zoom's")
    deal("2025-01-01", "2025-12-31", value="70", name="Bundle")
    pay(("Figma", "1300", "USD", "Ops"))
    figmas = row_of("Figma")
    assert (figmas["paid"], figmas["committed"], figmas["difference"]) == (1300, 1200, 100)
    zooms = row_of("Zoom")
    assert (zooms["paid"], zooms["payments"], zooms["committed"]) == (0, 0, 500)
    assert zooms["difference"] is None
    bundle = row_of("Contracts for no one application")
    assert (bundle["committed"], bundle["difference"]) == (70, None)
    deal("2025-01-01", "2025-12-31", value=None, application=figma.pk, name="More")
    assert row_of("Figma")["difference"] is None
    drawn = chart(YEAR, by_month(paid(YEAR)), beside={"Committed": committed(YEAR).by_month})
    assert [series.name for series in drawn.series] == ["Paid", "Committed"]
    assert "Committed: $1,770.00." in drawn.said


def test_nothing_is_compared_where_a_payment_has_no_rate(apps):
    deal("2025-01-01", "2025-12-31", application=apps[0].pk)
    pay(("Figma", "1300", "USD", "Ops"), ("Figma", "7", "CHF", "Ops"))
    assert row_of("Figma")["committed"] == 1200
    assert row_of("Figma")["difference"] is None


def test_lines_of_one_application_say_which_it_is_for(apps):
    made = deal("2025-01-01", "2025-12-31")
    kinds = [licences.make(app, {"name": "Seat", "counted": "unknown"}, by=ME) for app in apps[:2]]
    acts.add_line(made, {"licence": kinds[0].pk, "seats": 5}, by=ME)
    assert row_of("Figma")["committed"] == 1200
    acts.add_line(made, {"licence": kinds[1].pk, "seats": 5}, by=ME)
    assert row_of("Contracts for no one application")["committed"] == 1200


def test_departments_bear_it_as_they_bear_what_was_paid(apps):
    figma = apps[0]
    deal("2025-01-01", "2025-12-31", value="100", application=figma.pk)
    deal("2025-01-01", "2025-12-31", value="50", application=apps[1].pk)
    Application.objects.filter(pk=figma.pk).update(
        allocation="fixed", shares={"Legal": 67, "Sales": 33}
    )
    Edit.note("application", figma, "changed", ME)
    pay(("Figma", "10", "USD", ""))
    found = by_department(YEAR)
    assert found[figma.pk, "Legal", ""] == 67
    assert found[apps[1].pk, "", NOT_SHARED] == 50
    assert row_of("Legal", "department")["committed"] == 67
    assert row_of("– Not told by payments who bears it", "department")["committed"] == 50
    figmas = row_of("Figma", department="Legal")
    assert (figmas["paid"], figmas["committed"]) == (Decimal("6.70"), 67)
