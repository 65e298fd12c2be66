"""Microsoft asking to slow down: a request, one question of a batch, a service of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, request

from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.microsoft_directory import Entra
from steward.integrations.microsoft_365.graph import AT_ONCE
from steward.sdk.errors import Forbidden, Unavailable, Unexpected
from steward.sdk.records import Membership
from tests.integrations.microsoft_365.tenant import microsoft, read, read_until_refused


def test_waits_as_long_as_it_is_asked_to(straight: str, controls: Controls) -> None:
    controls.page_cap, controls.rate_limit = 20, (4, 1.0)
    with microsoft(straight) as connector:
        assert len(read(connector, "accounts")) == 253
    assert controls.refused > 0


def test_questions_of_a_batch_that_came_too_often_are_asked_again(
    straight: str, controls: Controls, entra: Entra
) -> None:
    """Each has a status and a Retry-After of its own; those answered are not asked twice."""
    with microsoft(straight) as connector:
        connector.check()
        everything = Counter(map(repr, read(connector, "groups")))
        controls.rate_limit = (15, 1.0)
        before = controls.requests
        assert Counter(map(repr, read(connector, "groups"))) == everything
    assert controls.refused > 0
    # One for each group, the lists of groups and roles, the batches; and what was refused.
    assert controls.requests - before <= len(entra.groups()) + 3 + 6 + controls.refused


def test_comes_back_later_when_the_pause_is_long(straight: str, controls: Controls) -> None:
    with microsoft(straight) as connector:
        connector.check()
        controls.rate_limit = (5, 600.0)
        error, records = read_until_refused(connector, "groups")
    assert isinstance(error, Unavailable)
    assert error.retry_after is not None
    assert 500 < error.retry_after <= 601
    assert not any(isinstance(record, Membership) for record in records)


def test_a_batch_saves_requests(straight: str, controls: Controls, entra: Entra) -> None:
    batches = -(-len(entra.groups()) // AT_ONCE)
    with microsoft(straight) as connector:
        connector.check()
        before = controls.requests
        read(connector, "groups")
    sent = controls.requests - before - len(entra.groups())
    assert sent == 3 + batches


class Moody:
    """A Graph whose questions in a batch fare as `moods` says: by path, the statuses in turn."""

    def __init__(self) -> None:
        self.moods: dict[str, list[int]] = {}
        self.asked: list[list[str]] = []
        self.app = Flask("moody")
        self.app.add_url_rule("/<tenant>/oauth2/v2.0/token", view_func=self.token, methods=["POST"])
        self.app.add_url_rule("/v1.0/$batch", view_func=self.batch, methods=["POST"])

    def token(self, tenant: str) -> Any:
        return {"access_token": "opaque", "expires_in": 3599, "token_type": "Bearer"}

    def batch(self) -> Any:
        asked = request.get_json()["requests"]
        self.asked.append([one["url"] for one in asked])
        return jsonify({"responses": [r for one in asked for r in self.answer(one)]})

    def answer(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        left = self.moods.get(one["url"], [])
        status = left.pop(0) if left else 200
        body: Any = {"value": [one["url"]]} if status == 200 else {"error": {"code": "odd"}}
        headers = {"Retry-After": "1"} if status == 429 else {}
        made = {"id": one["id"], "status": status, "headers": headers, "body": body}
        return [] if status == 0 else [made]


@pytest.fixture
def moody() -> Iterator[tuple[Moody, str]]:
    vendor = Moody()
    with serving(vendor.app) as url:
        yield vendor, url


def test_only_what_is_open_is_asked_again(moody: tuple[Moody, str]) -> None:
    vendor, url = moody
    vendor.moods = {"/b": [429], "/c": [503, 200], "/d": [0]}
    with microsoft(url) as connector:
        found = connector.graph.batch(["/a", "/b", "/c", "/d"])
    assert [f["value"] for f in found if isinstance(f, dict)] == [["/a"], ["/b"], ["/c"], ["/d"]]
    assert vendor.asked == [["/a", "/b", "/c", "/d"], ["/b", "/c", "/d"]]


def test_what_is_gone_or_forbidden_costs_the_others_nothing(moody: tuple[Moody, str]) -> None:
    vendor, url = moody
    vendor.moods = {"/b": [404], "/c": [403]}
    with microsoft(url) as connector:
        one, gone, forbidden = connector.graph.batch(["/a", "/b", "/c"])
    assert one == {"value": ["/a"]}
    assert isinstance(gone, Unexpected)
    assert isinstance(forbidden, Forbidden)


def test_a_question_that_is_never_answered_ends_the_reading(moody: tuple[Moody, str]) -> None:
    vendor, url = moody
    vendor.moods = {"/b": [503] * 50}
    with microsoft(url) as connector, pytest.raises(Unavailable):
        connector.graph.batch(["/a", "/b"])
    assert all(urls == ["/b"] for urls in vendor.asked[1:])


def test_a_question_that_is_not_understood(moody: tuple[Moody, str]) -> None:
    vendor, url = moody
    vendor.moods = {"/b": [400]}
    with microsoft(url) as connector, pytest.raises(Unexpected):
        connector.graph.batch(["/a", "/b"])
