"""Third-party apps, asked for user by user: whoever fails is set aside and harms nobody."""

from __future__ import annotations

from collections import Counter

import pytest

from steward.demo.company import Company
from steward.demo.vendors.google_answers import user_id
from steward.demo.vendors.google_controls import GoogleControls
from steward.demo.workplace import LET_IN
from steward.integrations.google_workspace.grants import SIZE
from steward.sdk.errors import Forbidden, Unavailable
from steward.sdk.records import App, Grant
from tests.integrations.google_workspace.tenant import google, pages, read, read_until_refused


def let_in(company: Company) -> Counter[tuple[str, str, tuple[str, ...]]]:
    return Counter(
        (app.name, user_id(human), app.scopes)
        for human in company.people
        for app in LET_IN
        if app.is_let_in_by(human) and not app.over
    )


@pytest.mark.parametrize("page_cap", [None, 70])
def test_who_let_in_what(
    described: str, controls: GoogleControls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with google(described) as connector:
        records = read(connector, "grants")
    apps = {record.id: record for record in records if isinstance(record, App)}
    grants = [record for record in records if isinstance(record, Grant)]
    assert Counter((apps[g.app].name, g.account, g.scopes) for g in grants) == let_in(company)
    assert [app.name for app in apps.values() if app.verified is False] == ["old-intranet.example"]


def test_suspended_users_are_asked_for_too(straight: str, company: Company) -> None:
    suspended = {user_id(h) for h, u in company.users("google") if u.status == "suspended"}
    with google(straight) as connector:
        accounts = {r.account for r in read(connector, "grants") if isinstance(r, Grant)}
    assert accounts & suspended


def test_an_app_is_told_of_once_a_page(straight: str) -> None:
    with google(straight) as connector:
        found = pages(connector, "grants")
    for page in found:
        names = Counter(record.id for record in page.records if isinstance(record, App))
        assert set(names.values()) <= {1}
    assert len(found) == 250 / SIZE


@pytest.mark.parametrize("status", [400, 403, 503])
def test_a_user_for_whom_google_fails_is_set_aside(
    straight: str, controls: GoogleControls, company: Company, status: int
) -> None:
    """Also when it is the very first one that is asked for."""
    everybody = sorted(company.users("google"), key=lambda pair: pair[1].email)
    failing = {user_id(everybody[0][0]), user_id(everybody[120][0])}
    controls.failing = dict.fromkeys(failing, status)
    with google(straight) as connector:
        found = pages(connector, "grants")
    assert {problem.record for page in found for problem in page.problems} == failing
    grants = [r for page in found for r in page.records if isinstance(r, Grant)]
    assert len(grants) == sum(n for (_, who, _), n in let_in(company).items() if who not in failing)


def test_a_user_who_is_deleted_meanwhile_is_no_problem(
    straight: str, controls: GoogleControls, company: Company
) -> None:
    gone = next(human for human in company.people if LET_IN[0].is_let_in_by(human))
    controls.deleted = {user_id(gone)}
    with google(straight) as connector:
        accounts = {r.account for r in read(connector, "grants") if isinstance(r, Grant)}
    assert user_id(gone) not in accounts


@pytest.mark.parametrize(("status", "kind"), [(403, Forbidden), (503, Unavailable)])
def test_when_google_answers_for_nobody_it_is_not_about_a_user(
    straight: str, controls: GoogleControls, company: Company, status: int, kind: type[Exception]
) -> None:
    controls.failing = {user_id(human): status for human, _ in company.users("google")}
    with google(straight) as connector:
        error, records = read_until_refused(connector, "grants")
    assert isinstance(error, kind)
    assert records == []


def test_haste_in_the_middle_loses_nobody(
    straight: str, controls: GoogleControls, company: Company
) -> None:
    """Haste is about everybody, so nobody is set aside; the read goes on where it was."""
    read_so_far: list[object] = []
    cursor = None
    with google(straight) as connector:
        for page in connector.grants(None):
            read_so_far += page.records
            cursor = page.cursor
            controls.rate_limit = (20, 600.0)
            break
        with pytest.raises(Unavailable):
            list(connector.grants(cursor))
    controls.rate_limit = None
    with google(straight) as connector:
        read_so_far += read(connector, "grants", cursor)
    grants = [record for record in read_so_far if isinstance(record, Grant)]
    assert len(grants) == let_in(company).total()


def test_the_last_one_read_is_deleted_before_the_read_goes_on(
    straight: str, controls: GoogleControls, company: Company
) -> None:
    """Then that page of users is asked for again; nobody is passed over."""
    with google(straight) as connector:
        first = next(iter(connector.grants(None)))
    assert first.cursor["page"] is None
    last = first.cursor["done"]
    controls.hidden = {h.id for h in company.people if user_id(h) == last}
    with google(straight) as connector:
        rest = read(connector, "grants", first.cursor)
    accounts = {r.account for r in (*first.records, *rest) if isinstance(r, Grant)}
    assert {who for _, who, _ in let_in(company)} - {last} <= accounts
