"""Apps and tokens that reach the organisation. Each list has a permission of its own, and one that
is refused costs the others nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors.github_access import APPS, SUSPENDED
from steward.demo.vendors.github_app import APP_ID, INSTALLATION
from steward.demo.vendors.github_users import ORG, user_id
from steward.integrations.github.connector import GitHub
from steward.inventory.holdings import Grant as Row
from steward.sdk.connector import Page
from steward.sdk.errors import Forbidden
from steward.sdk.records import Account, App, Grant
from steward.sync import acts, engine
from tests.integrations.github.tenant import TOKEN, github, read

PAT, OAUTH, USER = "personal-access-tokens", "oauth-app-tokens", "github-app-tokens"


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, private=True)


def as_app(key: RSAKey, controls: Controls) -> dict[str, Any]:
    controls.public_keys = {APP_ID: key.as_pem(private=False).decode()}
    own = {
        "app_id": APP_ID,
        "installation_id": str(INSTALLATION),
        "private_key": key.as_pem(private=True).decode(),
    }
    return {"auth": "app", "credentials": own}


def pages(connector: GitHub) -> list[Page[Any]]:
    try:
        return list(connector.grants(None))
    finally:
        connector.close()


def granted(records: list[Any], app: str) -> dict[str, set[str]]:
    """Scopes by account, of all the tokens somebody has."""
    found: dict[str, set[str]] = {}
    for record in records:
        if isinstance(record, Grant) and record.app == app:
            found.setdefault(record.account, set()).update(record.scopes)
    return found


def members(company: Company, every: int) -> set[str]:
    return {
        str(user_id(human))
        for human, use in company.users("github")
        if use.status != "disabled" and use.role != "guest" and human.number % every == 0
    }


def test_an_installed_app_is_let_in_for_everybody(url: str, controls: Controls) -> None:
    controls.page_cap = 2
    records = read(url, "grants")
    apps = {r.id: r for r in records if isinstance(r, App)}
    for number, (slug, permissions, _) in enumerate(APPS, 301):
        app, scopes = apps[str(number)], granted(records, str(number))
        assert (app.name, app.key, app.active) == (slug, slug, slug != SUSPENDED)
        assert scopes == {"": {f"{name}:{level}" for name, level in permissions.items()}}
    first = next(r for r in records if isinstance(r, Grant) and r.app == "301")
    assert first.granted_at == datetime(2024, 1, 16, 15, 47, 9, tzinfo=UTC)


def test_authorised_tokens_are_their_owners(url: str, company: Company) -> None:
    """SSH keys, tokens that have ended and those of nobody are no grants."""
    records = read(url, "grants")
    found = granted(records, PAT)
    assert set(found) == members(company, 6)
    assert {frozenset(scopes) for scopes in found.values()} == {frozenset({"repo", "workflow"})}
    assert set(granted(records, OAUTH)) == members(company, 5)
    assert set(granted(records, USER)) == members(company, 7)
    names = {r.name for r in records if isinstance(r, App)}
    assert "OAuth apps that GitHub does not name" in names
    used = {r.account for r in records if isinstance(r, Grant) and r.account and r.last_used_at}
    assert used


def test_fine_grained_tokens_are_shown_to_an_app(
    url: str, controls: Controls, company: Company, key: RSAKey
) -> None:
    assert set(granted(read(url, "grants"), PAT)) == members(company, 6)
    found = granted(read(url, "grants", **as_app(key, controls)), PAT)
    assert set(found) == members(company, 6) | members(company, 4)
    only_fine_grained = members(company, 4) - members(company, 6)
    assert {frozenset(found[account]) for account in only_fine_grained} == {
        frozenset({"members:read", "metadata:read", "contents:read"})
    }


@pytest.mark.parametrize(
    ("missing", "what", "said", "kept"),
    [
        ("installations", "GitHub Apps", "which apps are installed", PAT),
        ("credential-authorizations", "authorised credentials", "single sign-on", "301"),
        ("personal access tokens", "fine-grained tokens", "Personal access tokens: read", "301"),
        ("graphql", "authorised credentials", "GraphQL", "301"),
    ],
)
def test_a_list_that_is_refused_is_told_and_the_rest_is_read(
    url: str, controls: Controls, key: RSAKey, missing: str, what: str, said: str, kept: str
) -> None:
    controls.missing_scopes = {missing}
    found = pages(github(url, **as_app(key, controls)))
    problems = [problem for page in found for problem in page.problems]
    assert [problem.record for problem in problems] == [what]
    assert said in problems[0].reason
    assert granted([record for page in found for record in page.records], kept)


def test_an_organisation_without_single_sign_on_lacks_nothing(url: str, controls: Controls) -> None:
    controls.plan = "team"
    records = read(url, "grants")
    assert not {r.account for r in records if isinstance(r, Grant)} - {""}
    assert len([r for r in records if isinstance(r, App)]) == len(APPS)


def test_where_every_list_is_refused_the_permission_is_named(url: str, controls: Controls) -> None:
    controls.missing_scopes = {"installations", "credential-authorizations"}
    connector = github(url)
    with pytest.raises(Forbidden, match="no apps and no tokens") as refused:
        list(connector.grants(None))
    connector.close()
    assert refused.value.missing == ("read:org",)


def test_says_who_has_no_second_factor(url: str, company: Company, controls: Controls) -> None:
    controls.page_cap = 20
    accounts = [a for a in read(url, "accounts") if isinstance(a, Account)]
    without = {a.id for a in accounts if a.attributes["mfa"] is False}
    here = [human for human, use in company.users("github") if use.status != "disabled"]
    assert without == {str(user_id(human)) for human in here if human.number % 9 == 0}
    assert without


def test_says_nothing_of_second_factors_where_only_owners_are_told(
    url: str, controls: Controls
) -> None:
    controls.missing_scopes = {"2fa"}
    accounts = [a for a in read(url, "accounts") if isinstance(a, Account)]
    assert accounts
    told = {a.kind for a in accounts if "mfa" in a.attributes}
    assert "person" not in told


@pytest.mark.parametrize(
    ("role", "admin", "writes"),
    [("owner", True, True), ("member", False, True), ("outside collaborator", False, True)],
)
def test_knows_who_administers_and_who_writes(role: str, admin: bool, writes: bool) -> None:
    assert (GitHub.roles.is_admin(role), GitHub.roles.writes(role)) == (admin, writes)


@pytest.mark.django_db
def test_a_list_refused_later_withdraws_nothing(
    straight: str, controls: Controls, settings: Any
) -> None:
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    by = "admin@corp.example"
    instance = acts.connect(
        "github",
        name="GitHub",
        settings={"org": ORG, "url": straight},
        credentials={"token": TOKEN},
        auth="token",
        by=by,
    )
    engine.carry_out(acts.request_sync(instance, by=by).pk)
    held = Row.objects.filter(instance=instance.book, until=None)
    before = held.count()
    assert held.filter(app__external_id=PAT).exists()
    controls.missing_scopes = {"credential-authorizations"}
    run = acts.request_sync(instance, by=by)
    engine.carry_out(run.pk)
    instance.refresh_from_db()
    run.refresh_from_db()
    assert (instance.state, held.count()) == ("live", before)
    told = run.progress["grants"]
    assert (told["state"], told["set_aside"]) == ("ok", 1)
    assert "single sign-on" in told["problems"][0]["reason"]
