"""Seats, money and waste: one definition, whichever way it is asked for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from steward.insight import licences, reports, seats
from steward.insight.rightsizing import of_contract, of_licence
from steward.inventory.application import Application
from steward.inventory.company import ExchangeRate
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.licence import LicenceType
from steward.inventory.person import Person
from steward.ledger import licences as ledger
from steward.sdk.records import License, Seat
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account
from tests.insight.conftest import seats as pro

pytestmark = pytest.mark.django_db
ME = "admin@corp.example"
DAY = date(2026, 1, 1)


def found(name="Pro"):
    return next(one for one in licences.licences() if one.name == name)


def price(one, amount, currency="USD", months=1, since=DAY):
    row = LicenceType.objects.get(pk=one.number)
    return ledger.set_price(row, amount, currency, months, since, by=ME)


def states():
    return dict(seats.seats().values_list("name", "state"))


def test_a_seat_counts_once_by_the_gravest_reason(directory, app):
    """Everybody has all the reasons that come after their own."""
    directory(
        "directory",
        account("leaver", status="disabled"),
        account("away", status="disabled", attributes={"suspended": True}),
        *(account(n) for n in ("double", "never", "unused", "used", "new", "off")),
    )
    never = {"created_at": LONG_AGO}
    app(
        "chat",
        account("leaver", status="disabled", **never),
        account("away", **never),
        account("off", status="disabled", **never),
        account("never", **never),
        account("unused", last_active_at=LONG_AGO),
        account("used", last_active_at=LATELY),
        account("new", created_at=LATELY),
        account("double", last_active_at=LATELY),
        licenses=pro("leaver", "away", "off", "never", "unused", "used", "new", "double"),
    )
    app("chat2", account("double", **never), account("off"), licenses=pro("double", "off"))
    rows = seats.seats().values_list("name", "instance__name", "state")
    assert set(rows) == {
        ("Leaver", "chat", "leaver"),
        ("Away", "chat", "disabled"),
        ("Off", "chat", "disabled"),
        ("Off", "chat2", "unknown"),
        ("Double", "chat", "used"),
        ("Double", "chat2", "duplicate"),
        ("Never", "chat", "never"),
        ("Unused", "chat", "unused"),
        ("Used", "chat", "used"),
        ("New", "chat", "new"),
    }
    assert list(found().wasted.items()) == [
        ("leaver", 1), ("disabled", 2), ("duplicate", 1), ("never", 1), ("unused", 1),
    ]  # fmt: skip


def test_an_application_has_days_of_its_own(app):
    app("chat", account("ann", last_active_at=LONG_AGO), licenses=pro("ann"))
    assert states() == {"Ann": "unused"}
    Application.objects.update(inactive_after=120)
    assert states() == {"Ann": "used"}


def test_the_use_of_the_seat_counts_before_that_of_the_account(app):
    """Copilot tells who uses it; being active on GitHub is not using Copilot."""
    app(
        "code",
        *(account(n, last_active_at=LATELY, created_at=LONG_AGO) for n in ("ann", "bob", "cem")),
        licenses=[
            License(id="pilot", name="Pilot", purchased=5),
            Seat(license="pilot", account="ann", last_active_at=LATELY),
            Seat(license="pilot", account="bob", last_active_at=LONG_AGO),
            Seat(license="pilot", account="cem"),
        ],
    )
    assert states() == {"Ann": "used", "Bob": "unused", "Cem": "never"}
    one = found("Pilot")
    assert (one.bought, one.assigned, one.active, one.unassigned) == (5, 3, 1, 2)
    assert one.wasted == {"never": 1, "unused": 1, "unassigned": 2}


def test_what_is_bought_is_summed_over_instances_and_by_hand_where_one_does_not_say(app):
    one = [License(id="pro", name="Pro", purchased=10), Seat(license="pro", account="ann")]
    app("chat", account("ann"), licenses=one)
    chat2 = app("chat2", account("ann"), licenses=one)
    assert (found().bought, found().bought_by, found().assigned) == (20, "app", 2)
    row = LicenceType.objects.get(key="pro")
    ledger.edit(row, {"bought": 15}, by=ME)
    assert found().bought == 20
    chat2.now_says(account("ann"), licenses=pro("ann"))
    assert (found().bought, found().bought_by) == (15, "hand")


def test_seats_of_no_kind_and_of_a_role_are_counted_by_hand(app):
    chat = app(
        "chat",
        account("ann", holds_seat=True, role="Owner", last_active_at=LATELY),
        account("bob", holds_seat=True, role="Member", last_active_at=LONG_AGO),
        account("cem", holds_seat=False, role="Owner"),
    )
    paid = found("Paid seats")
    assert (paid.key, paid.assigned, paid.active, paid.bought) == ("hand:seats", 2, 1, None)
    values = {"name": "Owner seat", "counted": "role", "role": "Owner", "bought": 4}
    ledger.make(chat.instance.application, values, by=ME)
    assert found("Owner seat").assigned == 2
    assert found("Paid seats").assigned == 1
    assert found("Owner seat").unassigned == 2
    ledger.make(chat.instance.application, {"name": "Flat fee", "counted": "unknown"}, by=ME)
    assert (found("Flat fee").assigned, found("Flat fee").wasted_seats) == (None, 0)


def test_a_price_holds_from_its_day_and_outlasts_the_instance(app):
    from steward.sync import acts

    chat = app("chat", account("ann", last_active_at=LATELY), licenses=pro("ann"))
    price(found(), "10", since=date(2026, 1, 1))
    price(found(), "12", since=NOW.date())
    price(found(), "99", since=NOW.date() + timedelta(days=1))
    assert found().price.amount == 12
    acts.delete(chat.instance, by="test")
    assert (found().price.amount, found().assigned, found().costs) == (12, None, None)
    app("chat", account("ann", last_active_at=LATELY), licenses=pro("ann"))
    assert (found().price.amount, found().assigned) == (12, 1)


def test_another_currency_is_told_at_its_rate_and_left_out_without_one(app):
    app("chat", account("ann", last_active_at=LONG_AGO), licenses=pro("ann"))
    price(found(), "100", "EUR", 12)
    assert licences.reclaimable() == (
        1, 0, "USD", "Seats left out of the amounts: 1 of Scripted: Pro (no rate for EUR).",
    )  # fmt: skip
    assert not licences.wasted(licences.licences()).is_known
    ExchangeRate.objects.create(base="EUR", quote="USD", day=DAY, rate=Decimal("1.1"))
    from steward.insight import memory

    memory.forget()
    assert found().waste.year == 110
    assert found().waste.month == Decimal("9.1667")
    assert "told at 1.1 of 1 January 2026" in found().price.sentence()
    assert licences.reclaimable() == (1, Decimal("9.1667"), "USD", "")


def test_a_proposal_shows_each_step(app):
    names = [f"u{n}" for n in range(20)]
    used = [account(n, last_active_at=LATELY) for n in names[:11]]
    idle = [account(n, last_active_at=LONG_AGO) for n in names[11:]]
    app(
        "chat",
        *used,
        *idle,
        licenses=[License(id="pro", name="Pro", purchased=25), *pro(*names)[1:]],
    )
    price(found(), "120", months=12)
    made = of_licence(found(), buffer=10)
    assert (made.present, made.kept_seats, made.spare, made.proposed, made.fewer) == (
        25,
        11,
        2,
        13,
        12,
    )
    assert made.saves.year == 1440
    assert made.reasoning == [
        "25 seats are paid for now.",
        "− 9 to take back: not used for a while.",
        "− 5 to take back: bought, assigned to nobody.",
        "11 are kept: 11 in use.",
        "+ 2 as a buffer of 10 %.",
        "13 are to be renewed.",
    ]
    assert of_licence(found(), buffer=100).proposed == 22
    contract = Contract.objects.create(vendor="Chat", name="Chat 2026", currency="USD")
    row = LicenceType.objects.get(key="pro")
    ContractLine.objects.create(
        contract=contract, licence=row, seats=12, amount=Decimal(60), months=12
    )
    whole = of_contract(contract, buffer=50)
    (line,) = whole.lines
    assert (line.present, line.proposed, line.saves.year) == (12, 12, 0)
    assert "20 are assigned, 8 more than that." in line.reasoning
    assert "cut at what is paid for now" in line.reasoning[-2]
    ContractLine.objects.update(seats=8)
    assert of_contract(contract).saves.year == -180


def test_two_applications_for_one_job(directory, app):
    directory("directory", *(account(n) for n in ("ann", "bob", "cem")))
    one = app("chat", account("ann", holds_seat=True), account("bob", holds_seat=True))
    other = app("talk", account("ann"), account("bob"), account("cem"))
    talk = Application.objects.create(key="app:talk", name="Talk", category="tests ")
    other.instance.application = talk
    other.instance.save()
    price(found("Paid seats"), "5")
    rows = reports.report("overlapping-applications").run({"q": "talk"}).records()
    row = next(r for r in rows if r["one"] == "Scripted")
    assert (row["one"], row["other"], row["both"], row["share"]) == ("Scripted", "Talk", 2, 100)
    assert (row["people_one"], row["people_other"]) == (2, 3)
    assert (row["month_one"], row["month_other"]) == (10, None)
    asked = {"one": str(one.instance.application_id), "other": str(talk.pk)}
    people = reports.report("people-with-both").run(asked)
    assert [r["name"] for r in people.records()] == ["Ann", "Bob"]
    assert Person.objects.count() == 3


SAID = {
    "licence": ["application", "licence", "why"],
    "application": ["application"],
    "reason": ["why"],
    "department": ["department"],
}


def wasted_by(grouped, **asked):
    result = reports.report("wasted-spend").run({"by": grouped, **asked})
    assert [len(row) for row in result.rows()] == [len(result.columns)] * result.total
    return [c.name for c in result.columns if c.kind == "text"]


@pytest.mark.parametrize("grouped", SAID)
def test_a_grouping_of_waste_shows_only_columns_that_say_something(grouped, db):
    assert wasted_by(grouped) == SAID[grouped]
    assert wasted_by(grouped, reason="never") == [
        name
        for name in ("application", "licence", "why", "department")
        if name in (*SAID[grouped], "why")
    ]
    assert "department" in wasted_by(grouped, department="Sales")


def test_a_column_that_is_asked_for_alone_is_shown_though_it_says_nothing(db):
    wasted = reports.report("wasted-spend")
    asked = ["licence", "seats"]
    assert [c.name for c in wasted.run({"by": "department"}, columns=asked).columns] == ["seats"]
    assert [c.name for c in wasted.run({"by": "reason"}, columns=asked[:1]).columns] == ["licence"]
