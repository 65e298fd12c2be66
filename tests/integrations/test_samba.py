"""LDAP against a real Active Directory domain controller (Samba)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from steward.integrations.ldap.connector import Ldap
from steward.sdk.context import Context
from steward.sdk.errors import Unauthorized, Unexpected
from steward.sdk.network import Network
from steward.sdk.records import Account, Group, Membership
from tests.servers.samba import ADDRESS, ADMIN, BASE, NEEDS_SAMBA, PASSWORD, Samba, running_samba

pytestmark = pytest.mark.skipif(bool(NEEDS_SAMBA), reason=NEEDS_SAMBA)

CROWD = 1100
ENABLED, DISABLED = 0x200 | 0x20, 0x202 | 0x20  # a normal account that needs no password
SEEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def ticks(moment: datetime) -> int:
    """FILETIME: steps of 100 ns since 1601."""
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def user(login: str, *lines: str, flags: int = ENABLED) -> str:
    return "\n".join(
        [
            f"dn: CN={login},CN=Users,{BASE}",
            "objectClass: user",
            f"sAMAccountName: {login}",
            f"userAccountControl: {flags}",
            *lines,
            "",
            "",
        ]
    )


COMPANY = (
    user(
        "ann",
        "displayName: Ann Lee",
        "mail: ann@example.com",
        "department: Research",
        "proxyAddresses: smtp:ann.b@example.com",
        "proxyAddresses: SMTP:ann@example.com",
        "userPrincipalName: ann@ad.example.com",
        f"manager: CN=Guest,CN=Users,{BASE}",
        f"lastLogonTimestamp: {ticks(SEEN)}",
    )
    + user("left", flags=DISABLED)
    + user("ended", f"accountExpires: {ticks(SEEN)}")
    + user("sql", "servicePrincipalName: MSSQLSvc/db1.example.com")
    + "".join(user(f"crowd{number}") for number in range(CROWD))
    + f"dn: CN=everybody,CN=Users,{BASE}\nobjectClass: group\nsAMAccountName: everybody\n"
    + f"member: CN=ann,CN=Users,{BASE}\n"
    + "".join(f"member: CN=crowd{number},CN=Users,{BASE}\n" for number in range(CROWD))
)


@pytest.fixture(scope="module")
def samba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    with running_samba(tmp_path_factory.mktemp("samba"), COMPANY) as server:
        yield server


@pytest.fixture
def directory(samba: Samba) -> Iterator[Ldap]:
    connector = connected(samba)
    yield connector
    connector.close()


def connected(samba: Samba, password: str = PASSWORD, **settings: object) -> Ldap:
    given = {"url": f"ldaps://{ADDRESS}", "ca_certificate": samba.papers.ca.read_text(), **settings}
    network = Network.of("127.0.0.0/8")
    return Ldap(Context(given, {"bind_name": ADMIN, "password": password}, network=network))


def everyone(connector: Ldap) -> dict[str, Account]:
    return {a.username: a for page in connector.accounts(None) for a in page.records}


def test_the_domain_is_recognised(directory: Ldap) -> None:
    tenant = directory.check()
    assert tenant.name == "ad.example.com (Active Directory)"
    assert uuid.UUID(tenant.id)


def test_people_are_read_and_computers_are_not(directory: Ldap) -> None:
    people = everyone(directory)
    named = {"ann", "left", "ended", "sql"}
    built_in = {"Administrator", "Guest", "krbtgt", "dns-dc1"}
    assert set(people) == named | built_in | {f"crowd{number}" for number in range(CROWD)}
    ann = people["ann"]
    assert (ann.name, ann.email, ann.last_active_at) == ("Ann Lee", "ann@example.com", SEEN)
    assert ann.emails == ("ann.b@example.com", "ann@ad.example.com")
    assert ann.attributes == {"department": "Research", "manager": "Guest"}
    assert people["crowd0"].last_active_at is None


def test_what_an_account_may_do(directory: Ldap) -> None:
    people = everyone(directory)
    assert (people["left"].status, people["left"].attributes["app_status"]) == (
        "disabled",
        "disabled",
    )
    assert (people["ended"].status, people["ended"].attributes["app_status"]) == (
        "disabled",
        "expired",
    )
    assert {n for n, a in people.items() if a.kind == "service"} == {"sql", "krbtgt", "dns-dc1"}


def test_a_group_too_large_for_one_answer_is_read_whole(directory: Ldap) -> None:
    ids = {a.id: name for name, a in everyone(directory).items()}
    pages = list(directory.groups(None))
    records = [r for page in pages for r in page.records]
    groups = {r.name: r.id for r in records if isinstance(r, Group)}
    members = [
        ids[r.account]
        for r in records
        if isinstance(r, Membership) and r.group == groups["everybody"]
    ]
    assert sorted(members) == sorted(["ann", *(f"crowd{number}" for number in range(CROWD))])
    assert max(len(page.records) for page in pages) <= 1001


def test_the_primary_group_counts_as_a_group(directory: Ldap) -> None:
    records = [r for page in directory.groups(None) for r in page.records]
    users = next(r.id for r in records if isinstance(r, Group) and r.name == "Domain Users")
    members = {r.account for r in records if isinstance(r, Membership) and r.group == users}
    assert everyone(directory)["ann"].id in members


def test_administrators_are_known_by_the_directory_s_own_groups(directory: Ldap) -> None:
    records = [r for page in directory.groups(None) for r in page.records]
    roles = {r.id: r.name for r in records if isinstance(r, Group) and r.kind == "role"}
    own = {"Administrators", "Domain Admins", "Enterprise Admins", "Schema Admins"}
    operators = {f"{of} Operators" for of in ("Account", "Backup", "Print", "Server")}
    assert set(roles.values()) == own | operators
    assert all(Ldap.roles.group_is_admin(name) for name in roles.values())
    holders = {r.account for r in records if isinstance(r, Membership) and r.group in roles}
    people = everyone(directory)
    assert {name for name, a in people.items() if a.id in holders} == {"Administrator"}


def test_an_account_that_may_not_sign_in(samba: Samba) -> None:
    with pytest.raises(Unauthorized, match="refused to sign Steward in: the password is wrong"):
        connected(samba, password="wrong").check()


def test_a_password_is_not_taken_in_the_clear(samba: Samba) -> None:
    with pytest.raises(Unexpected, match="only over an encrypted connection"):
        connected(samba, url=f"ldap://{ADDRESS}", start_tls=False).check()
    over_tls = connected(samba, url=f"ldap://{ADDRESS}", start_tls=True)
    assert over_tls.check().name.startswith("ad.example.com")
    over_tls.close()
