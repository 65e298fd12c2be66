"""All that is read of a healthy tenant, with Microsoft's own description looking on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors import microsoft_answers as answers
from steward.demo.vendors.microsoft import GRANTED
from steward.demo.vendors.microsoft_answers import SKUS, TENANT, own_id
from steward.demo.vendors.microsoft_directory import Entra
from steward.integrations.microsoft_365.asking import SCOPES
from steward.integrations.microsoft_365.connector import Microsoft365
from steward.sdk.records import (
    Account,
    Activity,
    App,
    Assignment,
    Grant,
    Group,
    License,
    Membership,
    Seat,
)
from tests.integrations.microsoft_365.gateway import Gateway
from tests.integrations.microsoft_365.tenant import STREAMS, microsoft, pages, read


def of_kind(records: list[Any], kind: type[Any]) -> list[Any]:
    return [record for record in records if isinstance(record, kind)]


def test_check_tells_the_tenant(described: Gateway, entra: Entra) -> None:
    with microsoft(described.url) as connector:
        tenant = connector.check()
    assert (tenant.id, tenant.name) == (TENANT, "Northwind Labs")
    assert tenant.scopes == {scope.name for scope in SCOPES} == set(GRANTED)
    assert tenant.expires_at == entra.secret_ends.replace(microsecond=0)
    assert {"/users", "/organization"} <= set(described.checked)


def test_the_tenant_is_known_without_permission(straight: str, controls: Controls) -> None:
    controls.missing_scopes = {"Organization.Read.All", "Application.Read.All"}
    with microsoft(straight, tenant=answers.INITIAL) as connector:
        tenant = connector.check()
    assert (tenant.id, tenant.name, tenant.expires_at) == (TENANT, answers.INITIAL, None)
    assert tenant.scopes is not None
    assert "Organization.Read.All" not in tenant.scopes


@pytest.mark.parametrize("page_cap", [None, 40])
def test_users_and_guests(
    described: Gateway, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with microsoft(described.url) as connector:
        accounts: list[Account] = read(connector, "accounts")
    by_id = {account.id: account for account in accounts}
    known = {own_id("user", human.number): (human, use) for human, use in company.users("okta")}
    assert len(accounts) == len(by_id)
    assert by_id.keys() == known.keys()
    for number, (human, use) in known.items():
        account = by_id[number]
        assert account.email == human.email
        assert account.status == ("active" if use.status == "active" else "disabled")
        assert account.emails == human.aliases
    kinds = Counter(account.kind for account in accounts)
    assert kinds == {"person": 225, "guest": 25, "service": 3}
    assert "/users" in described.checked


def test_what_is_known_of_a_person(straight: str, company: Company) -> None:
    human = next(h for h in company.people if h.left and h.manager_id)
    with microsoft(straight) as connector:
        account = next(
            a for a in read(connector, "accounts") if a.id == own_id("user", human.number)
        )
    manager = company.human(human.manager_id or "")
    assert (account.name, account.username) == (human.name, human.email)
    assert human.left is not None
    assert account.attributes == {
        "app_status": "blocked",
        "department": human.department,
        "title": human.title,
        "manager": manager.name,
        "manager_id": own_id("user", manager.number),
        "employment_type": human.employment,
        "employee_number": f"NW{human.number:05d}",
        "company": company.name,
        "location": account.attributes["location"],
        "start_date": human.started.isoformat(),
        "end_date": human.left.isoformat(),
    }


def test_the_day_of_leaving_is_asked_for_only_where_permitted(
    straight: str, controls: Controls
) -> None:
    controls.missing_scopes = {"User-LifeCycleInfo.Read.All"}
    with microsoft(straight) as connector:
        accounts = read(connector, "accounts")
    assert not any("end_date" in account.attributes for account in accounts)
    assert any("start_date" in account.attributes for account in accounts)


def test_a_guest_is_known_by_their_own_address(straight: str, company: Company) -> None:
    human = next(h for h in company.people if h.employment == "contractor")
    with microsoft(straight) as connector:
        account = next(
            a for a in read(connector, "accounts") if a.id == own_id("user", human.number)
        )
    assert "#EXT#" in account.username
    assert (account.email, account.emails, account.holds_seat) == (human.email, (), False)


@pytest.mark.parametrize("page_cap", [None, 7])
def test_groups_and_their_direct_members(
    described: Gateway, controls: Controls, company: Company, entra: Entra, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with microsoft(described.url) as connector:
        records = read(connector, "groups")
    groups = {g.id: g for g in of_kind(records, Group) if g.kind != "role"}
    assert groups.keys() == {row["id"] for row in entra.groups()}
    names = {g.name: g.kind for g in groups.values()}
    assert (names["Everyone (dynamic)"], names["Engineering"]) == ("group", "team")
    members = Counter((m.group, m.account) for m in of_kind(records, Membership))
    expected = Counter(
        (group, member["id"])
        for group in groups
        for member in entra.members(group) or ()
        if member["@odata.type"] == "#microsoft.graph.user"
    )
    assert Counter({k: n for k, n in members.items() if k[0] in groups}) == expected
    assert len(expected) > len(list(company.users("okta")))
    assert "/groups" in described.checked
    assert sum(path.endswith("/members") for path in described.checked) >= len(groups)


def test_administrator_roles(straight: str, entra: Entra) -> None:
    with microsoft(straight) as connector:
        records = read(connector, "groups")
    roles = {g.id: g.name for g in of_kind(records, Group) if g.kind == "role"}
    assert sorted(roles.values()) == ["Global Administrator", "Helpdesk Administrator"]
    held = {(roles[m.group], m.account) for m in of_kind(records, Membership) if m.group in roles}
    global_admin = next(n for n, (_, use) in entra.humans.items() if use.role == "owner")
    assert ("Global Administrator", global_admin) in held
    administrators = {n for n, (_, use) in entra.humans.items() if use.role in ("owner", "admin")}
    assert {account for _, account in held if account in entra.humans} == administrators
    assert len(held) == len(administrators) + 1 > 3


@pytest.mark.parametrize("page_cap", [None, 30])
def test_licences_bought_and_given(
    described: Gateway, controls: Controls, entra: Entra, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with microsoft(described.url) as connector:
        records = read(connector, "licenses")
        accounts = read(connector, "accounts")
    licenses = {record.name: record for record in of_kind(records, License)}
    assert {name: record.purchased for name, record in licenses.items()} == {
        "Microsoft 365 E3": 240,
        "Power BI Pro": 60,
        "Microsoft 365 Copilot": 40,
        "NORTHWIND_PILOT": 5,
    }
    free = SKUS["FLOW_FREE"][0]
    given = Counter(
        (one["skuId"], number)
        for number, row in entra.users.items()
        for one in row["assignedLicenses"]
        if one["skuId"] != free
    )
    assert Counter((s.license, s.account) for s in of_kind(records, Seat)) == given
    holders = {number for _, number in given}
    assert {account.id for account in accounts if account.holds_seat} == holders


@pytest.mark.parametrize("page_cap", [None, 9])
def test_apps_and_who_gets_them(
    described: Gateway, controls: Controls, company: Company, page_cap: int | None
) -> None:
    """Every third app is given to a group, the others to each user."""
    controls.page_cap = page_cap
    with microsoft(described.url) as connector:
        records = read(connector, "apps")
    apps = {app.name: app for app in of_kind(records, App)}
    third = {"Calendar Buddy", "Mail Merge", "Backup Robot", "Inbox Sidekick"}
    assert apps.keys() == {app.label for app in company.sso} | third
    assert [app.name for app in apps.values() if not app.active] == ["Old Wiki"]
    assert (apps["Calendar Buddy"].publisher, apps["Calendar Buddy"].verified) == (
        "Buddy Software",
        True,
    )
    assert (apps["Mail Merge"].verified, apps["Zoom"].verified) == (False, None)
    assigned = Counter((a.app, a.account) for a in of_kind(records, Assignment))
    assert assigned == Counter(
        (answers.sso_app_id(app), own_id("user", human.number))
        for human, use in company.users("okta")
        for app in company.sso
        if app.key in use.apps
    )
    assert any(path.endswith("/appRoleAssignedTo") for path in described.checked)


@pytest.mark.parametrize("page_cap", [None, 2])
def test_what_apps_may_do(
    described: Gateway, controls: Controls, entra: Entra, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with microsoft(described.url) as connector:
        records = read(connector, "grants")
    names = {app.id: app.name for app in of_kind(records, App)}
    told = [(names[g.app], g.account, set(g.scopes), g.granted_by) for g in of_kind(records, Grant)]
    assert ("Calendar Buddy", "", {"User.Read", "openid", "profile"}, "") in told
    assert ("Mail Merge", "", {"Mail.ReadWrite", "Mail.Send"}, "") in told
    exchange = "Office 365 Exchange Online"
    assert ("Mail Merge", "", {f"{exchange}: EWS.AccessAsUser.All"}, "") in told
    assert ("Backup Robot", "", {"Mail.Read"}, "") in told
    assert ("Backup Robot", "", {f"{exchange}: full_access_as_app"}, "") in told
    own = [t for t in told if t[1]]
    assert len(own) == sum(1 for row in entra.consents() if row["principalId"])
    assert all(user == by for _, user, _, by in own)
    assert {name for name, user, _, _ in own} == {"Calendar Buddy", "Graph Explorer"}
    assert not {"Steward", exchange} & set(names.values())
    since = [g.granted_at for g in of_kind(records, Grant) if names[g.app] == "Backup Robot"]
    assert all(since)
    explorer = next(app for app in of_kind(records, App) if app.name == "Graph Explorer")
    assert (explorer.publisher, explorer.verified) == ("Microsoft", True)
    assert "/oauth2PermissionGrants" in described.checked


def test_sign_ins_by_app_and_day(described: Gateway, entra: Entra) -> None:
    now = datetime.now(UTC)
    with microsoft(described.url, now=now) as connector:
        records = set(read(connector, "activity"))
    good = [row for row in entra.sign_ins() if row["status"]["errorCode"] == 0]
    floor = f"{now - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    expected = {
        (row["userId"], row["createdDateTime"][:10], row["appId"])
        for row in good
        if row["createdDateTime"] >= floor
    }
    assert {(r.account, r.day.isoformat(), r.app) for r in records if r.app} == expected
    last = {
        (number, row["signInActivity"]["lastSuccessfulSignInDateTime"][:10])
        for number, row in entra.users.items()
        if row["signInActivity"]
    }
    assert last <= {(r.account, r.day.isoformat()) for r in records if not r.app}
    assert "/auditLogs/signIns" in described.checked


def test_sign_ins_since_the_last_time(straight: str, controls: Controls, entra: Entra) -> None:
    now = datetime.now(UTC)
    since = now - timedelta(days=2)
    with microsoft(straight, now=now, since=since) as connector:
        records: list[Activity] = read(connector, "activity")
    assert min(record.day for record in records if record.app) >= since.date()


@pytest.mark.parametrize("stream", STREAMS)
def test_goes_on_from_any_page(straight: str, controls: Controls, stream: str) -> None:
    controls.page_cap = 100 if stream == "activity" else 11
    now = datetime.now(UTC)
    with microsoft(straight, now=now, since=now - timedelta(days=8)) as connector:
        whole = pages(connector, stream)
        everything = Counter(map(repr, (r for page in whole for r in page.records)))
        for number in range(0, len(whole), max(1, len(whole) // 6)):
            begun = [record for page in whole[: number + 1] for record in page.records]
            assert whole[number].cursor or number == len(whole) - 1
            rest = read(connector, stream, whole[number].cursor) if whole[number].cursor else []
            both = Counter(map(repr, [*begun, *rest]))
            assert both.keys() == everything.keys()
            assert not any(
                name.startswith("App(") for name, n in (both - everything).items() if n > 1
            )


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Global Administrator", True),
        ("Global Reader", True),
        ("Our own role", True),
        ("Reports Reader", False),
        ("Message Center Reader", False),
        ("Directory Readers", False),
    ],
)
def test_roles_that_administer(name: str, counts: bool) -> None:
    assert Microsoft365.roles.group_is_admin(name) is counts
