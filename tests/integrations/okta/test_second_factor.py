"""Second factors of administrators: whose are asked for, what counts, and what stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, abort, jsonify

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.okta_answers import has_second_factor, user_id
from steward.integrations.okta.second_factor import PATIENCE
from steward.sdk.errors import Unavailable, Unexpected
from steward.sdk.records import Account
from tests.integrations.okta.tenant import okta, pages, read

KINDS: dict[str, list[Any]] = {
    "app": [{"factorType": "token:software:totp", "status": "ACTIVE"}],
    "key": [
        {"factorType": "question", "status": "ACTIVE"},
        {"factorType": "webauthn", "status": "ACTIVE"},
    ],
    "question": [{"factorType": "question", "status": "ACTIVE"}],
    "pending": [{"factorType": "sms", "status": "PENDING_ACTIVATION"}],
    "none": [],
}


def told(url: str) -> dict[str, bool]:
    """By account; those of whom nothing is said are left out."""
    with okta(url) as connector:
        accounts: list[Account] = read(connector, "accounts")
    return {a.id: a.attributes["mfa"] for a in accounts if "mfa" in a.attributes}


@pytest.mark.parametrize("page_cap", [None, 2])
def test_it_is_told_of_administrators_and_of_nobody_else(
    described: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    admins = [h for h, u in company.users("okta") if u.role in ("owner", "admin")]
    assert told(described) == {user_id(human): has_second_factor(human) for human in admins}
    assert {has_second_factor(human) for human in admins} == {True, False}


@pytest.mark.parametrize("refused", ["okta.roles.read", "factors"])
def test_what_okta_does_not_permit_stays_unknown(
    described: str, controls: Controls, refused: str
) -> None:
    controls.missing_scopes = {refused}
    assert told(described) == {}


def test_a_plan_without_administrator_roles_leaves_it_unknown(
    straight: str, controls: Controls
) -> None:
    controls.plan = "basic"
    assert told(straight) == {}


def test_a_change_of_it_is_a_change_of_what_was_sent(straight: str, controls: Controls) -> None:
    """An item whose bytes are as they were is not looked at again."""
    before, same = prints(straight), prints(straight)
    controls.missing_scopes = {"factors"}
    unknown = prints(straight)
    assert before == same
    assert len([k for k in before if before[k] != unknown[k]]) == 4


def prints(url: str) -> dict[str, bytes]:
    with okta(url) as connector:
        found: Any = pages(connector, "accounts")
    return {k: v for p in found for k, v in zip(p.keys(), p.prints(b"salt"), strict=True)}


class Desk:
    """An organisation whose administrators are named after their factors."""

    def __init__(self) -> None:
        self.admins = list(KINDS)
        self.factors: dict[str, Any] = dict(KINDS)
        self.fails: set[str] = set()

    def factors_of(self, user: str) -> Any:
        if user in self.fails:
            return Response("out", status=500)
        return jsonify(self.factors[user]) if user in self.factors else abort(404)

    def users(self) -> Any:
        profile = {"login": "ann@a.example", "email": "ann@a.example"}
        return jsonify([{"id": i, "status": "ACTIVE", "profile": profile} for i in self.admins])


@pytest.fixture
def desk() -> Iterator[tuple[Desk, str]]:
    made, app = Desk(), Flask("desk")
    app.add_url_rule("/api/v1/users", view_func=made.users)
    app.add_url_rule("/api/v1/users/<user>/factors", view_func=made.factors_of)
    app.add_url_rule(
        "/api/v1/iam/assignees/users",
        view_func=lambda: {"value": [{"id": i} for i in made.admins]},
    )
    with serving(app) as url:
        yield made, url


def once(url: str) -> dict[str, bool]:
    """The list of deactivated users is the same one here, so each is told twice."""
    with okta(url) as connector:
        first = pages(connector, "accounts")[0]
    return {a.id: a.attributes["mfa"] for a in first.records if "mfa" in a.attributes}


def test_only_a_confirmed_factor_beside_what_one_knows_counts(desk: tuple[Desk, str]) -> None:
    expected = {"app": True, "key": True, "question": False, "pending": False, "none": False}
    assert once(desk[1]) == expected


def test_okta_failing_for_one_leaves_that_one_unknown(desk: tuple[Desk, str]) -> None:
    made, url = desk
    made.fails = {"key"}
    assert once(url).keys() == KINDS.keys() - {"key"}


def test_okta_failing_for_one_after_another_is_tried_again_later(desk: tuple[Desk, str]) -> None:
    made, url = desk
    made.fails = set(list(KINDS)[:PATIENCE])
    with pytest.raises(Unavailable):
        once(url)


@pytest.mark.parametrize("odd", [{"value": []}, ["push"]])
def test_factors_that_are_none_are_not_guessed_at(desk: tuple[Desk, str], odd: Any) -> None:
    made, url = desk
    made.factors["key"] = odd
    with pytest.raises(Unexpected):
        once(url)
