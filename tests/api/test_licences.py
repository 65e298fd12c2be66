"""/licenses as a program uses it."""

import json

import pytest

from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.sdk.records import License, Seat
from tests.api.conftest import problem

PRICE = {"amount": "24.50", "currency": "USD", "months": 12, "since": "2026-01-01"}


@pytest.fixture
def read(company, connect, sync):
    company.streams["licenses"] = [
        License(id="pro", name="Pro", purchased=5), Seat(license="pro", account="ann"),
    ]  # fmt: skip
    return sync(connect())


def test_what_is_read_has_figures_and_gets_a_price(api, read):
    (one,) = api("GET", "/licenses").json()["items"]
    assert (one["bought"], one["assigned"], one["unassigned"], one["active"]) == (5, 1, 4, None)
    assert one["wasted"] == {"unassigned": 4}
    assert one["price"] is None
    at = f"/licenses/{one['id']}"
    made = api("POST", f"{at}/prices", PRICE)
    assert made.status_code == 201
    one = api("GET", at).json()
    assert (one["price"]["amount"], one["cost_year"], one["waste_year"]) == (
        "24.50",
        "122.50",
        "98.00",
    )
    told = api("GET", f"{at}/proposal", buffer=100).json()
    assert (told["proposed"], told["fewer"], told["saves_year"]) == (2, 3, "73.50")
    assert told["reasoning"][0] == "5 seats are paid for now."
    price = f"{at}/prices/{made.json()['id']}"
    assert api("PATCH", price, {"amount": "30"}).json()["amount"] == "30.00"
    assert api("DELETE", price).status_code == 200
    assert api("GET", f"{at}/prices").json()["items"] == []
    problem(api("DELETE", at), 409, "is_read")
    told = problem(api("PATCH", at, {"name": "Mine"}), 422, "invalid")
    assert told["errors"][0]["field"] == "name"
    assert api("PATCH", at, {"bought": 7}).json()["bought"] == 5


def test_a_price_by_contract_names_it_and_gives_way_to_one_that_was_entered(api, reader, read):
    (one,) = api("GET", "/licenses").json()["items"]
    at, term = f"/licenses/{one['id']}", {"starts_on": "2026-01-01", "ends_on": "2099-12-31"}
    deal = api("POST", "/contracts", {"name": "Deal", "vendor": "V", "currency": "USD", **term})
    line = {"license": one["id"], "seats": 5, "amount": "120", "months": 12}
    api("POST", f"/contracts/{deal.json()['id']}/lines", line)
    told = api("GET", at).json()
    says = {
        "origin": "by contract Deal", "contract": deal.json()["id"], "contract_name": "Deal",
        "until": "2099-12-31", "value_divided_by": None,
    }  # fmt: skip
    assert says.items() <= told["price"].items()
    assert told["cost_month"] == "50.00"
    (held,) = api("GET", f"{at}/prices").json()["items"]
    assert (held["id"], held["since"]) == (None, "2026-01-01")
    assert says.items() <= held.items()
    assert api("GET", f"{at}/proposal").json()["price"]["origin"] == "by contract Deal"
    own = api("POST", f"{at}/prices", PRICE).json()
    assert (own["origin"], own["contract"]) == ("entered by hand", None)
    assert api("GET", at).json()["price"]["contract"] is None
    assert len(api("GET", f"{at}/prices").json()["items"]) == 2
    Company.objects.create(pk=1, readers_see_money=False)
    assert "Deal" not in reader("GET", at).content.decode()


def test_by_hand(api, reader, db):
    application = Application.objects.create(key="app:design", name="Design")
    given = {"application": application.pk, "name": "Flat", "counted": "unknown", "bought": 3}
    one = api("POST", "/licenses", given).json()
    assert (one["by_hand"], one["counted"], one["states"]) == (True, "unknown", None)
    problem(api("POST", "/licenses", given), 409, "same_licence")
    problem(api("POST", "/licenses", {**given, "application": 99}), 422, "invalid")
    at = f"/licenses/{one['id']}"
    told = problem(api("POST", f"{at}/prices", {**PRICE, "currency": "XYZ"}), 422, "invalid")
    assert told["errors"][0]["field"] == "currency"
    assert api("PATCH", at, {"bought": None}).json()["bought"] is None
    problem(reader("PATCH", at, {"bought": 1}), 403, "forbidden")
    assert api("GET", "/licenses", application=application.pk + 1).json()["items"] == []
    assert api("DELETE", at).json() == {"accepted": True}
    problem(api("GET", at), 404, "not_found")


def test_a_reader_without_money_is_told_none(api, reader, read):
    (one,) = api("GET", "/licenses").json()["items"]
    api("POST", f"/licenses/{one['id']}/prices", PRICE)
    api("PATCH", f"/licenses/{one['id']}", {"notes": "The list says 24.5"})
    assert reader("GET", f"/licenses/{one['id']}").json()["notes"] == "The list says 24.5"
    Company.objects.create(pk=1, readers_see_money=False)
    at = f"/licenses/{one['id']}"
    for answer in (reader("GET", at), reader("GET", "/licenses"), reader("GET", f"{at}/proposal")):
        assert answer.status_code == 200
        said = answer.content.decode()
        assert not [
            w for w in ("price", "cost", "waste_", "saves", "24.5", "currency") if w in said
        ]
    problem(reader("GET", f"{at}/prices"), 403, "forbidden")
    assert "waste_month" in api("GET", at).json()
    report = reader("GET", "/reports/licences")
    columns = b"".join(report.streaming_content).decode()
    assert "waste_month" not in columns
    assert '"not_told"' not in columns


def rows_of(streamed):
    return json.loads(b"".join(streamed.streaming_content))["items"]


def test_waste_by_department_is_told_without_what_it_cannot_tell(api, read):
    (row,) = rows_of(api("GET", "/reports/wasted-spend", by="department"))
    assert (row["seats"], {"application", "licence", "why"} & set(row)) == (4, set())
    (row,) = rows_of(api("GET", "/reports/wasted-spend"))
    assert (row["licence"], "department" in row) == ("Pro", False)
