import json

import pytest

from steward.inventory.instance import Instance
from tests.api.conftest import problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted_integration")]
CLIENT = {"client_id": "one", "client_secret": "s3cret"}
SLUG = "/clients/scripted_consent"


@pytest.fixture(autouse=True)
def _base(settings):
    settings.STEWARD_BASE_URL = "https://steward.example"


def test_an_oauth_app_is_entered_listed_and_removed(api):
    (listed,) = api("GET", "/clients").json()["items"]
    assert listed["client_id"] is None
    assert listed["redirect_uri"] == "https://steward.example/integrations/consent/"
    made = api("PUT", SLUG, CLIENT)
    assert (made.status_code, made.json()["client_id"]) == (200, "one")
    assert made.json()["updated_by"] == "token admin"
    assert "s3cret" not in json.dumps([made.json(), api("GET", "/clients").json()])
    assert api("PUT", SLUG, {"client_id": "one"}).status_code == 200
    told = problem(api("PUT", SLUG, {"client_id": "two"}), 422, "invalid")
    assert told["errors"][0]["field"] == "client_secret"
    assert api("DELETE", SLUG).json()["client_id"] is None


def test_only_admins_see_and_set_them(reader):
    problem(reader("GET", "/clients"), 403, "forbidden")
    problem(reader("PUT", SLUG, CLIENT), 403, "forbidden")


def test_what_asks_for_no_consent_has_no_oauth_app(api):
    problem(api("PUT", "/clients/scripted", CLIENT), 404, "not_found")


def test_connecting_by_consent_names_the_page(api):
    api("PUT", SLUG, CLIENT)
    body = {
        "integration": "scripted_consent",
        "name": "Corp",
        "settings": {"issuer": "https://idp.example"},
    }
    told = problem(api("POST", "/instances", body), 409, "consent_needed")
    assert "https://steward.example/integrations/scripted_consent/connect/" in told["detail"]
    assert not Instance.objects.exists()


def test_a_secret_without_its_client_id_is_told(api):
    body = {
        "integration": "scripted_consent",
        "name": "Corp",
        "settings": {"issuer": "https://idp.example"},
        "credentials": {"client_secret": "s3cret"},
    }
    told = problem(api("POST", "/instances", body), 422, "invalid")
    assert [e["field"] for e in told["errors"]] == ["credentials.client_id"]
