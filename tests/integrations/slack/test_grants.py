"""Third-party apps: what Slack's log has to say of them, folded into what holds now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import slack as simulated
from steward.demo.vendors.slack_apps import APPS, LetIn, of_their_own
from steward.demo.vendors.slack_team import user_id
from steward.sdk.catalogue import scopes_known_by
from steward.sdk.errors import Unexpected
from steward.sdk.records import App, Grant, Record
from tests.integrations.slack.tenant import NOW, read, slack

ALICE, BOB = "U00000001", "U00000002"


def entry(change: str, scope: str = "chat:write", by: str = ALICE, **more: Any) -> dict[str, Any]:
    """Of the log, whose entries tests give the newest first, an hour apart."""
    app = {"app_id": "A1", "app_type": "Owl"} if "service_id" not in more else {}
    return {"change_type": change, "scope": scope, "user_id": by, "user_name": by, **app, **more}


@contextmanager
def logged(company: Company, monkeypatch: Any, *entries: dict[str, Any]) -> Iterator[str]:
    def log(*_: Any) -> list[dict[str, Any]]:
        dated = ((NOW - timedelta(hours=n), told) for n, told in enumerate(entries))
        return [{"date": str(int(at.timestamp())), **told} for at, told in dated]

    monkeypatch.setattr(simulated, "log", log)
    with serving(simulated.simulator(company, Controls())) as url:
        yield url


def held(records: list[Record]) -> dict[tuple[str, str], set[str]]:
    """Scopes by app and whose they are, as the engine puts them together."""
    found: dict[tuple[str, str], set[str]] = {}
    for record in records:
        if isinstance(record, Grant):
            found.setdefault((record.app, record.account), set()).update(record.scopes)
    return found


def expected(company: Company) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for app in APPS:
        if not app.is_there or app.more.get("rss_feed"):
            continue
        own = [user_id(human.number) for human in of_their_own(app, company.users("slack"))]
        for who in own if app.every else [""]:
            found[app.id, who] = _scopes(app)
    return found


def _scopes(app: LetIn) -> set[str]:
    grown = app.grown.split(",") if app.grown else []
    return {*app.scopes.split(","), *grown}


@pytest.mark.parametrize("page_cap", [None, 7])
def test_what_is_let_in_now_and_to_whom(
    url: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    records = read(url, "grants")
    assert held(records) == expected(company)
    names = [(record.id, record.name) for record in records if isinstance(record, App)]
    there = {app for app, _ in expected(company)}
    assert sorted(names) == sorted((app.id, app.name) for app in APPS if app.id in there)


def test_who_agreed_last_is_told_once_however_often_it_was(
    company: Company, monkeypatch: Any
) -> None:
    """A change of settings is no consent; the older ones only add what they gave."""
    story = (
        entry("updated", "bot", BOB),
        entry("expanded", "bot,files:read"),
        entry("added", "bot,commands", BOB),
    )
    with logged(company, monkeypatch, *story) as url:
        grants = [record for record in read(url, "grants") if isinstance(record, Grant)]
    at = NOW - timedelta(hours=1)
    told = [(grant.granted_at, grant.granted_by) for grant in grants]
    assert told == [(None, ""), (at, ALICE), (None, "")]


def test_every_scope_but_the_made_up_one_is_explained(url: str) -> None:
    known = scopes_known_by("slack")
    scopes = {s for r in read(url, "grants") if isinstance(r, Grant) for s in r.scopes}
    assert {scope for scope in scopes if known.of(scope) is None} == {"standups:collect"}


@pytest.mark.parametrize("page_cap", [5, 20])
def test_goes_on_from_any_page(straight: str, controls: Controls, page_cap: int) -> None:
    controls.page_cap = page_cap
    whole = read(straight, "grants")
    connector = slack(straight)
    seen: list[Record] = []
    for page in connector.grants(None):
        seen += page.records
        rest = read(straight, "grants", json.loads(json.dumps(page.cursor))) if page.cursor else []
        assert [*seen, *rest] == whole
    connector.close()


def test_entries_that_come_meanwhile_move_pages_and_nothing_is_lost(
    straight: str, controls: Controls, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last entries of each page are then shown again at the head of the next."""
    controls.page_cap = 9
    log, newer = simulated.log, [entry("added", app_id="A99", date=str(int(NOW.timestamp())))]
    connector = slack(straight)
    seen: list[Record] = []
    for page in connector.grants(None):
        seen += page.records
        more = [*newer]
        monkeypatch.setattr(simulated, "log", lambda *given, more=more: more + log(*given))
        newer *= 2
        assert not page.problems
        if len(newer) > 8:
            break
    seen += read(straight, "grants", page.cursor) if page.cursor else []
    connector.close()
    assert {key: has for key, has in held(seen).items() if key[0] != "A99"} == expected(company)


