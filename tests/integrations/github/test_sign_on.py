"""Who is linked to the sign-on service that the organisation is set up for."""

from __future__ import annotations

import pytest

from steward.demo.company import Company
from steward.demo.controls import Controls
from steward.demo.vendors import github_graphql as simulated
from steward.demo.vendors.github_users import user_id
from steward.integrations.github.connector import GitHub
from steward.integrations.github.profiles import _is_linked
from steward.sdk.records import Account
from tests.integrations.github.tenant import read


def linked(url: str) -> dict[str, bool]:
    accounts = [a for a in read(url, "accounts") if isinstance(a, Account)]
    return {a.id: a.attributes["sso"] for a in accounts if "sso" in a.attributes}


def test_says_of_members_alone_whether_they_are_linked(
    url: str, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated, "signs_on", lambda human: human.number % 5 != 0)
    members = [
        h for h, u in company.users("github") if u.status != "disabled" and u.role != "guest"
    ]
    assert linked(url) == {str(user_id(human)): human.number % 5 != 0 for human in members}
    assert set(linked(url).values()) == {True, False}
    assert GitHub.tells_sso


def test_says_nothing_where_github_does_not_tell(url: str, controls: Controls) -> None:
    controls.missing_scopes = {"graphql"}
    assert linked(url) == {}


def test_says_nothing_where_the_organisation_has_no_sign_on_of_its_own(
    url: str, controls: Controls
) -> None:
    """An enterprise's is not the organisation's, and is not shown there."""
    controls.missing_scopes = {"saml"}
    assert linked(url) == {}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        (None, None),
        ([], False),
        ([{"samlIdentity": {"nameId": "ann"}, "scimIdentity": None}], True),
        ([{"samlIdentity": None, "scimIdentity": {"username": "ann"}}], None),
    ],
)
def test_what_is_open_is_not_known(
    nodes: list[dict[str, object]] | None, said: bool | None
) -> None:
    assert _is_linked(nodes) is said
