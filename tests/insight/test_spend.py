"""The sums of every grouping, of the list and of the files are one and the same."""

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.test import Client

from steward.insight import exports, reports
from steward.insight.commitments import committed
from steward.insight.reports.question import BadRequest
from steward.insight.reports.spend import GROUPS, SPEND
from steward.insight.spend import Period, by_month, chart, counted, paid, spend
from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.contract import Contract
from steward.inventory.imports import Import
from steward.inventory.member import ApiToken
from steward.inventory.person import Person
from steward.ledger import company, contracts, rates, shares, vendors
from steward.ledger.charges import ChargeIn, enter, withdraw
from steward.ledger.rates import RateIn

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
BY = "ann@corp.com"
VENDORS = ("Figma Inc", "NOTION LABS", "Hetzner Online GmbH", "SQ *BLUE BOTTLE", "Zoom", "Acme AG")


def file(name):
    return Import.objects.create(kind="charges", file_name=name, sha256=name, by=BY)


@pytest.fixture
def generated(connect, sync, company):
    """A company with a connected app, three sources, four currencies, refunds and duplicates."""
    company.people("ann", "bob", "cem", "dan", "eve", holds_seat=True)
    acme = connect().application
    sync(acme.instances.get())
    for number, person in enumerate(Person.objects.order_by("pk")):
        if number < 4:
            person.attributes = {"department": f"Department {number % 2}"}
            person.save()
    Application.objects.create(key="app:figma", name="Figma")
    fixed = Application.objects.create(
        key="app:notion", name="Notion", allocation="fixed", shares={"Legal": 33, "Sales": 33}
    )
    vendors.assign("Acme AG", acme, by=BY)
    vendors.assign("SQ *BLUE BOTTLE", None, by=BY)
    for day in (40, 200, 500):
        on = TODAY - timedelta(days=day)
        rates.enter(RateIn("EUR", "USD", on, Decimal("1.0837") + day), by=BY)
        rates.enter(RateIn("USD", "JPY", on, Decimal("151.37")), by=BY)
    random, lines = Random(3), []
    people = [None, *Person.objects.order_by("pk")]
    for _ in range(400):
        amount = Decimal(random.randint(-20_000, 90_000)) / 100
        line = ChargeIn(
            TODAY - timedelta(days=random.randint(0, 350)), amount,
            random.choice(("USD", "EUR", "JPY", "CHF")), random.choice(VENDORS),
            person=random.choice(people), department=random.choice(("", "", "Ops")),
        )  # fmt: skip
        lines.append(line)
    enter(lines[:200], entered=file("one.csv"))
    enter(lines[150:300], entered=file("two.csv"))
    enter(lines[290:], entered=file("three.csv"))
    agree(random)
    return fixed


def agree(random):
    """Contracts in four currencies, some with an application: over, in force, to come, renewed, by
    themselves or not, and some of which nobody can tell what they cost."""
    apps = [None, *Application.objects.order_by("pk")]
    for number in range(60):
        starts = TODAY + timedelta(days=random.randint(-900, 200))
        ends = starts + timedelta(days=random.choice((364, 729, 100, 30)))
        value = None if number % 20 == 0 else Decimal(random.randint(0, 9_999_999)) / 100
        made = contracts.create(
            {
                "name": f"Deal {number}", "vendor": "V", "value": value, "starts_on": starts,
                "ends_on": ends, "currency": random.choice(("USD", "EUR", "JPY", "CHF")),
                "auto_renews": number % 3 == 0, "renews_for_months": random.choice((1, 12, 36)),
                "application": (app := random.choice(apps)) and app.pk,
            },
            by=BY,
        )  # fmt: skip
        if number % 7 == 0:
            contracts.renew(made, {"value": "777.77"}, by=BY)
        if number % 11 == 0:
            contracts.end(made, max(starts, TODAY - timedelta(days=40)), by=BY)


