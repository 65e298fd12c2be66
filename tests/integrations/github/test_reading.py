"""What Steward reads from a GitHub organisation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Response, request

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import github as simulated
from steward.demo.vendors.github_users import ORG, ORG_ID
from steward.sdk.records import Account, Group, License, Membership, Record, Seat
from tests.integrations.github.tenant import TODAY, check, github, read


def test_recognises_the_organisation_and_what_was_granted(url: str, controls: Controls) -> None:
    controls.missing_scopes = {"read:audit_log"}
    tenant = check(url)
    assert (tenant.id, tenant.name) == (str(ORG_ID), ORG)
    assert tenant.scopes == {"read:org", "read:enterprise", "manage_billing:copilot"}


def test_reads_everyone_once(url: str, company: Company, controls: Controls) -> None:
    controls.page_cap = 7
    accounts = [a for a in read(url, "accounts") if isinstance(a, Account)]
    present = {u.username: (h, u) for h, u in company.users("github") if u.status != "disabled"}
    assert len(accounts) == len(present)
    assert {a.username for a in accounts} == set(present)
    assert len({a.id for a in accounts}) == len(accounts)
    for account in accounts:
        human, use = present[account.username]
        roles = {"guest": "outside collaborator", "member": "member"}
        assert account.role == roles.get(use.role, "owner")
        assert account.kind == ("guest" if use.role == "guest" else "person")
        if human.employment != "unknown":
            assert account.email in (human.email, use.email)
            assert account.name == human.name


def test_reads_teams_and_their_members(url: str, company: Company, controls: Controls) -> None:
    controls.page_cap = 5
    records = read(url, "groups")
    teams = {r.id: r.name for r in records if isinstance(r, Group)}
    names = {a.id: a.username for a in read(url, "accounts") if isinstance(a, Account)}
    found = {(teams[r.group], names[r.account]) for r in records if isinstance(r, Membership)}
    expected = {
        (company.teams["github"][team], use.username)
        for _, use in company.users("github")
        for team in use.teams
        if use.status != "disabled" and use.role != "guest"
    }
    assert set(teams.values()) == set(company.teams["github"].values())
    assert found == expected


def test_reads_copilot_seats_with_their_last_use(
    url: str, company: Company, controls: Controls
) -> None:
    controls.page_cap = 9
    records = read(url, "licenses")
    names = {a.id: a.username for a in read(url, "accounts") if isinstance(a, Account)}
    seats = {names[r.account]: r.last_active_at for r in records if isinstance(r, Seat)}
    assert seats == {
        use.username: use.last_active
        for _, use in company.users("github")
        if use.holds_seat and use.status != "disabled" and use.role != "guest"
    }
    licenses = [(r.name, r.purchased) for r in records if isinstance(r, License)]
    assert licenses == [("GitHub Copilot Business", len(seats))]


def test_reads_who_did_something_on_which_day(url: str, company: Company) -> None:
    found = [(r.account, r.day) for r in read(url, "activity")]  # type: ignore[attr-defined]
    names = {a.id: a.username for a in read(url, "accounts") if isinstance(a, Account)}
    floor = TODAY - timedelta(days=90)
    expected = {
        (use.username, (use.last_active - timedelta(days=back)).date())
        for _, use in company.users("github")
        for back in range(0, 91, 3)
        if use.last_active and use.status != "disabled"
    }
    assert len(found) == len(set(found))
    assert {(names[who], day) for who, day in found} == {e for e in expected if e[1] >= floor}


def test_reads_activity_only_since_the_last_time(straight: str) -> None:
    since = datetime(2026, 3, 1, 4, tzinfo=UTC)
    days = {r.day for r in read(straight, "activity", since=since)}  # type: ignore[attr-defined]
    assert days
    assert min(days) >= since.date()


@pytest.mark.parametrize("stream", ["accounts", "groups", "licenses", "activity"])
def test_goes_on_from_any_page(straight: str, controls: Controls, stream: str) -> None:
    controls.page_cap = 11
    whole = read(straight, stream, enterprise=ORG)
    connector = github(straight, enterprise=ORG)
    pages = list(getattr(connector, stream)(None))
    seen: list[Record] = []
    tried = range(0, len(pages), max(1, len(pages) // 5))
    for number, page in enumerate(pages):
        seen += page.records
        if number in tried and page.cursor is not None:
            rest = read(straight, stream, json.loads(json.dumps(page.cursor)), enterprise=ORG)
            assert {*map(repr, seen), *map(repr, rest)} == set(map(repr, whole))
    connector.close()
    assert len(pages) > 3


def test_reads_the_licences_of_an_enterprise(url: str, controls: Controls) -> None:
    """Somebody of a connected server alone, without an account here, holds none of these seats."""
    records = read(url, "licenses", enterprise=ORG)
    accounts = [a for a in read(url, "accounts") if isinstance(a, Account)]
    seats = [r for r in records if isinstance(r, Seat) and r.license == "enterprise"]
    assert {seat.account for seat in seats} == {a.id for a in accounts if a.kind == "person"}
    bought = {r.name: r.purchased for r in records if isinstance(r, License)}
    assert bought["GitHub Enterprise"] == 100
    controls.plan = "free"
    without_copilot = read(url, "licenses", enterprise=ORG)
    assert {r.id for r in without_copilot if isinstance(r, License)} == {"enterprise"}


def test_without_graphql_accounts_have_no_addresses_and_are_all_there(
    straight: str, company: Company, controls: Controls
) -> None:
    whole = read(straight, "accounts")
    controls.missing_scopes = {"graphql"}
    accounts = [a for a in read(straight, "accounts") if isinstance(a, Account)]
    assert len(accounts) == len(whole)
    assert {a.email for a in accounts} == {None}


def test_an_odd_member_costs_nobody_else_their_place(company: Company) -> None:
    """It is set aside with its reason, and counted."""
    app = simulated.simulator(company, Controls())

    @app.after_request
    def odd(response: Response) -> Response:
        if request.path.endswith("/members") and request.args.get("role") != "admin":
            members = response.get_json()
            members[1] = {"login": "without-id"}
            members[2] = "ghost"
            response.set_data(json.dumps(members))
        return response

    with serving(app) as url:
        connector = github(url)
        pages = list(connector.accounts(None))
        connector.close()
    found = sum(len(page.records) for page in pages)
    reasons = [problem.reason for page in pages for problem in page.problems]
    present = [use for _, use in company.users("github") if use.status != "disabled"]
    assert found == len(present) - 2
    assert "the field 'id' is missing" in reasons
    assert len(reasons) == 2
