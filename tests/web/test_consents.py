"""A consent, page by page, with a real OpenID provider on the other side."""

import re
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from django.test import Client
from django.utils import timezone

from steward.inventory import vault
from steward.inventory.consent import AppClient, ConsentAsked
from steward.inventory.instance import Instance, Moment
from steward.inventory.member import Member
from steward.sync import acts, engine
from tests.servers import oidc

pytestmark = pytest.mark.django_db
BACK = "http://steward.example/integrations/consent/"
CONNECT = "/integrations/scripted_consent/connect/"
SECRET = "secret/of one"


@pytest.fixture(scope="module")
def provider():
    with oidc.serving(BACK) as made:
        yield made


@pytest.fixture(autouse=True)
def _ours(settings, scripted_integration, provider):
    settings.STEWARD_BASE_URL = "http://steward.example"
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    provider.control(down="no", withhold="")


def signed_in(email="admin@corp.example"):
    member, _ = Member.objects.get_or_create(email=email, defaults={"role": "admin"})
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin():
    acts.set_client("scripted_consent", "one", SECRET, "admin@corp.example")
    return signed_in()


def form(provider, **more):
    return {
        "name": "Corp",
        "every_hours": "12",
        "settings.issuer": provider.url,
        "do": "connect",
        **more,
    }


def address(page):
    """Where the page leads; the browser goes there by itself."""
    link = unescape(re.search(r'href="(http[^"]+/auth\?[^"]+)"', page.content.decode())[1])
    assert page.headers["Refresh"] == f"0; url={link}"
    return link


def came_back(client, where):
    assert where.startswith(BACK)
    return client.get(where.removeprefix("http://steward.example"))


def connected(client, provider, **more):
    page = client.post(CONNECT, form(provider, **more))
    back = came_back(client, provider.agree(address(page)))
    instance = Instance.objects.get()
    assert back.url == f"/instances/{instance.pk}/"
    return instance


def synced(instance):
    run = acts.request_sync(instance, by="admin@corp.example")
    engine.carry_out(run.pk)
    instance.refresh_from_db()
    return instance


