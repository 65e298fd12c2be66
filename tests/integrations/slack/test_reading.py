"""What Steward reads from a Slack workspace."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors.slack import SCOPES
from steward.demo.vendors.slack_team import TEAM, user_id
from steward.sdk.records import Account, Activity, Group, License, Membership, Record, Seat
from tests.integrations.slack.tenant import NOW, TODAY, check, read, slack


def accounts(url: str) -> dict[str, Account]:
    return {a.id: a for a in read(url, "accounts") if isinstance(a, Account)}


def test_recognises_the_workspace_and_what_was_granted(url: str, controls: Controls) -> None:
    controls.missing_scopes = {"admin"}
    tenant = check(url)
    assert (tenant.id, tenant.name) == (TEAM, "Northwind Labs")
    assert tenant.scopes == set(SCOPES) - {"admin"}


def test_reads_everyone_once_deactivated_members_too(
    url: str, company: Company, controls: Controls
) -> None:
    controls.page_cap = 40
    read_once = [a for a in read(url, "accounts") if isinstance(a, Account)]
    found = accounts(url)
    known = {user_id(human.number): (human, use) for human, use in company.users("slack")}
    assert len(read_once) == len(found)
    assert set(found) == {*known, "USLACKBOT"}
    for key, (human, use) in known.items():
        assert found[key].status == ("disabled" if use.status == "disabled" else "active")
        assert found[key].name == human.name
        bot = human.employment == "service"
        assert found[key].email == (None if bot else use.email or None)


def test_tells_people_guests_and_bots_apart(url: str, company: Company) -> None:
    found = accounts(url)
    kinds = {"guest": "guest"}
    for human, use in company.users("slack"):
        if use.status == "disabled":
            continue
        account = found[user_id(human.number)]
        expected = "service" if human.employment == "service" else kinds.get(use.role, "person")
        assert account.kind == expected
    assert found["USLACKBOT"].kind == "service"


def test_names_the_roles(url: str, company: Company) -> None:
    found = accounts(url)
    roles = {found[user_id(h.number)].role for h, u in company.users("slack") if u.role == "guest"}
    assert roles >= {"single-channel guest", "multi-channel guest"}
    by_role = {
        use.role: found[user_id(human.number)].role
        for human, use in company.users("slack")
        if human.employment == "employee" and use.status == "active"
    }
    assert by_role == {"owner": "primary owner", "admin": "admin", "member": "member"}


def test_reads_user_groups(url: str, company: Company) -> None:
    records = read(url, "groups")
    names = {r.id: r.name for r in records if isinstance(r, Group)}
    found = {(names[r.group], r.account) for r in records if isinstance(r, Membership)}
    assert set(names.values()) == set(company.teams["slack"].values())
    assert found == {
        (company.teams["slack"][team], user_id(human.number))
        for human, use in company.users("slack")
        for team in use.teams
        if use.status != "disabled"
    }


def test_a_billed_member_holds_a_seat(url: str, company: Company, controls: Controls) -> None:
    controls.page_cap = 30
    records = read(url, "licenses")
    seats = [r.account for r in records if isinstance(r, Seat)]
    assert len([r for r in records if isinstance(r, License)]) == 1
    assert len(seats) == len(set(seats))
    assert set(seats) == {user_id(h.number) for h, u in company.users("slack") if u.holds_seat}


def days(records: list[Record]) -> set[tuple[str, object]]:
    return {(r.account, r.day) for r in records if isinstance(r, Activity)}


def test_reads_the_days_on_which_members_were_there(url: str, company: Company) -> None:
    floor = (NOW - timedelta(days=90)).date()
    expected = {
        (user_id(human.number), (use.last_active - timedelta(days=back)).date())
        for human, use in company.users("slack")
        for back in range(0, 120, 4)
        if use.last_active
    }
    oldest = TODAY - timedelta(days=200)
    assert days(read(url, "activity")) == {e for e in expected if e[1] >= max(floor, oldest)}


def test_reads_activity_only_since_the_last_time(straight: str, controls: Controls) -> None:
    """The log is turned back no further than needed."""
    since = datetime(2026, 3, 8, 4, tzinfo=UTC)
    controls.page_cap = 100
    found = days(read(straight, "activity", since=since))
    few = controls.requests
    assert found == {d for d in days(read(straight, "activity")) if d[1] >= since.date()}  # type: ignore[operator]
    assert few < controls.requests - few


def test_opens_the_log_again_after_a_hundred_pages(straight: str, controls: Controls) -> None:
    whole = days(read(straight, "activity"))
    controls.page_cap = 35
    controls.requests = 0
    assert days(read(straight, "activity")) == whole
    assert controls.requests > 100


@pytest.mark.parametrize("stream", ["accounts", "licenses", "activity"])
def test_goes_on_from_any_page(straight: str, controls: Controls, stream: str) -> None:
    controls.page_cap = 1000 if stream == "activity" else 40
    whole = read(straight, stream)
    connector = slack(straight)
    seen: list[Record] = []
    pages = list(getattr(connector, stream)(None))
    tried = range(0, len(pages), max(1, len(pages) // 5))
    for number, page in enumerate(pages):
        seen += page.records
        if number in tried and page.cursor is not None:
            rest = read(straight, stream, json.loads(json.dumps(page.cursor)))
            assert {*map(repr, seen), *map(repr, rest)} == set(map(repr, whole))
    connector.close()
    assert len(pages) > 3


def test_without_the_scope_for_addresses_everyone_is_there_all_the_same(
    url: str, controls: Controls
) -> None:
    whole = accounts(url)
    controls.missing_scopes = {"users:read.email"}
    found = accounts(url)
    assert set(found) == set(whole)
    assert {a.email for a in found.values()} == {None}
