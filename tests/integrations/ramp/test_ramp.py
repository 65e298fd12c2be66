"""Ramp's connector against a simulated company, whose answers have the shape of recorded ones."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.spending import by_card, card_holders
from steward.demo.vendors import ramp as simulated
from steward.integrations.ramp.connector import Ramp
from steward.integrations.ramp.mapping import charge, money
from steward.sdk import contract
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unauthorized, Unavailable
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network

TODAY = date(2026, 3, 10)
SECRET = "demo-secret"


@pytest.fixture(scope="module")
def company():
    return made_up(250, TODAY)


@pytest.fixture
def vendor(company):
    controls = Controls()
    with serving(simulated.simulator(company, controls)) as url:

        def make(since=date(2020, 1, 1), **more):
            credentials = {"client_id": "demo-client", "client_secret": SECRET}
            return Ramp(
                Context(
                    {"url": url}, credentials, auth="client", network=Network.of("127.0.0.0/8"),
                    charges_from=since, now=datetime(2026, 3, 10, tzinfo=UTC), **more,
                )
            )  # fmt: skip

        yield make, controls


def read(connector, stream):
    pages = contract.read_all(connector, stream)
    assert contract.check_pages(stream, pages) == []
    assert [p.problems for p in pages if p.problems] == []
    return [record for page in pages for record in page.records]


def test_card_holders_are_accounts_with_their_departments(vendor, company):
    make, controls = vendor
    controls.page_cap = 7
    accounts = read(make(), "accounts")
    holders = card_holders(company)
    assert [a.email for a in accounts] == [h.email for h in holders]
    assert accounts[0].attributes["department"] == holders[0].department
    assert make().check().name == "Northwind Labs"


def test_every_cent_that_has_cleared_is_read_and_goes_on_from_any_page(vendor, company):
    make, controls = vendor
    controls.page_cap = 30
    charges, paid = read(make(), "charges"), by_card(company)
    assert len(charges) == len(paid)
    assert sum(c.amount for c in charges) == sum(p.amount for p in paid)
    assert min(c.amount for c in charges) < 0
    assert {c.account for c in charges} <= {a.id for a in read(make(), "accounts")}
    pages = contract.read_all(make(), "charges")
    assert contract.resumes(make, "charges", pages) == []


def test_only_what_is_asked_for_is_read(vendor):
    make, _ = vendor
    charges = read(make(since=date(2026, 2, 1)), "charges")
    assert min(c.day for c in charges) >= date(2026, 2, 1)


def test_amounts_are_exact_in_whole_units_and_in_the_smallest():
    assert money({"amount": 12.35, "currency_code": "USD"}) == (Decimal("12.35"), "USD")
    assert money({"amount": {"amount": 1235, "currency_code": "EUR"}}) == (Decimal("12.35"), "EUR")
    yen = {"amount": 1235, "currency_code": "JPY", "minor_unit_conversion_rate": 1}
    assert money({"amount": yen}) == (Decimal(1235), "JPY")


def test_what_has_not_cleared_is_no_charge():
    paid = {"id": "1", "amount": 1, "user_transaction_time": "2026-03-01T23:59:00-05:00"}
    read = charge(date(2026, 1, 1), {**paid, "state": "CLEARED"})
    assert read.day == date(2026, 3, 2)
    assert charge(date(2026, 1, 1), {**paid, "state": "PENDING"}) is None
    assert charge(date(2026, 1, 1), {**paid, "state": "DECLINED"}) is None


def test_refusals(vendor):
    make, controls = vendor
    controls.missing_scopes = {"transactions:read"}
    with pytest.raises(Unauthorized, match="scopes"):
        make().check()
    controls.missing_scopes, controls.revoked = set(), True
    with pytest.raises(Unauthorized) as refused:
        make().check()
    assert SECRET not in str(refused.value)
    controls.revoked, controls.rate_limit = False, (2, 60.0)
    slow = make(limiter=Limiter(sleep=lambda seconds: None))
    with pytest.raises(Unavailable):
        read(slow, "charges")


def test_a_token_that_may_not_is_told_from_one_that_is_dead(vendor):
    make, controls = vendor
    connector = make()
    connector.check()
    controls.tokens.clear()
    assert connector.check().id  # a new token is fetched
    controls.broken = "500"
    with pytest.raises((Unavailable, Forbidden)):
        make(limiter=Limiter(sleep=lambda seconds: None)).check()
