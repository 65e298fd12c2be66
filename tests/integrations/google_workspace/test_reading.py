"""What is read, judged by Google's own descriptions: pages to the end, nothing lost or doubled."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.demo.company import Company
from steward.demo.vendors.google_answers import CUSTOMER, user_id
from steward.demo.vendors.google_controls import GoogleControls
from steward.demo.workplace import LET_IN, LetIn, app_events, sign_ins
from steward.integrations.google_workspace.asking import SCOPES
from steward.sdk.records import Account, Activity, App, Group, License, Membership, Seat
from tests.discovery import Judge
from tests.integrations.google_workspace.tenant import google, pages, read


def _app_id(app: LetIn) -> str:
    return f"anonymous:{app.name}" if app.anonymous else app.client_id


STREAMS = ("accounts", "groups", "licenses", "grants", "activity")


def test_check_tells_the_customer(described: str) -> None:
    with google(described) as connector:
        tenant = connector.check()
    assert (tenant.id, tenant.name) == (CUSTOMER, "northwind-labs.example")
    assert tenant.scopes == {scope.name for scope in SCOPES}


@pytest.mark.parametrize("page_cap", [None, 40])
def test_users_of_every_status(
    described: str, controls: GoogleControls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with google(described) as connector:
        accounts: list[Account] = read(connector, "accounts")
    used = {user_id(human): use for human, use in company.users("google")}
    assert Counter(account.id for account in accounts) == Counter(list(used))
    for account in accounts:
        use = used[account.id]
        assert account.email == use.email
        assert account.last_active_at == use.last_active
        assert account.status == ("active" if use.status == "active" else "disabled")
    words = Counter(account.attributes["app_status"] for account in accounts)
    assert words == {"active": 215, "archived": 30, "suspended": 5}
    assert sum(account.last_active_at is None for account in accounts) == 6


def test_what_the_profile_says(described: str, company: Company) -> None:
    human = next(h for h in company.people if h.aliases and h.employment == "contractor")
    manager = company.human(human.manager_id or "")
    with google(described) as connector:
        account = next(a for a in read(connector, "accounts") if a.id == user_id(human))
    assert (account.name, account.emails) == (human.name, human.aliases)
    assert account.created_at is not None
    assert account.created_at.date() == human.started
    assert account.attributes == {
        "app_status": "active",
        "org_unit": "/Contractors",
        "department": human.department,
        "title": human.title,
        "manager": manager.email,
        "cost_centre": account.attributes["cost_centre"],
        "employment_type": "contractor",
        "location": account.attributes["location"],
        "employee_number": f"NW{human.number:05d}",
        "mfa": account.attributes["mfa"],
        "mfa_enforced": False,
    }


def test_administrators_and_the_second_step(straight: str, company: Company) -> None:
    with google(straight) as connector:
        accounts = read(connector, "accounts")
    held = Counter(use.role for _, use in company.users("google"))
    roles = Counter(account.role for account in accounts)
    assert (roles["super admin"], roles["admin"]) == (held["owner"], held["admin"])
    assert {account.attributes["mfa"] for account in accounts} == {True, False}
    assert all(a.attributes["mfa_enforced"] for a in accounts if a.role != "user")


@pytest.mark.parametrize(("means", "paused"), [("paused", 5), ("left", 0)])
def test_what_a_suspended_user_is(straight: str, means: str, paused: int) -> None:
    with google(straight, settings={"suspended": means}) as connector:
        accounts = read(connector, "accounts")
    assert sum(a.attributes["app_status"] == "suspended" for a in accounts) == 5
    assert sum(a.attributes.get("suspended", False) for a in accounts) == paused


def test_the_same_user_is_sent_with_the_same_bytes(straight: str) -> None:
    """Else every sync would read everybody anew: a photo's address changes all the time."""

    def prints() -> list[bytes]:
        with google(straight) as connector:
            found = [page.prints(b"salt") for page in connector.accounts(None)]  # type: ignore[attr-defined]
        return [mark for page in found for mark in page]

    assert prints() == prints()


@pytest.mark.parametrize("page_cap", [None, 7])
def test_groups_members_and_roles(
    described: str, controls: GoogleControls, company: Company, page_cap: int | None
) -> None:
    """Members of a group inside are members; those of other organisations are no account here."""
    controls.page_cap = page_cap
    with google(described) as connector:
        records = read(connector, "groups")
    groups = {r.id: r for r in records if isinstance(r, Group)}
    ours = {user_id(human) for human, _ in company.users("google")}
    members = {(groups[r.group].name, r.account) for r in records if isinstance(r, Membership)}
    expected = {
        (company.teams["google"][team], user_id(human))
        for human, use in company.users("google")
        for team in use.teams
    }
    security = {account for name, account in expected if name == "Security team"}
    expected |= {("Groups Admin", account) for account in security}
    roles = {"owner": "Super Admin", "admin": "Help Desk Admin"}
    for human, use in company.users("google"):
        if use.role in roles:
            expected.add((roles[use.role], user_id(human)))
    assert {(name, account) for name, account in members if account in ours} == expected
    outside = {name for name, account in members if account not in ours}
    assert outside == {"All staff", "Contractors"}
    kinds = Counter(group.kind for group in groups.values())
    assert kinds == {"group": len(company.teams["google"]), "role": 3}


