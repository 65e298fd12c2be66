"""Third-party apps: consents of people, what administrators permitted, and service integrations."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Response, abort
from joserfc.jwk import RSAKey

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors import okta as simulated
from steward.demo.vendors import okta_grants as let_in
from steward.demo.vendors.okta_answers import app_id, user_id
from steward.integrations.okta.grants import PATIENCE, SIZE
from steward.sdk.catalogue import scopes_known_by
from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sdk.records import App, Grant
from tests.integrations.okta.tenant import okta, pages, read, read_until_refused

CLIENT = "0oaServiceApp00x7"
Held = dict[tuple[str, str], tuple[str, ...]]


def held(records: list[Any]) -> Held:
    """Scopes by the app's name and whose they are; each of them is told once."""
    apps = {record.id: record.name for record in records if isinstance(record, App)}
    grants = [record for record in records if isinstance(record, Grant)]
    found = {(apps[grant.app], grant.account): grant.scopes for grant in grants}
    assert len(found) == len(grants)
    return found


def consents(company: Company) -> Held:
    return {
        (app.name, user_id(human)): tuple(sorted(app.scopes))
        for human, use in company.users("okta")
        for app in let_in.CONSENTED
        if app.is_of(human) and use.status != "disabled"
    }


PERMITTED: Held = {
    (one.name, ""): tuple(sorted(one.scopes)) for one in let_in.MACHINES if one.scopes
}


@pytest.fixture
def service_app(controls: Controls) -> dict[str, str]:
    key = RSAKey.generate_key(2048, private=True)
    controls.public_keys = {CLIENT: key.as_pem(private=False).decode()}
    return {"client_id": CLIENT, "private_key": key.as_pem(private=True).decode()}


@pytest.mark.parametrize("page_cap", [None, 70, 2])
def test_who_let_in_what_and_what_administrators_permitted(
    described: str, controls: Controls, company: Company, page_cap: int | None
) -> None:
    controls.page_cap = page_cap
    with okta(described) as connector:
        records = read(connector, "grants")
    assert held(records) == consents(company) | PERMITTED
    assert len(consents(company)) > 20


def test_apps_have_the_ids_under_which_they_are_assigned(straight: str, company: Company) -> None:
    with okta(straight) as connector:
        apps = {r.name: r.id for r in read(connector, "grants") if isinstance(r, App)}
        assigned = {r.name: r.id for r in read(connector, "apps") if isinstance(r, App)}
    notion = next(app_id(one) for one in company.sso if one.key == "notion")
    assert apps["Notion"] == assigned["Notion"] == notion
    assert apps["Partner Portal"] == let_in.CONSENTED[2].client_id


def test_who_agreed_and_when(straight: str, company: Company) -> None:
    with okta(straight) as connector:
        records = read(connector, "grants")
    names = {record.id: record.name for record in records if isinstance(record, App)}
    grants = [record for record in records if isinstance(record, Grant)]
    owner = next(user_id(h) for h, u in company.users("okta") if u.role == "owner")
    assert all(grant.granted_at for grant in grants)
    assert {grant.granted_by for grant in grants if not grant.account} == {owner}
    assert all(grant.granted_by == grant.account for grant in grants if grant.account)
    bridge = next(grant for grant in grants if names[grant.app] == "Roster Bridge")
    assert bridge.granted_at is not None
    assert (bridge.granted_at - let_in.MADE).total_seconds() == (24 + 2) * 3600


def test_every_scope_of_okta_is_explained(straight: str) -> None:
    known = scopes_known_by("okta")
    with okta(straight) as connector:
        scopes = {s for r in read(connector, "grants") if isinstance(r, Grant) for s in r.scopes}
    assert {scope for scope in scopes if known.of(scope) is None} == {"orders:read"}


def test_service_integrations_are_read_by_a_service_app(
    straight: str, service_app: Any, controls: Controls
) -> None:
    with okta(straight, auth="oauth", credentials=service_app) as connector:
        records = read(connector, "grants")
    assert held(records)["Threat Watch", ""] == let_in.SERVICES[0].scopes
    controls.missing_scopes = {"okta.oauthIntegrations.read"}
    with okta(straight, auth="oauth", credentials=service_app) as connector:
        assert ("Threat Watch", "") not in held(read(connector, "grants"))


def test_steward_and_okta_itself_are_no_third_party(straight: str, service_app: Any) -> None:
    machine = let_in.MACHINES[0]
    credentials = {**service_app, "client_id": machine.id}
    with okta(straight, credentials={"token": "demo-token", **credentials}) as connector:
        assert (machine.name, "") not in held(read(connector, "grants"))


