"""What becomes of a consent: renewed, narrowed, withdrawn, given anew."""

from urllib.parse import quote

import httpx2
import pytest

from steward.inventory import vault
from steward.inventory.instance import Moment
from steward.sync import acts
from tests.web.consenting import SECRET, address, came_back, connected, expire, synced

pytestmark = pytest.mark.django_db


def test_what_was_not_granted_is_named_at_its_stream(oauth_admin, provider):
    provider.control(withhold="groups")
    instance = connected(oauth_admin, provider)
    stream = instance.streams.get(name="groups")
    assert (stream.state, stream.missing) == ("not_permitted", ["groups"])
    assert synced(instance).state == "live"
    assert instance.streams.get(name="groups").missing == ["groups"]


def test_a_scope_taken_away_later_is_named_after_the_next_refresh(oauth_admin, provider):
    instance = synced(connected(oauth_admin, provider))
    assert instance.streams.get(name="groups").state == "ok"
    expire(instance)
    provider.control(narrow="groups")
    assert synced(instance).state == "live"
    assert instance.streams.get(name="groups").missing == ["groups"]
    assert instance.scopes == ["offline_access", "openid"]


def test_a_refresh_rotates_the_refresh_token(oauth_admin, provider):
    instance = connected(oauth_admin, provider)
    first = vault.StoredTokens(instance).load()["refresh_token"]
    for _ in range(2):
        expire(instance)
        assert synced(instance).state == "live"
    used = [q["token"] for q in provider.control() if q["grant"] == "refresh_token"][-2:]
    assert used[0] == first
    assert len({*used, vault.StoredTokens(instance).load()["refresh_token"]}) == 3


def test_a_token_endpoint_that_is_down_revokes_nothing(oauth_admin, provider):
    instance = synced(connected(oauth_admin, provider))
    expire(instance)
    provider.control(down="yes")
    assert synced(instance).state == "failing"
    provider.control(down="no")
    assert synced(instance).state == "live"


@pytest.mark.parametrize("how", ["who gave it has left", "it is revoked"])
def test_a_consent_that_is_withdrawn_revokes_and_says_what_to_do(oauth_admin, provider, how):
    instance = synced(connected(oauth_admin, provider))
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


def test_a_secret_that_was_rotated_is_told_and_mended_in_one_place(oauth_admin, provider):
    instance = synced(connected(oauth_admin, provider))
    expire(instance)
    acts.set_client("scripted_consent", "one", "another", "admin@corp.example")
    assert synced(instance).state == "revoked"
    assert "its secret or key is not the right one any more" in instance.reason
    acts.set_client("scripted_consent", "one", SECRET, "admin@corp.example")
    acts.edit(instance, by="admin@corp.example", status="live")
    assert synced(instance).state == "live"


def test_an_admin_agrees_anew_for_an_instance_that_was_revoked(oauth_admin, provider):
    instance = synced(connected(oauth_admin, provider))
    expire(instance)
    provider.control(leave="yes")
    assert synced(instance).state == "revoked"
    page = oauth_admin.post(
        f"/instances/{instance.pk}/credential/", {"settings.issuer": provider.url}
    )
    back = came_back(oauth_admin, provider.agree(address(page), name="bea"))
    assert back.url == f"/instances/{instance.pk}/"
    instance.refresh_from_db()
    assert (instance.state, instance.connection) == ("pending", 2)
    assert synced(instance).state == "live"


def test_a_reconnect_that_is_declined_leads_back_to_its_form(oauth_admin, provider):
    instance = synced(connected(oauth_admin, provider))
    path = f"/instances/{instance.pk}/credential/"
    page = oauth_admin.post(path, {"settings.issuer": provider.url})
    back = came_back(oauth_admin, provider.agree(address(page), declines=True))
    assert back.url == path
    assert "was not given the consent" in oauth_admin.get(path).content.decode()
    assert synced(instance).state == "live"
