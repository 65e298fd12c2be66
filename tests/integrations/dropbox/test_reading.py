"""What Steward reads from a Dropbox team."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from steward.integrations.dropbox.connector import Dropbox
from steward.sdk.records import (
    Account,
    Activity,
    App,
    Grant,
    Group,
    License,
    Membership,
    Record,
    Seat,
)
from tests.integrations.dropbox.team import (
    FOLDER,
    LIMITED,
    NOW,
    SIZE,
    STATUSES,
    TEAM,
    WHOLE,
    member_id,
)
from tests.integrations.dropbox.tenant import GRANTED, Team, check, dropbox, read

STREAMS = ["accounts", "groups", "licenses", "grants", "activity"]


def accounts(url: str) -> dict[str, Account]:
    return {a.id: a for a in read(url, "accounts") if isinstance(a, Account)}


def test_recognises_the_team_and_what_was_granted(url: str, team: Team) -> None:
    team.controls.missing_scopes = {"events.read"}
    tenant = check(url)
    assert (tenant.id, tenant.name) == (TEAM, "Northwind Labs")
    assert tenant.scopes == set(GRANTED) - {"events.read"}


def test_reads_every_member_once_in_every_status(url: str, team: Team) -> None:
    team.controls.page_cap = 7
    records = read(url, "accounts")
    found = accounts(url)
    assert len(records) == len(found) == SIZE
    for number in range(1, SIZE + 1):
        one, status = found[member_id(number)], STATUSES.get(number, "active")
        assert one.attributes["app_status"] == status
        assert one.status == ("disabled" if status in ("suspended", "removed") else "active")
        assert one.attributes.get("suspended") == (True if status == "suspended" else None)
        assert one.attributes["membership_type"] == ("limited" if number in LIMITED else "full")
        assert (one.email, one.name) == (
            f"member{number}@northwind-labs.example",
            f"Member {number}",
        )


def test_an_address_counts_as_proved_only_where_dropbox_says_so(url: str) -> None:
    found = accounts(url)
    assert not found[member_id(9)].verified
    assert found[member_id(8)].verified
    assert found[member_id(4)].emails == ("m.four@northwind-labs.example",)


def test_an_invitation_is_as_old_as_it_is(url: str) -> None:
    found = accounts(url)
    assert found[member_id(11)].created_at == datetime(2023, 5, 1, 9, tzinfo=UTC)
    assert found[member_id(12)].created_at == datetime(2023, 5, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "role", "admin"),
    [
        (1, "Team admin", True),
        (2, "Support admin, Billing admin", True),
        (3, "Reporting admin", False),
        (8, "Member", False),
    ],
)
def test_knows_who_administers(url: str, number: int, role: str, admin: bool) -> None:
    assert accounts(url)[member_id(number)].role == role
    assert Dropbox.roles.is_admin(role) is admin
    assert Dropbox.roles.writes(role) is (role != "Reporting admin")


def test_reads_groups_and_who_is_in_them(url: str, team: Team) -> None:
    team.controls.page_cap = 2
    records = read(url, "groups")
    names = {r.id: r.name for r in records if isinstance(r, Group)}
    assert set(names.values()) == {"Design", "Sales", "Support", "Everyone"}
    held = {(names[r.group], r.account) for r in records if isinstance(r, Membership)}
    active = [n for n in range(1, SIZE + 1) if n not in STATUSES]
    assert {who for group, who in held if group == "Everyone"} == {member_id(n) for n in active}
    assert {who for group, who in held if group == "Sales"} == {
        member_id(n) for n in active if n % 3 == 1
    }


def test_a_full_member_holds_a_licence_until_removed(url: str, team: Team) -> None:
    """Suspended and invited members use one; limited members do not."""
    team.controls.page_cap = 9
    records = read(url, "licenses")
    seats = [r.account for r in records if isinstance(r, Seat)]
    removed = {n for n, status in STATUSES.items() if status == "removed"}
    assert sorted(seats) == [member_id(n) for n in range(1, SIZE + 1) if n not in LIMITED | removed]
    assert [r.purchased for r in records if isinstance(r, License)] == [40]


def test_reads_which_apps_members_linked_and_how_far_they_reach(url: str, team: Team) -> None:
    team.controls.page_cap = 3
    connector = dropbox(url)
    pages = list(connector.grants(None))
    connector.close()
    for page in pages:
        apps = [record.id for record in page.records if isinstance(record, App)]
        assert len(apps) == len(set(apps))
    records = [record for page in pages for record in page.records]
    grants = {(r.app, r.account): r for r in records if isinstance(r, Grant)}
    assert {who for app, who in grants if app == FOLDER} == {member_id(n) for n in range(1, 9)}
    assert {who for app, who in grants if app == WHOLE} == {member_id(n) for n in (1, 3, 5, 7)}
    notes, backup = grants[FOLDER, member_id(1)], grants[WHOLE, member_id(1)]
    assert (notes.scopes, backup.scopes) == (("App folder",), ("Full Dropbox",))
    assert notes.granted_at == datetime(2024, 5, 12, 15, 50, 38, tzinfo=UTC)
    assert backup.granted_at is None
    assert {(r.name, r.publisher) for r in records if isinstance(r, App)} == {
        ("Notes", "Notes Ltd"),
        ("Backup", ""),
    }


def days(records: list[Record]) -> set[tuple[str, object]]:
    return {(r.account, r.day) for r in records if isinstance(r, Activity)}


def ago(number: int) -> object:
    return (NOW - timedelta(days=number)).date()


def test_counts_what_members_did_themselves(url: str) -> None:
    """Neither a failed sign-in, nor an app or an admin who acts as somebody."""
    true = {(member_id(n), ago(back)) for n in range(1, 6) for back in (3, 40)}
    assert days(read(url, "activity")) == {*true, (member_id(1), ago(5))}


def test_reads_activity_only_since_the_last_time(url: str, team: Team) -> None:
    since = NOW - timedelta(days=4)
    assert {day for _, day in days(read(url, "activity", since=since))} == {ago(3)}
    assert team.asked[-1]["time"]["start_time"] == "2026-03-06T12:00:00Z"


def test_an_empty_page_is_not_the_end(url: str, team: Team) -> None:
    whole = days(read(url, "activity"))
    team.empty, team.controls.page_cap = True, 4
    assert days(read(url, "activity")) == whole


@pytest.mark.parametrize("stream", STREAMS)
def test_goes_on_from_any_page(url: str, team: Team, stream: str) -> None:
    team.controls.page_cap = 2
    whole = read(url, stream)
    connector = dropbox(url)
    pages = list(islice(getattr(connector, stream)(None), 2))
    connector.close()
    seen = [record for page in pages for record in page.records]
    cursor = json.loads(json.dumps(pages[-1].cursor))
    rest = read(url, stream, cursor)
    assert {*map(repr, seen), *map(repr, rest)} == set(map(repr, whole))
    assert len(rest) < len(whole)