def test_nobody_is_asked_where_no_app_could_have_asked_them(
    straight: str, controls: Controls, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = simulated.answers.app
    monkeypatch.setattr(
        simulated.answers, "app", lambda one, base: rows(one, base) | {"status": "INACTIVE"}
    )
    with okta(straight) as connector:
        assert held(read(connector, "grants")) == PERMITTED
    assert controls.requests == 1 + sum(1 for _ in (*let_in.MACHINES, "notion", "miro"))


def test_without_the_scope_consents_are_read_and_the_scope_is_named(
    described: str, controls: Controls, company: Company
) -> None:
    controls.missing_scopes = {"okta.appGrants.read"}
    with okta(described) as connector:
        error, records = read_until_refused(connector, "grants")
    assert isinstance(error, Forbidden)
    assert error.missing == ("okta.appGrants.read",)
    assert held(records) == consents(company)


def test_what_was_revoked_is_left_out(straight: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = let_in._grant

    def revoked(client: str, name: str, scope: str, *more: Any) -> dict[str, Any]:
        row = told(client, name, scope, *more)
        return row | ({"status": "REVOKED"} if scope in ("openid", "okta.logs.read") else {})

    monkeypatch.setattr(let_in, "_grant", revoked)
    with okta(straight) as connector:
        found = held(read(connector, "grants"))
    assert ("Log Shipper", "") not in found
    assert all("openid" not in scopes for scopes in found.values())
    assert found


def asked(company: Company) -> list[str]:
    return [user_id(human) for human, use in company.users("okta") if use.status != "disabled"]


def failing_for(monkeypatch: pytest.MonkeyPatch, who: set[str], status: int) -> None:
    """Okta answers nothing of use for these users, and for all others as it should."""
    told = let_in.consents

    def consents(company: Company, human: Any, base: str) -> Any:
        if user_id(human) in who:
            abort(Response("gone wrong", status))
        return told(company, human, base)

    monkeypatch.setattr(let_in, "consents", consents)


@pytest.mark.parametrize(("status", "problem"), [(500, "out of order"), (400, "400")])
def test_a_user_for_whom_okta_fails_is_set_aside(
    straight: str, company: Company, monkeypatch: pytest.MonkeyPatch, status: int, problem: str
) -> None:
    """Also when it is the very first one that is asked for."""
    failing = {asked(company)[0], asked(company)[120]}
    failing_for(monkeypatch, failing, status)
    with okta(straight) as connector:
        found = pages(connector, "grants")
    problems = {p.record: p.reason for page in found for p in page.problems}
    assert set(problems) == failing
    assert all(problem in reason for reason in problems.values())
    records = [record for page in found for record in page.records]
    left = {key: has for key, has in consents(company).items() if key[1] not in failing}
    assert held(records) == left | PERMITTED


@pytest.mark.parametrize(("status", "kind"), [(500, Unavailable), (400, Unexpected)])
def test_when_okta_fails_one_after_another_it_is_not_about_a_user(
    straight: str, company: Company, monkeypatch: pytest.MonkeyPatch, status: int, kind: Any
) -> None:
    failing_for(monkeypatch, set(asked(company)[60 : 60 + PATIENCE]), status)
    with okta(straight) as connector:
        error, _ = read_until_refused(connector, "grants")
    assert isinstance(error, kind)


@pytest.mark.parametrize(
    ("broken", "kind"),
    [("html", Unexpected), ("half", Unexpected), ("empty", Unexpected), ("500", Unavailable)],
)
def test_broken_answers_in_the_middle_end_the_read(
    straight: str, controls: Controls, broken: Any, kind: type[Exception]
) -> None:
    controls.broken, controls.broken_after = broken, 2 * SIZE
    with okta(straight) as connector:
        error, records = read_until_refused(connector, "grants")
    assert isinstance(error, kind)
    assert records


def test_a_token_revoked_in_the_middle(described: str, controls: Controls) -> None:
    controls.revoke_after = 2 * SIZE
    with okta(described) as connector:
        error, records = read_until_refused(connector, "grants")
    assert isinstance(error, Unauthorized)
    assert records


def test_a_user_who_is_deleted_meanwhile_is_no_problem(
    straight: str, controls: Controls, company: Company
) -> None:
    people = company.users("okta")
    gone = next(human for human, _ in people if let_in.CONSENTED[2].is_of(human))
    users = simulated.answers.user

    def listed(*given: Any) -> dict[str, Any]:
        controls.hidden = {gone.id}
        return users(*given)

    with pytest.MonkeyPatch.context() as patch, okta(straight) as connector:
        patch.setattr(simulated.answers, "user", listed)
        found = held(read(connector, "grants"))
    assert ("Partner Portal", user_id(gone)) not in found
    assert len(found) > 20


@pytest.mark.parametrize("page_cap", [None, 60])
def test_goes_on_from_any_page(straight: str, controls: Controls, page_cap: int | None) -> None:
    controls.page_cap = page_cap
    with okta(straight) as connector:
        whole = pages(connector, "grants")
        everything = held([record for page in whole for record in page.records])
        assert max(len([r for r in p.records if isinstance(r, Grant)]) for p in whole) <= 3 * SIZE
        for number, page in enumerate(whole[:-1]):
            begun = [record for page in whole[: number + 1] for record in page.records]
            rest = read(connector, "grants", page.cursor) if page.cursor else []
            assert page.cursor is not None
            assert held([*begun, *rest]) == everything


def test_haste_in_the_middle_loses_nobody(
    straight: str, controls: Controls, company: Company
) -> None:
    """A pause is about everybody, so nobody is set aside; the read goes on where it was."""
    with okta(straight) as connector:
        first = next(iter(connector.grants(None)))
        controls.rate_limit = (20, 600.0)
        with pytest.raises(Unavailable):
            list(connector.grants(first.cursor))
    controls.rate_limit = None
    with okta(straight) as connector:
        rest = read(connector, "grants", first.cursor)
    assert held([*first.records, *rest]) == consents(company) | PERMITTED


def test_the_last_one_read_is_deleted_before_the_read_goes_on(
    straight: str, controls: Controls, company: Company
) -> None:
    """Then that page of users is asked for again; nobody is passed over."""
    with okta(straight) as connector:
        first = next(iter(connector.grants(None)))
        last = first.cursor["at"]["done"]
        controls.hidden = {human.id for human in company.people if user_id(human) == last}
        rest = read(connector, "grants", first.cursor)
    accounts = {r.account for r in (*first.records, *rest) if isinstance(r, Grant)}
    assert {who for _, who in consents(company)} - {last} <= accounts
