"""A consent, page by page, with a real OpenID provider on the other side."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from steward.inventory import vault
from steward.inventory.consent import AppClient, ConsentAsked
from steward.inventory.instance import Instance
from tests.web.consenting import (
    BACK,
    CONNECT,
    SECRET,
    address,
    came_back,
    connected,
    form,
    signed_in,
    synced,
)

pytestmark = pytest.mark.django_db


def test_an_admin_agrees_at_the_app_and_is_led_to_the_instance(oauth_admin, provider):
    page = oauth_admin.post(CONNECT, form(provider))
    asked = parse_qs(urlsplit(address(page)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid groups offline_access"]
    assert asked["redirect_uri"] == [BACK]
    assert SECRET not in page.content.decode()
    came_back(oauth_admin, provider.agree(address(page)))
    instance = synced(Instance.objects.get())
    assert (instance.state, instance.every_hours) == ("live", 12)
    assert instance.created_by.email == "admin@corp.example"
    assert instance.scopes == ["groups", "offline_access", "openid"]
    assert vault.open_credential(instance)[1] == {"client_id": None, "client_secret": None}


def test_who_declines_is_told_and_has_nothing_to_type_again(oauth_admin, provider):
    page = oauth_admin.post(CONNECT, form(provider, name="Typed"))
    back = came_back(oauth_admin, provider.agree(address(page), declines=True))
    assert back.url == CONNECT
    text = oauth_admin.get(back.url).content.decode()
    assert "was not given the consent" in text
    assert 'value="Typed"' in text
    assert provider.url in text
    assert not Instance.objects.exists()


@pytest.mark.parametrize("who", ["again", "somebody else", "another browser", "too late"])
def test_an_answer_counts_once_for_who_asked(oauth_admin, provider, who):
    where = provider.agree(address(oauth_admin.post(CONNECT, form(provider))))
    client = oauth_admin
    if who == "again":
        came_back(oauth_admin, where)
        Instance.objects.all().delete()
    elif who == "somebody else":
        client = signed_in("other@corp.example")
    elif who == "another browser":
        client = signed_in()
    else:
        ConsentAsked.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    asked = len(provider.control())
    refused = came_back(client, where)
    assert "belongs to no question" in client.get(refused.url).content.decode()
    assert not Instance.objects.exists()
    assert len(provider.control()) == asked


def test_an_answer_from_elsewhere_is_not_used(oauth_admin, provider):
    where = provider.agree(address(oauth_admin.post(CONNECT, form(provider))))
    asked = len(provider.control())
    came_back(oauth_admin, re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", where))
    assert "did not come from" in oauth_admin.get(CONNECT).content.decode()
    assert len(provider.control()) == asked


def test_without_an_oauth_app_nobody_is_sent_anywhere(provider):
    page = signed_in().post(CONNECT, form(provider))
    assert "No OAuth app is known for Consented." in page.content.decode()
    assert page.status_code == 422
    assert not ConsentAsked.objects.exists()


def test_an_oauth_app_of_its_own_stays_when_an_admin_agrees_anew(provider):
    client = signed_in()
    own = {"credentials.oauth.client_id": "other"}
    secret = {"credentials.oauth.client_secret": "secret/of other"}
    instance = synced(connected(client, provider, **own, **secret))
    path = f"/instances/{instance.pk}/credential/"
    text = client.get(path).content.decode()
    assert 'value="other"' in text
    assert "secret/of other" not in text
    page = client.post(path, {"settings.issuer": provider.url, **own})
    came_back(client, provider.agree(address(page)))
    instance.refresh_from_db()
    assert (synced(instance).state, instance.connection) == ("live", 2)
    kept = {"client_id": "other", "client_secret": "secret/of other"}
    assert vault.open_credential(instance)[1] == kept


def test_a_test_shows_who_answers_and_asks_no_second_time(oauth_admin, provider):
    provider.control(withhold="groups")
    page = oauth_admin.post(CONNECT, form(provider, do="test"))
    back = came_back(oauth_admin, provider.agree(address(page)))
    text = oauth_admin.get(back.url).content.decode()
    assert "Provider answered" in text
    assert "groups" in text
    assert not Instance.objects.exists()
    assert (
        oauth_admin.post(CONNECT, form(provider)).url == f"/instances/{Instance.objects.get().pk}/"
    )


@pytest.mark.parametrize("answer", ["existing", "second"])
def test_the_same_tenant_twice_is_asked_about_after_the_consent(oauth_admin, provider, answer):
    first = connected(oauth_admin, provider)
    page = oauth_admin.post(CONNECT, form(provider, name="Second"))
    question = came_back(oauth_admin, provider.agree(address(page))).url
    assert "This tenant is connected already" in oauth_admin.get(question).content.decode()
    chosen = str(first.pk) if answer == "existing" else answer
    oauth_admin.post(question, {"answer": chosen})
    first.refresh_from_db()
    assert Instance.objects.count() == (2 if answer == "second" else 1)
    assert first.connection == (2 if answer == "existing" else 1)
    assert synced(first).state == "live"


def test_the_app_client_is_entered_under_settings(provider):
    client = signed_in()
    text = client.get("/settings/clients/").content.decode()
    assert BACK in text
    entered = {"integration": "scripted_consent", "client_id": "one", "client_secret": SECRET}
    assert (
        "is needed"
        in client.post("/settings/clients/", entered | {"client_id": ""}).content.decode()
    )
    client.post("/settings/clients/", entered)
    shown = client.get("/settings/clients/").content.decode()
    assert 'value="one"' in shown
    assert SECRET not in shown
    assert SECRET.encode() not in bytes(AppClient.objects.get().secret)
    connected(client, provider)
    removed = client.post("/settings/clients/scripted_consent/remove/", follow=True)
    assert "is used by “Corp”" in removed.content.decode()
    assert AppClient.objects.exists()
