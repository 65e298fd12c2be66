"""Second factors of administrators: whose are known, and how that stays right between reads."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, jsonify

from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors.microsoft_directory import Entra
from steward.integrations.microsoft_365.second_factor import REPORT, of_admins
from steward.sdk.connector import Page
from steward.sdk.errors import Unexpected
from steward.sdk.records import Account
from tests.integrations.microsoft_365.gateway import Gateway
from tests.integrations.microsoft_365.tenant import microsoft, pages

LOGS = "AuditLog.Read.All"


def admins(entra: Entra) -> set[str]:
    return {row["principalId"] for row in entra.roles()} & entra.users.keys()


def expected(entra: Entra) -> dict[str, bool]:
    return {number: number not in entra.unregistered for number in admins(entra)}


def read(url: str, mark: Any = None) -> list[Page[Account]]:
    with microsoft(url, marks={"accounts": mark} if mark else {}) as connector:
        return pages(connector, "accounts")


def factors(found: list[Page[Account]]) -> dict[str, bool]:
    """Of those of whom it is told."""
    accounts = [account for page in found for account in page.records]
    return {a.id: a.attributes["mfa"] for a in accounts if "mfa" in a.attributes}


@pytest.mark.parametrize("page_cap", [None, 2])
def test_it_is_told_of_administrators_and_of_nobody_else(
    described: Gateway, controls: Controls, entra: Entra, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    assert factors(read(described.url)) == expected(entra)
    assert set(expected(entra).values()) == {True, False}


def test_what_microsoft_does_not_tell_stays_unknown(straight: str, controls: Controls) -> None:
    """Without the plan it refuses; without the permission it is not even asked."""
    controls.plan = "free"
    assert factors(read(straight)) == {}
    with_plan = controls.requests
    controls.missing_scopes = {LOGS}
    assert factors(read(straight)) == {}
    assert controls.requests - with_plan < with_plan


def test_whoever_sets_one_up_or_loses_it_is_told_of_with_the_changes(
    straight: str, entra: Entra
) -> None:
    mark = read(straight)[-1].mark
    lacked = next(number for number, has in expected(entra).items() if not has)
    had = next(number for number, has in expected(entra).items() if has)
    entra.unregistered ^= {had, lacked}
    (page,) = found = read(straight, mark)
    assert (page.changes, page.gone) == (True, ())
    assert factors(found) == {had: False, lacked: True}
    assert len(page.records) == 2
    assert not read(straight, page.mark)[0].records


def test_whoever_is_no_administrator_any_more_is_unknown_again(
    straight: str, entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = read(straight)[-1].mark
    former = min(admins(entra))
    kept = [row for row in entra.roles() if row["principalId"] != former]
    monkeypatch.setattr(entra, "roles", lambda: kept)
    (page,) = read(straight, mark)
    assert [(a.id, "mfa" in a.attributes) for a in page.records] == [(former, False)]


def test_a_change_of_something_else_keeps_what_is_known(straight: str, entra: Entra) -> None:
    mark = read(straight)[-1].mark
    for number in admins(entra):
        entra.change(number, department="Archive")
    assert factors(read(straight, mark)) == expected(entra)


def test_an_administrator_who_is_deleted_is_gone_and_no_more(straight: str, entra: Entra) -> None:
    mark = read(straight)[-1].mark
    gone = min(admins(entra))
    entra.delete(gone)
    (page,) = read(straight, mark)
    assert (page.records, page.gone) == ((), (gone,))


def test_one_whom_not_every_server_knows_is_let_be(straight: str, entra: Entra) -> None:
    mark = read(straight)[-1].mark
    entra.lagging = entra.unregistered & admins(entra)
    entra.unregistered = set()
    (page,) = read(straight, mark)
    assert (page.records, page.gone) == ((), ())


@pytest.mark.parametrize("lost", [True, False])
def test_where_it_is_told_no_longer_or_at_last_everybody_is_read_anew(
    straight: str, entra: Entra, controls: Controls, lost: bool
) -> None:
    plans = ("enterprise", "free") if lost else ("free", "enterprise")
    controls.plan = plans[0]
    mark = read(straight)[-1].mark
    controls.plan = plans[1]
    found = read(straight, mark)
    assert not any(page.changes for page in found)
    assert factors(found) == ({} if lost else expected(entra))


@pytest.mark.parametrize("changes", [False, True])
def test_whoever_goes_on_with_a_read_keeps_to_what_it_began_with(
    straight: str, entra: Entra, controls: Controls, changes: bool
) -> None:
    """So that the mark says of everybody what was told of them."""
    mark = read(straight)[-1].mark if changes else None
    before = expected(entra)
    for number in list(entra.users)[:30]:
        entra.change(number, department="Archive")
    controls.page_cap = 20
    begun = read(straight, mark)[0]
    entra.unregistered = set()
    with microsoft(straight, marks={"accounts": mark} if mark else {}) as connector:
        rest = pages(connector, "accounts", begun.cursor)
    assert rest[-1].mark["factors"] == before
    told = factors([begun, *rest])
    assert told.items() <= before.items()
    controls.page_cap = None
    later = factors(read(straight, rest[-1].mark))
    assert {**before, **later} == expected(entra)


def test_the_bytes_of_a_user_change_with_it(straight: str, entra: Entra) -> None:
    def prints() -> dict[str, bytes]:
        found: Any = read(straight)
        return {k: v for p in found for k, v in zip(p.keys(), p.prints(b"salt"), strict=True)}

    before, lacked = prints(), entra.unregistered & admins(entra)
    entra.unregistered = set()
    after = prints()
    assert {number for number in before if before[number] != after[number]} == lacked


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "u1", "isMfaRegistered": None}, {}),
        ({"id": "u1", "isMfaRegistered": "yes"}, {}),
        ({"id": "u1", "isMfaRegistered": False, "isMfaCapable": None}, {"u1": False}),
    ],
)
def test_what_the_report_leaves_open_is_not_known(row: Any, told: dict[str, bool]) -> None:
    assert _reported([row]) == told


def test_a_refusal_of_the_question_alone_leaves_it_unknown() -> None:
    """The accounts must not fail on it."""
    assert _reported([], status=400) is None


def test_a_row_that_says_not_whose_it_is() -> None:
    with pytest.raises(Unexpected):
        _reported([{"isMfaRegistered": True}])


def _reported(rows: list[Any], status: int = 200) -> Any:
    app = Flask("report")

    @app.get(f"/v1.0{REPORT}")
    def report() -> Any:
        refused = {"error": {"code": "BadRequest", "message": "Invalid filter clause."}}
        return jsonify({"value": rows} if status == 200 else refused), status

    @app.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Any:
        return {"access_token": "opaque", "expires_in": 3599}

    with serving(app) as url, microsoft(url) as connector:
        return of_admins(connector.graph)
