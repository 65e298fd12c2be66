"""A GitHub App in place of a token."""

from __future__ import annotations

import pytest
from joserfc.jwk import RSAKey

from steward.demo.controls import Controls
from steward.demo.vendors.github_app import APP_ID, INSTALLATION
from steward.sdk.errors import Unauthorized
from tests.integrations.github.tenant import check, read


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, private=True)


def installed(key: RSAKey) -> dict[str, str]:
    return {
        "app_id": APP_ID,
        "installation_id": str(INSTALLATION),
        "private_key": key.as_pem(private=True).decode(),
    }


def test_an_app_reads_with_the_token_of_its_installation(
    url: str, controls: Controls, key: RSAKey
) -> None:
    whole = read(url, "groups")
    controls.public_keys = {APP_ID: key.as_pem(private=False).decode()}
    controls.tokens = set()
    assert read(url, "groups", auth="app", credentials=installed(key)) == whole
    assert len(controls.tokens) == 1
    scopes = check(url, auth="app", credentials=installed(key)).scopes
    assert scopes == {"Members: read", "Administration: read", "Personal access tokens: read"}


def test_an_app_with_another_key_is_refused(straight: str, controls: Controls, key: RSAKey) -> None:
    other = RSAKey.generate_key(2048, private=True)
    controls.public_keys = {APP_ID: other.as_pem(private=False).decode()}
    with pytest.raises(Unauthorized) as refused:
        check(straight, auth="app", credentials=installed(key))
    assert "PRIVATE KEY" not in str(refused.value)


def test_an_app_that_was_uninstalled_is_refused(
    straight: str, controls: Controls, key: RSAKey
) -> None:
    controls.public_keys = {APP_ID: key.as_pem(private=False).decode()}
    controls.revoked = True
    with pytest.raises(Unauthorized):
        check(straight, auth="app", credentials=installed(key))