def test_an_admin_agrees_at_the_app_and_is_led_to_the_instance(admin, provider):
    page = admin.post(CONNECT, form(provider))
    asked = parse_qs(urlsplit(address(page)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid groups offline_access"]
    assert asked["redirect_uri"] == [BACK]
    assert SECRET not in page.content.decode()
    came_back(admin, provider.agree(address(page)))
    instance = synced(Instance.objects.get())
    assert (instance.state, instance.every_hours) == ("live", 12)
    assert instance.created_by.email == "admin@corp.example"
    assert instance.scopes == ["groups", "offline_access", "openid"]
    assert vault.open_credential(instance)[1] == {"client_id": None, "client_secret": None}


def test_who_declines_is_told_and_has_nothing_to_type_again(admin, provider):
    page = admin.post(CONNECT, form(provider, name="Typed"))
    back = came_back(admin, provider.agree(address(page), declines=True))
    assert back.url == CONNECT
    text = admin.get(back.url).content.decode()
    assert "was not given the consent" in text
    assert 'value="Typed"' in text
    assert provider.url in text
    assert not Instance.objects.exists()


@pytest.mark.parametrize("who", ["again", "somebody else", "another browser", "too late"])
def test_an_answer_counts_once_for_who_asked(admin, provider, who):
    where = provider.agree(address(admin.post(CONNECT, form(provider))))
    client = admin
    if who == "again":
        came_back(admin, where)
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


def test_an_answer_from_elsewhere_is_not_used(admin, provider):
    where = provider.agree(address(admin.post(CONNECT, form(provider))))
    asked = len(provider.control())
    came_back(admin, re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", where))
    assert "did not come from" in admin.get(CONNECT).content.decode()
    assert len(provider.control()) == asked


def test_without_an_oauth_app_nobody_is_sent_anywhere(provider):
    page = signed_in().post(CONNECT, form(provider))
    assert "No OAuth app is known for Consented." in page.content.decode()
    assert page.status_code == 422
    assert not ConsentAsked.objects.exists()


def test_an_instance_may_have_an_oauth_app_of_its_own(provider):
    own = {
        "credentials.oauth.client_id": "other",
        "credentials.oauth.client_secret": "secret/of other",
    }
    instance = connected(signed_in(), provider, **own)
    assert synced(instance).state == "live"
    assert vault.open_credential(instance)[1]["client_id"] == "other"


def test_a_test_shows_who_answers_and_asks_no_second_time(admin, provider):
    provider.control(withhold="groups")
    page = admin.post(CONNECT, form(provider, do="test"))
    back = came_back(admin, provider.agree(address(page)))
    text = admin.get(back.url).content.decode()
    assert "Provider answered" in text
    assert "groups" in text
    assert not Instance.objects.exists()
    assert admin.post(CONNECT, form(provider)).url == f"/instances/{Instance.objects.get().pk}/"


def test_what_was_not_granted_is_named_at_its_stream(admin, provider):
    provider.control(withhold="groups")
    instance = connected(admin, provider)
    stream = instance.streams.get(name="groups")
    assert (stream.state, stream.missing) == ("not_permitted", ["groups"])
    assert synced(instance).state == "live"
    assert instance.streams.get(name="groups").missing == ["groups"]


def expire(instance):
    tokens = vault.StoredTokens(instance)
    tokens.save({**tokens.load(), "expires": time.time()})


def test_a_scope_taken_away_later_is_named_after_the_next_refresh(admin, provider):
    instance = synced(connected(admin, provider))
    assert instance.streams.get(name="groups").state == "ok"
    expire(instance)
    provider.control(narrow="groups")
    assert synced(instance).state == "live"
    assert instance.streams.get(name="groups").missing == ["groups"]
    assert instance.scopes == ["offline_access", "openid"]


def test_a_refresh_rotates_the_refresh_token(admin, provider):
    instance = connected(admin, provider)
    first = vault.StoredTokens(instance).load()["refresh_token"]
    for _ in range(2):
        expire(instance)
        assert synced(instance).state == "live"
    used = [q["token"] for q in provider.control() if q["grant"] == "refresh_token"][-2:]
    assert used[0] == first
    assert len({*used, vault.StoredTokens(instance).load()["refresh_token"]}) == 3


def test_a_token_endpoint_that_is_down_revokes_nothing(admin, provider):
    instance = synced(connected(admin, provider))
    expire(instance)
    provider.control(down="yes")
    assert synced(instance).state == "failing"
    provider.control(down="no")
    assert synced(instance).state == "live"


@pytest.mark.parametrize("how", ["who gave it has left", "it is revoked"])
def test_a_consent_that_is_withdrawn_revokes_and_says_what_to_do(admin, provider, how):
    instance = synced(connected(admin, provider))
    expire(instance)
    if how == "it is revoked":
        refresh = vault.StoredTokens(instance).load()["refresh_token"]
        who = ("one", quote(SECRET, safe=""))
        httpx2.post(f"{provider.url}/token/revocation", data={"token": refresh}, auth=who)
    else:
        provider.control(leave="yes")
    assert synced(instance).state == "revoked"
    assert "An admin of the app connects this instance once more." in instance.reason
    assert Moment.objects.filter(event="refused").count() == 1


def test_a_secret_that_was_rotated_is_told_and_mended_in_one_place(admin, provider):
    instance = synced(connected(admin, provider))
    expire(instance)
    acts.set_client("scripted_consent", "one", "another", "admin@corp.example")
    assert synced(instance).state == "revoked"
    assert "its secret or key is not the right one any more" in instance.reason
    acts.set_client("scripted_consent", "one", SECRET, "admin@corp.example")
    acts.edit(instance, by="admin@corp.example", status="live")
    assert synced(instance).state == "live"


def test_an_admin_agrees_anew_for_an_instance_that_was_revoked(admin, provider):
    instance = synced(connected(admin, provider))
    expire(instance)
    provider.control(leave="yes")
    assert synced(instance).state == "revoked"
    page = admin.post(f"/instances/{instance.pk}/credential/", {"settings.issuer": provider.url})
    back = came_back(admin, provider.agree(address(page), name="bea"))
    assert back.url == f"/instances/{instance.pk}/"
    instance.refresh_from_db()
    assert (instance.state, instance.connection) == ("pending", 2)
    assert synced(instance).state == "live"


def test_a_reconnect_that_is_declined_leads_back_to_its_form(admin, provider):
    instance = synced(connected(admin, provider))
    path = f"/instances/{instance.pk}/credential/"
    page = admin.post(path, {"settings.issuer": provider.url})
    back = came_back(admin, provider.agree(address(page), declines=True))
    assert back.url == path
    assert "was not given the consent" in admin.get(path).content.decode()
    assert synced(instance).state == "live"


@pytest.mark.parametrize("answer", ["existing", "second"])
def test_the_same_tenant_twice_is_asked_about_after_the_consent(admin, provider, answer):
    first = connected(admin, provider)
    page = admin.post(CONNECT, form(provider, name="Second"))
    question = came_back(admin, provider.agree(address(page))).url
    assert "This tenant is connected already" in admin.get(question).content.decode()
    chosen = str(first.pk) if answer == "existing" else answer
    admin.post(question, {"answer": chosen})
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
