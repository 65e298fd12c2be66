from collections import Counter
from datetime import date, timedelta

import pytest

from steward.demo.company import DOMAIN, made_up

TODAY = date(2026, 5, 20)
APPS = ("okta", "github", "slack", "scim", "csv")


@pytest.fixture(scope="module")
def company():
    return made_up(today=TODAY)


def test_the_same_company_every_time(company):
    assert made_up(today=TODAY) == company
    assert made_up(today=TODAY + timedelta(days=1)) != company


def test_its_size_and_kinds(company):
    kinds = Counter(human.employment for human in (*company.people, *company.others))
    assert len(company.people) == 250
    assert kinds == {"employee": 225, "contractor": 25, "service": 6, "unknown": 4}
    assert all(sum(1 for _ in company.users(app)) > 50 for app in APPS)


def test_leavers_of_whom_some_can_still_sign_in(company):
    leavers = [human for human in company.people if human.left]
    still = [h for h in leavers if any(u.status == "active" for u in h.uses.values())]
    assert len(leavers) == 30
    assert len(still) == 8
    assert all(human.uses["okta"].status == "disabled" for human in leavers)
    assert all(not human.uses["okta"].apps for human in leavers)


def test_second_addresses_are_in_use(company):
    known = [human for human in company.people if human.aliases]
    assert len(known) == 10
    assert all(human.uses["slack"].email in human.aliases for human in known)
    assert all(human.uses["okta"].email == human.email for human in known)


def test_suspended_people_hold_seats(company):
    suspended = [h for h in company.people if h.uses["okta"].status == "suspended"]
    assert len(suspended) == 5
    assert all(h.uses["slack"].holds_seat and not h.uses["okta"].holds_seat for h in suspended)


def test_seats_nobody_uses(company):
    limit = TODAY - timedelta(days=30)
    idle = [
        (human.id, app)
        for app in ("slack", "github", "scim", "csv")
        for human, use in company.users(app)
        if use.holds_seat and use.status == "active" and use.last_active
        if use.last_active.date() < limit
    ]
    assert len({human for human, _ in idle}) == 25
    never = [h for h in company.people if h.uses["slack"].last_active is None]
    assert len(never) == 6


def test_every_address_is_its_own_and_of_a_reserved_name(company):
    everyone = [*company.people, *company.others]
    addresses = [a for h in everyone for a in (h.email, *h.aliases) if a]
    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() and address.endswith(".example") for address in addresses)
    assert any(not human.name.isascii() for human in company.people)


def test_accounts_that_nobody_owns_are_in_no_directory(company):
    directory = {use.email for _, use in company.users("okta")}
    nobodys = [human for human in company.others if human.employment == "unknown"]
    assert len(nobodys) == 4
    assert all(u.email not in directory for human in nobodys for u in human.uses.values())


def test_numbers_find_people(company):
    assert [h.number for h in (*company.people, *company.others)] == list(range(1, 261))
    assert company.human("p0251") is company.others[0]
    assert all(not h.manager_id or company.human(h.manager_id) for h in company.people)


def test_sign_ons_fit_what_is_assigned(company):
    assert len(company.sign_ons) > 1000
    assert list(company.sign_ons) == sorted(company.sign_ons, key=lambda sign: sign.at)
    for sign in company.sign_ons:
        okta = sign.human.uses["okta"]
        assert sign.app.key in okta.apps
        assert sign.app.active
        assert TODAY - timedelta(days=90) <= sign.at.date() < TODAY
        assert sign.at <= okta.last_active


def test_a_small_company_has_every_kind(company):
    small = made_up(40, today=TODAY)
    assert len(small.people) == 40
    assert any(h.left for h in small.people)
    assert any(h.aliases for h in small.people)
    assert all(human.email.endswith(DOMAIN) for human in small.people)
