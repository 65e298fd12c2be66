"""SCIM against the real scim2-server: both ways of paging, and what apps make of a user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steward.integrations.scim.connector import Scim
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unauthorized
from steward.sdk.network import Network
from steward.sdk.records import Account, Group, Membership
from tests.servers.scim2 import NEEDS_SCIM2, PATCH, TOKEN, Scim2, running_scim2

pytestmark = pytest.mark.skipif(bool(NEEDS_SCIM2), reason=NEEDS_SCIM2)
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
COUNT = 500
BY_INDEX = {"filter": {"supported": True, "maxResults": 70}}
BY_CURSOR = {
    "pagination": {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 50,
        "maxPageSize": 90,
        "cursorTimeout": 3600,
    }
}


def staff() -> Iterator[dict[str, Any]]:
    for number in range(COUNT):
        name = f"user{number}@example.com"
        yield {
            "schemas": [USER],
            "userName": name,
            "active": number % 5 != 0,
            "emails": [{"value": name, "type": "work", "primary": True}],
        }


@pytest.fixture(scope="module", params=[BY_INDEX, BY_CURSOR], ids=["index", "cursor"])
def scim2(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scim2]:
    with running_scim2(tmp_path_factory.mktemp("scim2"), **request.param) as server:
        server.add("Users", *staff())
        yield server


def connected(server: Scim2, token: str = TOKEN, **settings: Any) -> Scim:
    context = Context(
        {"url": server.url, **settings},
        {"token": token},
        auth="bearer",
        network=Network.of("127.0.0.0/8"),
    )
    return Scim(context)


def read(connector: Scim, after: Any = None) -> list[Account]:
    return [account for page in connector.accounts(after) for account in page.records]


def test_everyone_is_read_once(scim2: Scim2) -> None:
    accounts = read(connected(scim2))
    assert {a.email for a in accounts} == {f"user{n}@example.com" for n in range(COUNT)}
    assert len({a.id for a in accounts}) == len(accounts) == COUNT
    assert sum(a.status == "disabled" for a in accounts) == COUNT // 5


def test_a_read_goes_on_from_any_page(scim2: Scim2) -> None:
    pages = list(connected(scim2).accounts(None))
    assert len(pages) > 5
    whole = [account for page in pages for account in page.records]
    for number in (1, 3, len(pages) - 1):
        done = [account for page in pages[:number] for account in page.records]
        assert [*done, *read(connected(scim2), pages[number - 1].cursor)] == whole


def test_the_tenant_is_the_address(scim2: Scim2) -> None:
    tenant = connected(scim2).check()
    assert tenant.id == scim2.url.removeprefix("http://")
    assert tenant.name == "127.0.0.1"
    assert connected(scim2, application="Boards").check().name == "Boards"


def test_a_wrong_token_is_refused_by_name(scim2: Scim2) -> None:
    with pytest.raises(Unauthorized) as caught:
        connected(scim2, token="not-the-token").check()
    assert "not-the-token" not in repr(caught.value)


def test_a_cursor_that_the_app_no_longer_takes(scim2: Scim2) -> None:
    assert len(read(connected(scim2), {"cursor": "expired long ago"})) == COUNT


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Scim2]:
    with running_scim2(tmp_path) as server:
        yield server


def test_a_user_is_described(empty: Scim2) -> None:
    boss, ann = empty.add(
        "Users",
        {"schemas": [USER], "userName": "Þóra"},
        {
            "schemas": [USER, ENTERPRISE],
            "userName": "ann",
            "active": True,
            "title": "Chemist",
            "name": {"givenName": "Ann", "familyName": "Lee <script>"},
            "userType": "Contractor",
            "emails": [
                {"value": "ann@home.example", "type": "home"},
                {"value": "ann@example.com", "type": "work", "primary": True},
            ],
            "roles": [{"value": "admin", "display": "Administrator"}],
            "entitlements": [{"value": "full-seat"}],
            ENTERPRISE: {"department": "Research", "employeeNumber": "7", "costCenter": "4711"},
        },
    )
    empty.send(
        "PATCH",
        f"Users/{ann}",
        {
            "schemas": [PATCH],
            "Operations": [
                {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": boss}}
            ],
        },
    )
    account = {a.id: a for a in read(connected(empty))}[ann]
    assert (account.name, account.username, account.role) == (
        "Ann Lee <script>",
        "ann",
        "Administrator",
    )
    assert (account.email, account.emails) == ("ann@example.com", ("ann@home.example",))
    assert account.created_at is not None
    assert account.attributes == {
        "title": "Chemist",
        "department": "Research",
        "cost_centre": "4711",
        "employee_number": "7",
        "manager": boss,
        "manager_id": boss,
        "employment_type": "Contractor",
        "entitlements": ["full-seat"],
    }


def test_seats_are_counted_as_the_admin_says(empty: Scim2) -> None:
    empty.add(
        "Users",
        {"schemas": [USER], "userName": "paid", "entitlements": [{"value": "Full-Seat"}]},
        {"schemas": [USER], "userName": "free", "active": True},
        {"schemas": [USER], "userName": "off", "active": False},
    )

    def seats(**settings: Any) -> dict[str, bool | None]:
        return {a.username: a.holds_seat for a in read(connected(empty, **settings))}

    assert seats() == {"paid": None, "free": None, "off": None}
    assert seats(seats="active") == {"paid": True, "free": True, "off": False}
    listed = seats(seats="listed", seat_names="editor, full-seat")
    assert listed == {"paid": True, "free": False, "off": False}


def test_groups_and_their_members(empty: Scim2) -> None:
    ann, bob = empty.add("Users", *({"schemas": [USER], "userName": n} for n in ("ann", "bob")))
    inner, outer = empty.add(
        "Groups",
        {"schemas": [GROUP], "displayName": "Inner", "members": [{"value": ann}, {"value": bob}]},
        {"schemas": [GROUP], "displayName": "Outer", "members": [{"value": ann}]},
    )
    empty.send(
        "PATCH",
        f"Groups/{outer}",
        {
            "schemas": [PATCH],
            "Operations": [
                {
                    "op": "add",
                    "path": "members",
                    "value": [
                        {"value": inner, "type": "Group", "$ref": f"{empty.url}/Groups/{inner}"}
                    ],
                }
            ],
        },
    )
    records = [record for page in connected(empty).groups(None) for record in page.records]
    assert {r.name for r in records if isinstance(r, Group)} == {"Inner", "Outer"}
    members = {(r.group, r.account) for r in records if isinstance(r, Membership)}
    assert members == {(inner, ann), (inner, bob), (outer, ann)}


def test_an_app_without_groups(empty: Scim2) -> None:
    with pytest.raises(Forbidden) as caught:
        list(connected(Scim2(f"{empty.url}/Users")).groups(None))
    assert caught.value.missing == ("GET /Groups",)
