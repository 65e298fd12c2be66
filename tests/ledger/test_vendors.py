"""What is said of a vendor holds for all its charges, and can be taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.edit import Edit
from steward.inventory.imports import Import
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.spend import Retelling, SpendMonth
from steward.ledger import charges, company, rates, vendors
from steward.ledger.charges import ChargeIn, enter
from steward.ledger.rates import RateIn

pytestmark = pytest.mark.django_db
DAY, BY = date(2026, 11, 2), "ann@corp.com"


def pay(vendor, amount="10", currency="USD", day=DAY, **more):
    (charge,) = enter([ChargeIn(day, Decimal(amount), currency, vendor)], **more)
    return charge


def application(name):
    return Application.objects.create(key=f"app:{name}", name=name)


def now(charge):
    return Charge.objects.get(pk=charge.pk)


def test_once_and_for_all():
    past, by_hand = pay("ACME* T02AB4C9D"), pay("Acme Ltd")
    acme, other = application("Acme Cloud"), application("Other")
    charges.change(by_hand, by=BY, application=other)
    SpendMonth.objects.update(untold=False)
    rule = vendors.assign("ACME INC.", acme, by=BY)
    assert (now(past).application, now(past).matched) == (acme, Charge.RULE)
    assert now(by_hand).application == other
    assert pay("Acme GmbH").application == acme
    assert SpendMonth.objects.filter(untold=True).exists()
    vendors.assign("acme", None, by=BY)
    assert (now(past).application, now(past).is_saas) == (None, False)
    vendors.remove(rule, by=BY)
    assert (now(past).matched, now(past).is_saas) == (Charge.NOTHING, True)
    with pytest.raises(Conflict):
        vendors.remove(rule, by=BY)
    whats = Edit.objects.filter(kind="vendor_rule").order_by("pk").values_list("what", flat=True)
    assert list(whats) == ["made", "changed", "removed"]


def test_a_rule_for_a_beginning_gives_way_to_an_exact_one():
    aws, s3 = application("AWS"), application("S3")
    exact, begins = pay("Amazon Web Storage"), pay("Amazon Web Anything")
    vendors.assign("Amazon Web Storage", s3, by=BY)
    vendors.assign("amazon web", aws, by=BY, is_prefix=True)
    assert now(exact).application == s3
    assert now(begins).application == aws


def test_an_application_that_becomes_known_finds_what_was_paid_for_it():
    charge = pay("Linear Orbit Inc")
    found = application("Linear Orbit")
    vendors.match_new()
    assert now(charge).application == found


def test_a_single_charge_is_decided_by_hand_and_given_back_to_the_rules():
    charge = pay("Figma")
    figma = application("Figma")
    charges.change(charge, by=BY, is_saas=False)
    assert (now(charge).application, now(charge).is_saas) == (None, False)
    vendors.assign("Figma", figma, by=BY)
    assert now(charge).is_saas is False
    charges.change(now(charge), by=BY, is_saas=True)
    assert (now(charge).application, now(charge).matched) == (figma, Charge.RULE)


def test_duplicates_are_decided_by_hand():
    def file(name):
        return Import.objects.create(kind="charges", file_name=name, sha256=name, by=BY)

    one, two = pay("Figma", entered=file("a")), pay("Figma Inc", entered=file("b"))
    other = pay("A quite different name", entered=file("c"))
    assert now(two).duplicate_of == one
    charges.set_duplicate(two, None, by=BY)
    assert now(two).duplicate_of is None
    charges.set_duplicate(other, one, by=BY)
    charges.set_duplicate(one, two, by=BY)
    assert (now(one).duplicate_of, now(other).duplicate_of) == (two, two)
    assert list(Charge.objects.counted()) == [two]
    with pytest.raises(Conflict):
        charges.set_duplicate(two, now(one), by=BY)


def test_rates_convert_anew_and_say_what_does_not_do():
    charge = pay("Figma", "8", "EUR")
    early = pay("Figma", "8", "EUR", DAY - timedelta(days=30))
    first = rates.enter(RateIn("eur", "usd", DAY, Decimal("1.25"), "ECB"), by=BY)
    assert (now(charge).told, now(early).told) == (Decimal(10), None)
    rates.enter(RateIn("USD", "EUR", DAY, Decimal("0.5")), by=BY)
    assert now(charge).told == 16
    assert not ExchangeRate.objects.filter(pk=first.pk).exists()
    rates.remove(ExchangeRate.objects.get(), by=BY)
    assert now(charge).told is None
    wrong = [
        ("base", RateIn("XYZ", "USD", DAY, Decimal(1))),
        ("quote", RateIn("USD", "USD", DAY, Decimal(1))),
        ("rate", RateIn("EUR", "USD", DAY, Decimal(0))),
        ("rate", RateIn("EUR", "USD", DAY, Decimal("NaN"))),
        ("rate", RateIn("EUR", "USD", DAY, Decimal("1.123456789"))),
        ("day", RateIn("EUR", "USD", date.max, Decimal(1))),
    ]
    for field, given in wrong:
        with pytest.raises(Invalid) as refused:
            rates.enter(given, by=BY)
        assert field in [error.field for error in refused.value.errors]


def test_what_is_converted_is_posted_in_whole_cents():
    rates.enter(RateIn("EUR", "USD", DAY, Decimal("1.0837")), by=BY)
    assert pay("Figma", "9.99", "EUR").told == Decimal("10.83")
    assert pay("Figma", "0.0125").told == Decimal("0.0125")


def test_many_charges_are_converted_behind(monkeypatch):
    monkeypatch.setattr(rates, "BATCH", 3)
    paid = [pay("Figma", "8", "EUR") for _ in range(8)]
    rates.enter(RateIn("EUR", "USD", DAY, Decimal("1.25")), by=BY)
    assert Retelling.objects.exists()
    assert now(paid[0]).told is None
    while rates.retell_some():
        pass
    assert {now(charge).told for charge in paid} == {Decimal(10)}


def test_another_currency_of_the_company():
    rates.enter(RateIn("EUR", "USD", DAY, Decimal("1.25")), by=BY)
    dollars, euros = pay("Figma", "10"), pay("Figma", "8", "EUR")
    company.change(by=BY, currency="eur", readers_see_money=False)
    assert (Company.get().currency, Company.get().readers_see_money) == ("EUR", False)
    assert (now(dollars).told, now(euros).told) == (8, 8)
    with pytest.raises(Invalid):
        company.change(by=BY, currency="gold")