@pytest.mark.parametrize("page_cap", [None, 30])
def test_licences_and_who_holds_them(
    described: str, controls: GoogleControls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with google(described) as connector:
        records = read(connector, "licenses")
    kinds = {r.id: r for r in records if isinstance(r, License)}
    assert {kind.name for kind in kinds.values()} == {
        "Google Workspace Business Plus",
        "Google Workspace Business Standard",
        "AI Expanded Access",
    }
    assert all(kind.purchased is None for kind in kinds.values())
    assert sum(isinstance(record, License) for record in records) == 3
    seats = [record for record in records if isinstance(record, Seat)]
    plans = [seat for seat in seats if kinds[seat.license].name.startswith("Google Workspace")]
    holders = Counter(user_id(h) for h, use in company.users("google") if use.holds_seat)
    assert Counter(seat.account for seat in plans) == holders


def test_sign_ins_and_use_of_apps_by_day(described: str, company: Company) -> None:
    now = datetime.now(UTC)
    with google(described, now=now) as connector:
        found = read(connector, "activity")
    records = {record for record in found if isinstance(record, Activity)}
    signed = {
        (user_id(one.human), one.at.date()) for one in sign_ins(company.sign_ons) if one.at <= now
    }
    assert signed <= {(r.account, r.day) for r in records if not r.app}
    used = {
        (user_id(e.human), e.at.date(), _app_id(e.app))
        for e in app_events(company.people, company.today)
        if e.name != "revoke"
        and now - timedelta(days=180 if e.name == "authorize" else 30) <= e.at <= now
    }
    assert {(r.account, r.day, r.app) for r in records if r.app} == used
    names = {record.id: record.name for record in found if isinstance(record, App)}
    assert names == {_app_id(app): app.name for app in LET_IN}


def test_apps_that_are_found_by_sign_ins_alone(straight: str) -> None:
    over = next(app for app in LET_IN if app.over)
    with google(straight) as connector:
        seen = {record.id for record in read(connector, "activity") if isinstance(record, App)}
        granted = {record.id for record in read(connector, "grants") if isinstance(record, App)}
    assert seen - granted == {over.client_id}


def test_people_who_stay_signed_in_are_active(straight: str, company: Company) -> None:
    """Usage reports are three days late here, and the later ones are refused."""
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=3)
    with google(straight, now=now) as connector:
        records = read(connector, "activity")
    active = {
        user_id(h) for h, u in company.users("google") if u.status == "active" and u.last_active
    }
    assert active <= {
        record.account for record in records if isinstance(record, Activity) and record.day == day
    }


def test_activity_since_the_last_time(
    straight: str, controls: GoogleControls, company: Company
) -> None:
    """Nobody signs in at weekends, so what was there before is chosen from the days with any."""
    now = datetime.now(UTC)
    before = max(e.at for e in sign_ins(company.sign_ons) if e.at <= now - timedelta(days=5))
    since = before + timedelta(days=1)
    controls.missing_scopes = {s.name for s in SCOPES if "usage" in s.name}
    with google(straight, now=now, since=since) as connector:
        records = read(connector, "activity")
    days = {record.day for record in records if isinstance(record, Activity) and record.app}
    assert min(days) >= since.date()
    signed = {record.day for record in records if isinstance(record, Activity) and not record.app}
    assert since.date() - timedelta(days=2) <= min(signed) <= before.date()


@pytest.mark.parametrize("stream", STREAMS)
def test_goes_on_from_any_page(straight: str, controls: GoogleControls, stream: str) -> None:
    controls.page_cap = 60 if stream == "activity" else 25
    now = datetime.now(UTC)
    given: dict[str, Any] = {"now": now, "since": now - timedelta(days=6)}
    with google(straight, **given) as connector:
        whole = pages(connector, stream)
    everything = {repr(record) for page in whole for record in page.records}
    for number in range(0, len(whole), max(1, len(whole) // 6)):
        cursor = whole[number].cursor
        assert cursor or number == len(whole) - 1
        with google(straight, **given) as another:
            rest = read(another, stream, cursor) if cursor else []
        begun = [record for page in whole[: number + 1] for record in page.records]
        assert {repr(record) for record in (*begun, *rest)} == everything


def test_every_call_was_judged(described: str, judge: Judge) -> None:
    with google(described) as connector:
        connector.check()
        for stream in STREAMS:
            read(connector, stream)
    assert judge.judged == {
        "directory.customers.get",
        "directory.users.list",
        "directory.tokens.list",
        "directory.groups.list",
        "directory.members.list",
        "directory.roles.list",
        "directory.roleAssignments.list",
        "reports.activities.list",
        "reports.userUsageReport.get",
        "licensing.licenseAssignments.listForProduct",
    }
