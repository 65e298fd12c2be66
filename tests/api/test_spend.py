"""Charges, spend, rates and rules through the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.imports import Import
from steward.ledger.charges import ChargeIn, enter
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def paid(db):
    Application.objects.create(key="app:figma", name="Figma")
    for name in "ab":
        file = Import.objects.create(kind="charges", file_name=name, sha256=name, by="ann")
        lines = [("Figma", "20", "USD"), ("Acme", "0.10", "EUR"), ("Bar", "5", "USD")]
        enter(
            [
                ChargeIn(TODAY - timedelta(days=n), Decimal(amount), currency, vendor)
                for n, (vendor, amount, currency) in enumerate(lines[: 3 if name == "a" else 1])
            ],
            entered=file,
        )


def items(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def test_charges_are_listed_filtered_and_paged(api, paid):
    rows = items(api("GET", "/charges"))
    assert [row["vendor"] for row in rows] == ["Figma", "Acme", "Bar"]
    assert rows[0]["amount"] == "20.00"
    assert rows[1]["converted"] is None
    assert [r["vendor"] for r in items(api("GET", "/charges", matched="none"))] == ["Acme", "Bar"]
    assert len(items(api("GET", "/charges", duplicates="duplicates"))) == 1
    assert len(items(api("GET", "/charges", **{"from": TODAY, "to": TODAY}))) == 1
    page = api("GET", "/charges", limit=2).json()
    assert len(items(api("GET", "/charges", cursor=page["next"]))) == 1
    problem(api("GET", "/charges", **{"from": "2026-02-31"}), 422, "invalid")


def test_a_charge_is_changed_and_given_back(api, paid):
    bar, figma = items(api("GET", "/charges", vendor="bar"))[0], Application.objects.get()
    path = f"/charges/{bar['id']}"
    assert api("PATCH", path, {"application": figma.pk}).json()["matched"] == "hand"
    problem(api("PATCH", path, {"application": figma.pk, "software": False}), 422, "invalid")
    assert api("PATCH", path, {"application": None}).json()["matched"] is None
    assert api("PATCH", path, {"software": False}).json()["software"] is False
    double = items(api("GET", "/charges", duplicates="duplicates"))[0]
    path = f"/charges/{double['id']}"
    assert api("PATCH", path, {"duplicate_of": None}).json()["duplicate_of"] is None
    again = api("PATCH", path, {"duplicate_of": double["duplicate_of"]}).json()
    assert again["duplicate_of"] == double["duplicate_of"]
    problem(api("PATCH", "/charges/999", {}), 404, "not_found")
    problem(api("PATCH", path, {"application": 999}), 404, "not_found")


def test_spend_adds_up_in_every_grouping(api, paid):
    for group in ("application", "department", "person", "vendor", "month"):
        answer = api("GET", "/spend", group_by=group)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert told["total"] == "25.00"
        assert sum(Decimal(row["paid"]) for row in told["items"]) == Decimal(told["total"])
        assert told["unconverted"] == [{"currency": "EUR", "amount": "0.10", "payments": 1}]
    assert api("GET", "/spend", **{"from": "2020-01", "to": "2020-02"}).json()["total"] == "0.00"
    problem(api("GET", "/spend", group_by="moon"), 422, "invalid")
    problem(api("GET", "/spend", **{"from": "2026-13"}), 422, "invalid")


def test_what_is_committed_is_told_beside_it(api, paid):
    figma = Application.objects.get()
    term = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "currency": "USD"}
    deal = {"name": "Deal", "application": figma.pk, "value": "365", **term}
    assert api("POST", "/contracts", deal).status_code == 201
    more = {"name": "Zloty", "vendor": "V", **term, "value": "365", "currency": "PLN"}
    api("POST", "/contracts", more)
    none = api("POST", "/contracts", {"name": "Free", "vendor": "V", **term}).json()
    asked = {"from": "2025-02", "to": "2025-03"}
    for group in ("application", "department", "month"):
        told = api("GET", "/spend", group_by=group, **asked).json()
        assert told["committed"] == {
            "total": "59.00",
            "contracts": 1,
            "unconverted": [{"currency": "PLN", "amount": "59.00", "contracts": 1}],
            "not_told": [{"id": none["id"], "name": "Free", "why": "no value is entered"}],
        }
        assert told["total"] == "0.00"
        parts = [row["committed"] for row in told["items"] if row["committed"]]
        assert sum(map(Decimal, parts)) == 59, group
    assert "never added" in told["rule"]
    by_vendor = api("GET", "/spend", group_by="vendor").json()["items"][0]
    assert (by_vendor["committed"], by_vendor["difference"]) == (None, None)


def test_spend_is_paged_and_its_total_is_of_all_pages(api, paid):
    whole = api("GET", "/spend", group_by="vendor").json()
    assert (whole["rows"], whole["next"], len(whole["items"])) == (2, None, 2)
    first = api("GET", "/spend", group_by="vendor", limit=1).json()
    second = api("GET", "/spend", group_by="vendor", limit=1, cursor=first["next"]).json()
    assert first["items"] + second["items"] == whole["items"]
    assert (first["total"], first["rows"], second["next"]) == (whole["total"], 2, None)
    assert api("GET", "/spend", cursor="cfffffffffffffff").json()["items"] == []
    problem(api("GET", "/spend", limit=0), 422, "invalid")
    problem(api("GET", "/spend", cursor="x"), 422, "invalid")


def test_rates_rules_and_the_company(api, paid):
    made = api("POST", "/rates", {"base": "EUR", "quote": "USD", "day": "2020-01-01", "rate": "2"})
    assert made.status_code == 201
    assert api("GET", "/spend").json()["total"] == "25.20"
    wrong = {"base": "EUR", "quote": "EUR", "day": "2020-01-01", "rate": "2"}
    problem(api("POST", "/rates", wrong), 422, "invalid")
    assert items(api("GET", "/rates", base="eur"))[0]["rate"] == "2"
    assert api("DELETE", f"/rates/{made.json()['id']}").status_code == 200
    problem(api("DELETE", f"/rates/{made.json()['id']}"), 404, "not_found")
    figma = Application.objects.get()
    rule = api("POST", "/vendor-rules", {"vendor": "BAR Ltd", "application": figma.pk})
    assert (rule.status_code, rule.json()["vendor"]) == (201, "bar")
    assert items(api("GET", "/charges", vendor="bar"))[0]["application"] == figma.pk
    assert len(items(api("GET", "/vendor-rules"))) == 1
    assert api("DELETE", f"/vendor-rules/{rule.json()['id']}").status_code == 200
    assert items(api("GET", "/charges", vendor="bar"))[0]["application"] is None
    sharing = {"allocation": "fixed", "shares": {"Legal": 100}}
    assert api("PATCH", f"/applications/{figma.pk}", sharing).status_code == 200
    departments = api("GET", "/spend", group_by="department").json()["items"]
    assert departments[0]["name"] == "Legal"
    assert api("PATCH", "/company", {"currency": "EUR"}).json()["currency"] == "EUR"
    assert api("GET", "/spend").json()["total"] == "0.10"
    problem(api("PATCH", "/company", {"currency": "QQQ"}), 422, "invalid")


def test_readers_see_money_only_where_it_is_shown(reader, paid):
    assert reader("GET", "/spend").status_code == 200
    Company.objects.update_or_create(pk=1, defaults={"readers_see_money": False})
    for path in ("/spend", "/charges", "/rates", "/vendor-rules", "/reports/charges"):
        problem(reader("GET", path), 403, "forbidden")
    assert reader("GET", "/company").status_code == 200
    problem(reader("PATCH", "/company", {"currency": "EUR"}), 403, "forbidden")
