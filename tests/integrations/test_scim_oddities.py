"""SCIM as apps really speak it: bent schemas, lists that shrink, wrong totals, endless pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response, json, request

from steward.demo.serving import serving
from steward.integrations.scim.connector import Scim
from steward.sdk.connector import Page
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.network import Network
from steward.sdk.records import Account

Users = Callable[[int, int], dict[str, Any]]


@contextmanager
def app_with(users: Users, **settings: Any) -> Iterator[Scim]:
    """An app that knows only /Users and answers with `users(startIndex, count)`."""
    app = Flask("odd")

    @app.get("/Users")
    def listed() -> Response:
        body = users(request.args.get("startIndex", 1, int), request.args.get("count", 100, int))
        return Response(json.dumps(body), content_type="application/json")

    with serving(app) as url:
        connector = Scim(
            Context({"url": url, **settings}, {"token": "t"}, network=Network.of("127.0.0.0/8"))
        )
        yield connector
        connector.close()


def everything(connector: Scim) -> Page[Account]:
    pages = list(connector.accounts(None))
    return Page(
        tuple(a for page in pages for a in page.records),
        None,
        tuple(p for page in pages for p in page.problems),
    )


def one_page(*users: Any) -> Users:
    return lambda start, count: {"totalResults": len(users), "Resources": list(users)}


def test_one_bad_value_loses_nobody() -> None:
    odd = [
        {"id": "1", "userName": "ann", "emails": "ann@example.com", "active": "False"},
        {"id": 2, "userName": None, "emails": [None, {"value": 7}, "b@example.com"], "name": "Bob"},
        {"id": "3", "emails": {"value": "c@example.com"}, "meta": {"created": "yesterday"}},
        {"id": "4", "name": ["?"], "roles": ["admin", {"value": "owner"}], "active": None},
        {"id": "5", "userType": "Service account", "meta": None, "entitlements": 9},
        {"id": "6", "userType": "Guest", "active": "maybe", "userName": "six@example.com"},
        {"id": "7", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "sales"},
    ]
    with app_with(one_page(*odd)) as connector:
        found = everything(connector)
    accounts = {a.id: a for a in found.records}
    assert list(accounts) == ["1", "2", "3", "4", "5", "6", "7"]
    assert not found.problems
    assert [a.status for a in found.records] == ["disabled", *["active"] * 6]
    assert [a.email for a in found.records][:3] == [
        "ann@example.com",
        "b@example.com",
        "c@example.com",
    ]
    assert (accounts["2"].name, accounts["4"].role) == ("Bob", "admin, owner")
    assert (accounts["5"].kind, accounts["6"].kind) == ("service", "guest")
    assert accounts["6"].email == "six@example.com"


def test_the_primary_address_comes_first_and_each_only_once() -> None:
    emails = [
        {"value": "ann@home.example", "type": "home"},
        {"value": "Ann@corp.example", "type": "work"},
        {"value": "lee@corp.example", "type": "other", "primary": "true"},
    ]
    with app_with(one_page({"id": "1", "userName": "LEE@corp.example", "emails": emails})) as app:
        account = everything(app).records[0]
    assert account.email == "lee@corp.example"
    assert account.emails == ("Ann@corp.example", "ann@home.example")


def test_what_has_no_id_is_set_aside_with_its_reason() -> None:
    with app_with(one_page({"userName": "a"}, "b", {"id": "3"}, {"id": None})) as connector:
        found = everything(connector)
    assert [a.id for a in found.records] == ["3"]
    assert [p.record for p in found.problems] == ["#1", "#2", "#4"]
    assert found.problems[0].reason == "the field 'id' is missing"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-01T12:30:00Z", "2026-03-01"),
        ("2026-03-01T23:30:00-02:00", "2026-03-02"),
        (1772368200, "2026-03-01"),
        (1772368200000, "2026-03-01"),
        ("", None),
        (0, None),
    ],
)
def test_a_last_activity_of_the_apps_own(value: Any, day: str | None) -> None:
    user = {"id": "1", "urn:x:2.0:User": {"lastLogin": value}}
    with app_with(one_page(user), last_active_attribute="urn:x:2.0:User:lastLogin") as connector:
        moment = everything(connector).records[0].last_active_at
    assert (moment.date().isoformat() if moment else None) == day


def test_a_list_that_shrinks_while_it_is_read_loses_nobody() -> None:
    names = [str(number) for number in range(250)]
    asked = []

    def shrinking(start: int, count: int) -> dict[str, Any]:
        asked.append(start)
        left = names if len(asked) == 1 else names[5:]
        part = left[start - 1 : start - 1 + count]
        return {"totalResults": len(left), "Resources": [{"id": name} for name in part]}

    with app_with(shrinking) as connector:
        found = {a.id for a in everything(connector).records}
    assert found == set(names)


def test_an_empty_page_before_the_end_is_no_end() -> None:
    def stopping(start: int, count: int) -> dict[str, Any]:
        users = [{"id": str(n)} for n in range(100)] if start == 1 else []
        return {"totalResults": 300, "Resources": users}

    with app_with(stopping) as connector:
        found = everything(connector)
    assert len(found.records) == 100
    assert found.problems[0].reason == "the app says that it has 300 of these, and gave 100"


def test_an_app_that_does_not_count() -> None:
    def uncounted(start: int, count: int) -> dict[str, Any]:
        return {"Resources": [{"id": str(n)} for n in range(start, min(start + 100, 251))]}

    with app_with(uncounted) as connector:
        found = everything(connector)
    assert len({a.id for a in found.records}) == len(found.records) == 250
    assert not found.problems


def test_an_app_that_always_gives_the_first_page() -> None:
    body = {"totalResults": 300, "Resources": [{"id": str(n)} for n in range(100)]}
    same = pytest.raises(Unexpected, match="keeps sending the same page")
    with app_with(lambda start, count: body) as connector, same:
        everything(connector)


@pytest.mark.parametrize("body", [{}, [], {"users": []}, {"Resources": 7, "totalResults": 1}])
def test_an_answer_that_is_no_list(body: Any) -> None:
    no_list = pytest.raises(Unexpected, match="usually ends in /scim/v2")
    with app_with(lambda start, count: body) as connector, no_list:
        connector.check()


def test_an_address_without_scim() -> None:
    with app_with(one_page()) as connector, pytest.raises(Forbidden, match="offers no groups"):
        list(connector.groups(None))


def test_nobody_is_an_answer_too() -> None:
    with app_with(lambda start, count: {"totalResults": 0}) as connector:
        assert everything(connector) == Page(())