@pytest.mark.parametrize(
    ("story", "is_there"),
    [
        (("removed", "added"), False),
        (("added", "removed", "added"), True),
        (("disabled", "added"), False),
        (("enabled", "disabled", "added"), True),
        (("enabled", "disabled", "enabled", "disabled", "added"), True),
        (("disabled", "enabled", "added"), False),
        (("removed", "enabled", "disabled", "added"), False),
        (("updated", "disabled", "added"), True),
        (("expanded", "added"), True),
        (("updated",), True),
        (("requested", "removed", "added"), False),
    ],
)
def test_the_newest_word_holds(
    company: Company, monkeypatch: Any, story: tuple[str, ...], is_there: bool
) -> None:
    with logged(company, monkeypatch, *map(entry, story)) as url:
        assert bool(held(read(url, "grants"))) is is_there


@pytest.mark.parametrize(
    ("scope", "whose"),
    [
        ("chat:write,channels:history", {"": {"chat:write", "channels:history"}}),
        ("channels:history,search:read", {ALICE: {"channels:history", "search:read"}}),
        ("identify,bot,commands", {"": {"bot", "commands"}, ALICE: {"identify"}}),
        ("identify,chat:write:user", {ALICE: {"identify", "chat:write:user"}}),
        ("admin,users:read", {"": {"admin", "users:read"}}),
        ("", {"": set()}),
    ],
)
def test_whose_data_it_is(
    company: Company, monkeypatch: Any, scope: str, whose: dict[str, set[str]]
) -> None:
    """A scope that only a member's token can have says that it is the member's data."""
    with logged(company, monkeypatch, entry("added", scope)) as url:
        assert held(read(url, "grants")) == {("A1", who): has for who, has in whose.items()}


def test_one_member_takes_back_what_is_theirs(company: Company, monkeypatch: Any) -> None:
    own = "search:read"
    story = (entry("disabled", own, BOB), entry("added", own, BOB), entry("added", own, ALICE))
    with logged(company, monkeypatch, *story) as url:
        assert held(read(url, "grants")) == {("A1", ALICE): {own}}


def test_an_app_that_is_removed_ends_for_all(company: Company, monkeypatch: Any) -> None:
    own = "search:read"
    story = (entry("removed", "bot", BOB), entry("added", own, BOB), entry("added", own, ALICE))
    with logged(company, monkeypatch, *story) as url:
        assert read(url, "grants") == []


def test_an_older_service_is_known_by_its_own_number(company: Company, monkeypatch: Any) -> None:
    hook = {"service_id": 77, "service_type": "Webhook"}
    other = {"service_id": 78, "service_type": "Webhook"}
    story = (entry("disabled", **other), entry("added", **hook), entry("added", **other))
    with logged(company, monkeypatch, *story) as url:
        records = read(url, "grants")
    assert [(r.id, r.name) for r in records if isinstance(r, App)] == [("77", "Webhook")]
    assert held(records) == {("77", ""): {"chat:write"}}


def test_an_entry_without_an_app_is_set_aside_alone(company: Company, monkeypatch: Any) -> None:
    nameless = {"change_type": "added", "scope": "bot", "user_id": ALICE}
    with logged(company, monkeypatch, nameless, entry("added")) as url:
        connector = slack(url)
        (page,) = connector.grants(None)
        connector.close()
    assert len(page.problems) == 1
    assert held(list(page.records)) == {("A1", ""): {"chat:write"}}


def test_a_log_that_never_ends_is_found_out(company: Company, monkeypatch: Any) -> None:
    def stuck(_: Any, name: str, found: Any) -> Any:
        return simulated.jsonify({"ok": True, name: found[:1]})

    with logged(company, monkeypatch, entry("added")) as url:
        monkeypatch.setattr(simulated, "numbered", stuck)
        with pytest.raises(Unexpected, match="never ends"):
            read(url, "grants")
