"""Accounts past the sign-on service, by what the service says and by what their own app says."""

import pytest

from steward.sdk import records as r
from steward.sdk.catalogue import integrations
from tests.insight.conftest import account
from tests.insight.test_findings import found, one, outsider

pytestmark = pytest.mark.django_db


def test_an_account_past_the_sign_on_service_is_found(app, directory, monkeypatch):
    monkeypatch.setattr(integrations()["scripted_directory"], "needs_assignment", True)
    signs = [r.App(id="s", name="Scripted"), r.Assignment(app="s", account="ann")]
    sign_on = directory("Sign-on", account("ann"), account("bea"), account("cid"), apps=signs)
    app(
        "App",
        account("ann"),
        account("bea"),
        account("cid", status="disabled"),
        account("robot", kind="service"),
        outsider("pat"),
    )
    assert found("password-only") == {"Bea": "medium"}
    more = [*signs, r.Assignment(app="s", account="bea")]
    sign_on.now_says(account("ann"), account("bea"), account("cid"), apps=more)
    assert found("password-only") == {}
    sign_on.now_says(account("ann"), account("bea"), account("cid"), apps=signs[:1])
    assert found("password-only") == {}, "where nobody is assigned it, nothing is known"


def test_an_app_that_says_who_is_not_linked_is_believed(app, directory, monkeypatch):
    """Where it does not say, or the person is not here, nothing is found; once a person."""
    directory("Staff", *map(account, ("ann", "bea", "cid", "dan")))
    linked, unlinked = {"sso": True}, {"sso": False}
    app(
        "App",
        account("ann", attributes=linked),
        account("bea", attributes=unlinked),
        account("cid", attributes=unlinked, role="owner"),
        account("dan"),
        account("eve", attributes=unlinked),
        account("robot", kind="service", attributes=unlinked),
    )
    assert found("password-only") == {}
    monkeypatch.setattr(integrations()["scripted"], "tells_sso", True)
    assert found("password-only") == {"Bea": "medium", "Cid": "high"}
    assert "App is set up for a sign-on service" in one("Bea").said
    assert one("Bea").evidence["linked_to_sign_on"] is False
    monkeypatch.setattr(integrations()["scripted_directory"], "needs_assignment", True)
    signs = [r.App(id="s", name="Scripted"), r.Assignment(app="s", account="ann")]
    directory("Sign-on", *map(account, ("ann", "bea", "cid", "dan")), apps=signs)
    assert found("password-only") == {"Bea": "medium", "Cid": "high", "Dan": "medium"}
