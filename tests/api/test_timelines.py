"""Timelines and past days over the API."""

from datetime import UTC, datetime

import pytest

from steward.sdk import records as r
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(connect, sync, company):
    found = connect()
    sync(found)
    company.people("ann", "bob", status="disabled")
    company.streams["groups"] = [
        r.Group(id="g", name="Crew"),
        r.Membership(group="g", account="ann"),
    ]
    sync(found)
    return found


@pytest.fixture
def ask(reader):
    def ask(path, **query):
        answer = reader("GET", path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def test_an_accounts_timeline(ask, instance):
    account = ask("/accounts", q="ann")["items"][0]
    body = ask(f"/accounts/{account['id']}/timeline")
    assert [e["what"] for e in body["items"]] == ["joined", "disabled", "appeared"]
    assert body["items"][0]["subject"] == "Crew"
    assert body["items"][1]["changes"] == [{"field": "status", "old": "active", "new": "disabled"}]
    assert body["next"] is None


def test_a_timeline_in_pages(ask, instance):
    whole = ask(f"/instances/{instance.pk}/timeline")["items"]
    found, cursor = [], ""
    while cursor is not None:
        body = ask(f"/instances/{instance.pk}/timeline", limit=2, cursor=cursor)
        found += body["items"]
        cursor = body["next"]
    assert found == whole
    assert {"connected", "synced", "disabled", "removed"} <= {e["what"] for e in whole}


def test_a_persons_timeline(ask, instance):
    person = ask("/people", q="ann")["items"][0]
    events = ask(f"/people/{person['id']}/timeline")["items"]
    assert {e["instance"] for e in events} == {instance.pk}


def test_of_nothing_there_is_no_timeline(reader):
    for kind in ("account", "instance"):
        problem(reader("GET", f"/{kind}s/999/timeline"), 404, "not_found")
    problem(reader("GET", "/people/999/timeline"), 404, "not_found")


def test_accounts_as_of_a_day(ask, reader, instance):
    assert ask("/accounts", as_of="2020-01-01")["items"] == []
    today = ask("/accounts", as_of=str(datetime.now(UTC).date()))["items"]
    assert today == ask("/accounts")["items"]
    assert {a["external_id"]: a["status"] for a in today}["ann"] == "disabled"
    told = problem(reader("GET", "/accounts", as_of="2026-02-31"), 422, "invalid")
    assert told["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("path", ["/accounts", "/grants", "/reports/users-by-application"])
def test_a_day_to_come_is_refused(reader, path):
    told = problem(reader("GET", path, as_of="2999-01-01"), 422, "invalid")
    assert told["errors"][0]["field"] == "as_of"
    assert "2999-01-01 is still to come" in str(told["errors"])
