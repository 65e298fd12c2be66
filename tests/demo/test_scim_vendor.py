"""The demo's SCIM app, through the connector and by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.scim import CLIENT, SETTINGS, id_of, simulator
from steward.integrations.scim.connector import Scim
from steward.sdk.context import Context
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.limiter import Limiter
from steward.sdk.network import Network
from steward.sdk.records import Account, Group, Membership

COMPANY = made_up(250)
USES = list(COMPANY.users("scim"))


@dataclass
class Tenant:
    url: str
    controls: Controls
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        time.sleep(min(seconds, 1))

    def connect(self, auth: str = "bearer", **credentials: str) -> Scim:
        return Scim(
            Context(
                {"url": f"{self.url}/scim/v2", **SETTINGS},
                credentials or {"token": "demo-token"},
                auth=auth,
                network=Network.of("127.0.0.0/8"),
                limiter=Limiter(sleep=self.sleep),
            )
        )


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    controls = Controls()
    with serving(simulator(COMPANY, controls)) as url:
        yield Tenant(url, controls)


def accounts_of(connector: Scim) -> list[Account]:
    return [account for page in connector.accounts(None) for account in page.records]


def test_the_made_up_company_is_read_as_it_is(tenant: Tenant) -> None:
    found = {a.id: a for a in accounts_of(tenant.connect())}
    assert set(found) == {id_of(human) for human, _ in USES}
    for human, use in USES:
        account = found[id_of(human)]
        assert (account.name, account.email, account.username) == (
            human.name,
            use.email,
            use.username,
        )
        assert (account.status == "active") == (use.status == "active")
        assert account.holds_seat == use.holds_seat
        assert account.last_active_at == use.last_active
        assert account.attributes.get("department") == (human.department or None)


def test_groups_have_their_members(tenant: Tenant) -> None:
    records = [r for page in tenant.connect().groups(None) for r in page.records]
    names = {r.id: r.name for r in records if isinstance(r, Group)}
    assert set(names.values()) == set(COMPANY.teams["scim"].values())
    members = {(names[r.group], r.account) for r in records if isinstance(r, Membership)}
    teams = COMPANY.teams["scim"]
    assert members == {(teams[team], id_of(human)) for human, use in USES for team in use.teams}


@pytest.mark.parametrize(
    ("auth", "credentials"),
    [
        ("basic", {"user": "steward", "password": "demo-token"}),
        ("header", {"header": "X-Api-Key", "value": "demo-token"}),
        ("oauth", {"client_id": CLIENT[0], "client_secret": CLIENT[1], "style": "basic"}),
        ("oauth", {"client_id": CLIENT[0], "client_secret": CLIENT[1], "style": "post"}),
    ],
)
def test_every_way_to_sign_in(tenant: Tenant, auth: str, credentials: dict[str, str]) -> None:
    if auth == "oauth":
        credentials = {**credentials, "token_url": f"{tenant.url}/oauth/token"}
    assert tenant.connect(auth, **credentials).check().id.endswith("/scim/v2")
    wrong = {
        name: "wrong" if name in ("password", "value", "client_secret") else value
        for name, value in credentials.items()
    }
    with pytest.raises(Unauthorized):
        tenant.connect(auth, **wrong).check()


def test_small_pages_and_rate_limits_cost_only_time(tenant: Tenant) -> None:
    tenant.controls.page_cap = 30
    tenant.controls.rate_limit = (3, 0.5)
    assert len(accounts_of(tenant.connect())) == len(USES)
    assert tenant.controls.refused > 0
    assert tenant.slept


def test_a_token_revoked_in_the_middle(tenant: Tenant) -> None:
    tenant.controls.revoke_after = 2
    with pytest.raises(Unauthorized):
        accounts_of(tenant.connect())


def test_a_permission_that_is_missing(tenant: Tenant) -> None:
    tenant.controls.missing_scopes = {"GET /Groups"}
    connector = tenant.connect()
    assert accounts_of(connector)
    with pytest.raises(Forbidden):
        list(connector.groups(None))


@pytest.mark.parametrize(
    ("broken", "error"),
    [("html", Unexpected), ("half", Unexpected), ("empty", Unexpected), ("500", Unavailable)],
)
def test_broken_answers(tenant: Tenant, broken: Any, error: type[ConnectorError]) -> None:
    tenant.controls.broken, tenant.controls.paths = broken, ("/Users",)
    with pytest.raises(error) as caught:
        tenant.connect().check()
    assert "demo-token" not in repr(caught.value)


def test_the_wire_format(tenant: Tenant) -> None:
    root, key = f"{tenant.url}/scim/v2", {"X-Api-Key": "demo-token"}
    human, use = USES[3]
    asked = {"filter": f'userName eq "{use.username}"'}
    with httpx2.Client(headers=key, trust_env=False) as client:
        found = client.get(f"{root}/Users", params=asked).json()
        assert (found["totalResults"], found["Resources"][0]["id"]) == (1, id_of(human))
        one = client.get(found["Resources"][0]["meta"]["location"])
        assert one.headers["content-type"] == "application/scim+json"
        again = client.get(str(one.url), headers={"If-None-Match": one.headers["etag"]})
        assert again.status_code == 304
        for path, status in (("/Users/nobody", 404), ("/Users?filter=x", 400), ("/Nothing", 404)):
            error = client.get(root + path)
            assert (error.status_code, error.json()["status"]) == (status, str(status))
            assert error.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
