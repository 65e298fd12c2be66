"""A real OpenID provider, and an admin of a Steward that it knows."""

import pytest

from steward.sync import acts
from tests.servers import oidc
from tests.web.consenting import BACK, SECRET, signed_in


@pytest.fixture(scope="module")
def served_provider():
    with oidc.serving(BACK) as made:
        yield made


@pytest.fixture
def provider(settings, scripted_integration, served_provider):
    settings.STEWARD_BASE_URL = "http://steward.example"
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    served_provider.control(down="no", withhold="")
    return served_provider


@pytest.fixture
def oauth_admin(provider, db):
    """Where the operator has entered the OAuth app."""
    acts.set_client("scripted_consent", "one", SECRET, "admin@corp.example")
    return signed_in()
