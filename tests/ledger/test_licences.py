"""What people enter about licences is checked, kept with who did it, and can be corrected."""

from datetime import date
from decimal import Decimal

import pytest

from steward.inventory.application import Application
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.edit import Edit
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import licences as ledger

pytestmark = pytest.mark.django_db
ME = {"by": "ann@corp.example"}
DAY = date(2026, 3, 1)


@pytest.fixture
def design():
    return Application.objects.create(key="app:design", name="Design")


@pytest.fixture
def full(design):
    return ledger.make(design, {"name": "Full seat", "bought": 10}, **ME)


def wrong(act, *given, **more):
    with pytest.raises(Invalid) as refused:
        act(*given, **more, **ME)
    return {error.field for error in refused.value.errors}


def test_each_kind_of_counting_is_there_once(design, full):
    with pytest.raises(Conflict, match="Full seat"):
        ledger.make(design, {"name": "Another"}, **ME)
    role = {"name": "Viewer", "counted": "role", "role": "viewer"}
    ledger.make(design, role, **ME)
    assert wrong(ledger.make, design, {**role, "name": "Viewer 2"}) == {"role"}
    assert wrong(ledger.make, design, {**role, "role": " "}) == {"role"}
    assert wrong(ledger.make, design, {"name": " ", "counted": "x", "bought": -1}) == {
        "name", "counted", "bought",
    }  # fmt: skip
    ledger.make(design, {"name": "Flat", "counted": "unknown"}, **ME)
    with pytest.raises(Conflict):
        ledger.make(design, {"name": "FLAT", "counted": "unknown"}, **ME)


def test_what_an_app_tells_is_not_entered(design):
    """A licence that was only found is taken over by whoever enters it first."""
    found = LicenceType.objects.create(application=design, key="sku", name="Pro")
    assert wrong(ledger.edit, found, {"name": "Mine"}) == {"name"}
    assert ledger.edit(found, {"name": "Pro", "bought": 5}, **ME)
    assert not ledger.edit(found, {"bought": 5}, **ME)
    unnamed = LicenceType.objects.create(application=design, key="hand:seats", name="Paid seats")
    made = ledger.make(design, {"name": "Full seat"}, **ME)
    assert (made.pk, made.name) == (unnamed.pk, "Full seat")


def test_prices_are_set_corrected_and_removed(full):
    first = ledger.set_price(full, "9.50", "eur", "1", "2026-01-01", **ME)
    ledger.set_price(full, Decimal(120), "EUR", 12, DAY, **ME)
    again = ledger.set_price(full, "10", "EUR", 1, "2026-01-01", **ME)
    assert again.pk == first.pk
    assert wrong(ledger.correct_price, again, {"since": DAY}) == {"since"}
    assert ledger.correct_price(again, {"amount": "11"}, **ME)
    assert list(full.prices.order_by("since").values_list("amount", "months")) == [
        (11, 1),
        (120, 12),
    ]
    ledger.remove_price(again, **ME)
    told = [(e.kind, e.what, e.before.get("amount"), e.after.get("amount"))
            for e in ledger.edits_of(full)]  # fmt: skip
    assert told == [
        ("price", "removed", "11", None),
        ("price", "changed", "10", "11"),
        ("price", "changed", "9.5", "10"),
        ("price", "made", None, "120"),
        ("price", "made", None, "9.5"),
        ("licence", "made", None, None),
    ]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (("", "", "0", ""), {"amount", "currency", "months", "since"}),
        (("-1", "EUR", 1, DAY), {"amount"}),
        (("1.00001", "EUR", 1, DAY), {"amount"}),
        (("NaN", "EUR", 1, DAY), {"amount"}),
        (("1e12", "EUR", 1, DAY), {"amount"}),
        (("twelve", "EUR", 1, DAY), {"amount"}),
        (("1", "XYZ", 121, "1999-12-31"), {"currency", "months", "since"}),
        (("1", "EUR", "٣", "2026-02-30"), {"months", "since"}),
    ],
)
def test_what_is_no_price_is_told_by_field(full, given, fields):
    assert wrong(ledger.set_price, full, *given) == fields
    assert LicencePrice.objects.count() == 0


def test_a_licence_goes_with_its_prices_but_not_from_a_contract(full):
    ledger.set_price(full, "9.50", "EUR", 1, DAY, **ME)
    contract = Contract.objects.create(vendor="Design", name="Design 2026")
    line = ContractLine.objects.create(contract=contract, licence=full, seats=10)
    with pytest.raises(Conflict, match="contract"):
        ledger.remove(full, **ME)
    line.delete()
    ledger.remove(full, **ME)
    assert LicenceType.objects.count() + LicencePrice.objects.count() == 0
    removed = Edit.objects.filter(what="removed").values_list("kind", flat=True).order_by("pk")
    assert list(removed) == ["price", "licence"]