def summed(report, **filters):
    rows = list(report.run(filters).records())
    return sum((row["paid"] for row in rows), Decimal())


def in_csv(report, column, **filters):
    text = b"".join(exports.csv(report.run(filters))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    return sum((Decimal(row[column] or 0) for row in rows), Decimal())


def over_http(path, **query):
    headers = {"Authorization": f"Bearer {ApiToken.make('reader', 'reader')[1]}"}
    answer = Client().get(f"/api/v1{path}", query, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def listed_over_http(period):
    asked = {"from": period.first, "to": period.last, "software": True, "converted": True}
    cursor, total = "", Decimal()
    while cursor is not None:
        page = over_http("/charges", limit=77, cursor=cursor, **asked)
        total += sum((Decimal(item["converted"]) for item in page["items"]), Decimal())
        cursor = page["next"]
    return total


def spend_over_http(group, **asked):
    cursor = ""
    while cursor is not None:
        page = over_http("/spend", group_by=group, limit=13, cursor=cursor, **asked)
        yield page
        cursor = page["next"]


def amounts(rows, column):
    return sum((Decimal(row[column]) for row in rows if row[column] is not None), Decimal())


BESIDE = ("application", "department", "month")


def check_committed(period):
    """Each part once, whichever way it is asked for, and never in what was paid."""
    found = committed(period)
    assert found.total > 0
    for group in BESIDE:
        assert amounts(SPEND[group].run(period.asked).records(), "committed") == found.total, group
        assert in_csv(SPEND[group], "Committed", **period.asked) == found.total, group
        pages = list(spend_over_http(group, **period.asked))
        assert {Decimal(page["committed"]["total"]) for page in pages} == {found.total}
        items = [item for page in pages for item in page["items"]]
        assert amounts(items, "committed") == found.total, group
    listed = reports.report("committed-spend")
    rows = list(listed.run(period.asked).records())
    assert amounts(rows, "committed") == found.total
    assert in_csv(listed, "Committed", **period.asked) == found.total
    assert len({r["contract_id_"] for r in rows if r["committed"] is not None}) == found.contracts
    for row in SPEND["application"].run(period.asked).records():
        asked = {**period.asked, "application": str(row["application_id_"] or "none")}
        if row["committed"] is not None:
            assert amounts(listed.run(asked).records(), "committed") == row["committed"]
        if row["difference"] is not None:
            assert row["difference"] == row["paid"] - row["committed"]
    return found


def check_all():
    shares.catch_up()
    period = Period.of()
    found = spend(period)
    by_hand = sum((c.told for c in paid(period)), Decimal())
    assert found.total == by_hand
    assert found.total not in (0, None)
    for group in GROUPS:
        assert summed(SPEND[group]) == found.total, group
        assert in_csv(SPEND[group], "Paid") == found.total, group
        one = Period.of(f"{TODAY:%Y-%m}", f"{TODAY:%Y-%m}")
        assert summed(SPEND[group], **one.asked) == spend(one).total, group
    assert listed_over_http(period) == found.total
    for group in GROUPS:
        pages = list(spend_over_http(group))
        assert {Decimal(page["total"]) for page in pages} == {found.total}
        rows = [item for page in pages for item in page["items"]]
        assert len(rows) == pages[0]["rows"], group
        assert sum(Decimal(row["paid"]) for row in rows) == found.total, group
    listed = reports.report("charges")
    asked = {**period.asked, "software": "yes", "converted": "yes"}
    assert in_csv(listed, "Converted", **asked) == found.total
    assert listed.run(asked).total == found.payments
    check_committed(period)
    check_committed(one)
    points = [p for p in chart(period, by_month(paid(period))).series[0].points if p is not None]
    assert sum(points) == found.total
    return found


def test_every_sum_is_the_same(generated):
    found = check_all()
    assert [u.currency for u in found.unconverted] == ["CHF"]
    assert found.unconverted[0].payments == counted(found.period).filter(currency="CHF").count()
    assert Charge.objects.filter(duplicate_of__isnull=False).count() > 40
    assert Charge.objects.filter(amount__lt=0).exists()
    names = {row["name"] for row in SPEND["application"].run().records()}
    assert {"Figma", "Notion", "Not matched yet"} <= names
    departments = {row["name"] for row in SPEND["department"].run().records()}
    assert {"Legal", "Sales", "Ops", "Department 0", "– Not in any fixed share"} <= departments


def test_and_still_is_after_whatever_changes(generated):
    before = check_all().total
    company.change(by=BY, currency="EUR")
    assert Company.get().currency == "EUR"
    euros = check_all()
    assert euros.currency == "EUR"
    assert euros.total != before
    vendors.assign("Zoom", None, by=BY)
    fewer = check_all()
    assert fewer.total != euros.total
    first = Import.objects.get(file_name="one.csv")
    withdraw(Charge.objects.filter(entered=first))
    check_all()
    rates.enter(RateIn("CHF", "EUR", TODAY - timedelta(days=700), Decimal("0.95")), by=BY)
    assert [u.currency for u in check_all().unconverted] == ["JPY"]


def test_what_contracts_of_a_period_commit_to_is_what_the_contracts_say(generated):
    """Of those whose one term lies in it: the list of contracts and the list of what is committed
    say the same."""
    period = Period.of(f"{TODAY.year - 4}-01", f"{TODAY.year + 4}-12")
    listed = {row["contract_id_"]: row for row in reports.report("contracts").run().records()}
    simple = set(
        Contract.objects.filter(auto_renews=False, ended_on=None, began_on=None)
        .exclude(value=None)
        .values_list("pk", flat=True)
    )
    assert len(simple) > 10
    rows = reports.report("committed-spend").run(period.asked).records()
    own = {row["contract_id_"]: (row["own"], row["own_currency"]) for row in rows}
    for number in simple:
        assert own[number] == (listed[number]["value"], listed[number]["currency"])


def test_what_a_department_bears_is_told_by_application(generated):
    shares.catch_up()
    rows = {row["department"]: row["paid"] for row in SPEND["department"].run().records()}
    assert summed(SPEND["application"], department="Legal") == rows["Legal"]


def test_a_month_that_no_source_covers_is_a_gap(db):
    months = Period.of().months
    enter([ChargeIn(months[4], Decimal(5), "USD", "Figma")], entered=file("a"))
    enter(
        [ChargeIn(day, Decimal(5), "USD", "Zoom") for day in (months[7], months[9])],
        entered=file("b"),
    )
    points = chart(Period.of(), by_month(paid(Period.of()))).series[0].points
    assert points == [None] * 4 + [5, None, None, 5, 0, 5, None, None]


def test_a_period_is_of_whole_months():
    period = Period.of("2026-02-17", "2026-04")
    assert (period.first, period.last) == (date(2026, 2, 1), date(2026, 4, 30))
    assert len(Period.of().months) == 12
    assert Period.of("2026-01", "2026-01").months == [date(2026, 1, 1)]
    for wrong in (("2026-13", ""), ("x", ""), ("2026-05", "2026-04"), ("1971-01", "2026-01")):
        with pytest.raises(BadRequest):
            Period.of(*wrong)


def test_a_list_of_charges_names_rate_source_and_application(generated):
    rows = list(reports.report("charges").run({"currency": "eur"}).records())
    assert rows
    converted = [row for row in rows if row["told"] is not None]
    assert all(row["rate"] and row["rate_day"] <= row["day"] for row in converted)
    assert Counter(row["source"] for row in rows).keys() == {"one.csv", "two.csv", "three.csv"}
    doubles = reports.report("charges").run({"duplicates": "duplicates"})
    assert doubles.total == Charge.objects.filter(duplicate_of__isnull=False).count()
