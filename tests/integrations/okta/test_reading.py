"""What is read, through Okta's own API description: pages to the end, nothing lost or doubled."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors.okta_answers import ORG_ID, app_id, user_id
from steward.integrations.okta.connector import Okta
from steward.sdk.records import Account, App, Assignment, Group, Membership
from tests.integrations.okta.tenant import okta, pages, read

STREAMS = ("accounts", "groups", "apps", "grants", "activity")


def test_check_tells_the_organisation(described: str) -> None:
    with okta(described) as connector:
        tenant = connector.check()
    assert (tenant.id, tenant.name, tenant.scopes) == (ORG_ID, "Northwind Labs", None)


def test_the_organisation_is_known_without_permission(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"okta.orgs.read"}
    with okta(straight) as connector:
        tenant = connector.check()
    assert (tenant.id, tenant.name) == (ORG_ID, "127.0.0.1")


@pytest.mark.parametrize("page_cap", [None, 40])
def test_users_of_every_status(
    described: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with okta(described) as connector:
        accounts: list[Account] = read(connector, "accounts")
    used = {user_id(human): use for human, use in company.users("okta")}
    assert Counter(account.id for account in accounts) == Counter(list(used))
    for account in accounts:
        use = used[account.id]
        assert account.email == use.email
        assert account.last_active_at == use.last_active
        assert account.status == ("active" if use.status == "active" else "disabled")
    words = Counter(account.attributes["app_status"] for account in accounts)
    assert words == {"active": 212, "deprovisioned": 30, "suspended": 5, "provisioned": 6}


def test_what_the_profile_says(described: str, company: Company) -> None:
    human = next(h for h in company.people if h.aliases and h.employment == "contractor")
    manager = company.human(human.manager_id or "")
    with okta(described) as connector:
        account = next(a for a in read(connector, "accounts") if a.id == user_id(human))
    assert account.name == human.name
    assert account.emails == human.aliases
    assert account.created_at is not None
    assert account.created_at.date() == human.started
    assert account.attributes == {
        "app_status": "active",
        "department": human.department,
        "title": human.title,
        "manager": manager.name,
        "manager_id": f"NW{manager.number:05d}",
        "division": account.attributes["division"],
        "cost_centre": account.attributes["cost_centre"],
        "employment_type": "contractor",
        "employee_number": f"NW{human.number:05d}",
    }


def test_service_accounts_are_told_apart(described: str, company: Company) -> None:
    services = {user_id(h) for h in company.others if "okta" in h.uses}
    with okta(described) as connector:
        accounts = read(connector, "accounts")
    assert {account.id for account in accounts if account.kind == "service"} == services


@pytest.mark.parametrize("page_cap", [None, 7])
def test_groups_members_and_roles(
    described: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with okta(described) as connector:
        records = read(connector, "groups")
    groups = {r.id: r for r in records if isinstance(r, Group)}
    names = sorted(group.name for group in groups.values() if group.kind == "group")
    assert names == sorted(company.teams["okta"].values())
    members = Counter(
        (groups[r.group].name, r.account) for r in records if isinstance(r, Membership)
    )
    expected = Counter(
        (company.teams["okta"][team], user_id(human))
        for human, use in company.users("okta")
        for team in use.teams
    )
    roles = {"owner": "Super Administrator", "admin": "Help Desk Administrator"}
    for human, use in company.users("okta"):
        if use.role in roles:
            expected[roles[use.role], user_id(human)] += 1
    assert members == expected
    kinds = Counter(record.kind for record in records if isinstance(record, Group))
    assert kinds == {"group": len(company.teams["okta"]), "role": 2}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Super Administrator", True),
        ("Read-Only Administrator", True),
        ("Joiners' desk", True),
        ("Report Administrator", False),
    ],
)
def test_roles_that_administer(name: str, counts: bool) -> None:
    assert Okta.roles.group_is_admin(name) is counts


@pytest.mark.parametrize("page_cap", [None, 9])
def test_apps_and_who_is_assigned(
    described: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with okta(described) as connector:
        records = read(connector, "apps")
    apps = {record.key: record for record in records if isinstance(record, App)}
    assert {app.name for app in apps.values()} == {app.label for app in company.sso}
    assert [app.name for app in apps.values() if not app.active] == ["Old Wiki"]
    assigned = Counter((r.app, r.account) for r in records if isinstance(r, Assignment))
    ids = {app.key: app_id(app) for app in company.sso}
    assert assigned == Counter(
        (ids[key], user_id(human)) for human, use in company.users("okta") for key in use.apps
    )


def test_sign_ons_by_app_and_day(described: str, company: Company) -> None:
    now = datetime.now(UTC)
    with okta(described, now=now) as connector:
        records = set(read(connector, "activity"))
    within = [sign for sign in company.sign_ons if now - timedelta(days=90) <= sign.at]
    expected = {(*(user_id(s.human), s.at.date()), app_id(s.app)) for s in within}
    assert {(r.account, r.day, r.app) for r in records if r.app} == expected
    # The session of a day begins before its sign-ons: on the first day the log may begin between.
    whole = (now - timedelta(days=89)).date()
    days = {(user_id(sign.human), sign.at.date()) for sign in within if sign.at.date() >= whole}
    assert {(r.account, r.day) for r in records if not r.app and r.day >= whole} == days


def test_sign_ons_since_the_last_time(straight: str, controls: Controls, company: Company) -> None:
    now = datetime.now(UTC)
    with okta(straight, now=now, since=now - timedelta(days=4)) as connector:
        records = read(connector, "activity")
    first = (now - timedelta(days=4)).date()
    signed = {user_id(s.human) for s in company.sign_ons if s.at >= now - timedelta(days=4)}
    assert {record.account for record in records} == signed
    assert min(record.day for record in records) >= first


@pytest.mark.parametrize("stream", STREAMS)
def test_goes_on_from_any_page(straight: str, controls: Controls, stream: str) -> None:
    controls.page_cap = 100 if stream == "activity" else 25
    now = datetime.now(UTC)
    since = now - timedelta(days=20)
    with okta(straight, now=now, since=since) as connector:
        whole = pages(connector, stream)
        everything = Counter(map(repr, (r for page in whole for r in page.records)))
        for number in range(0, len(whole), max(1, len(whole) // 6)):
            rest = read(connector, stream, whole[number].cursor) if whole[number].cursor else []
            begun = [record for page in whole[: number + 1] for record in page.records]
            assert whole[number].cursor or number == len(whole) - 1
            assert Counter(map(repr, [*begun, *rest])) == everything
