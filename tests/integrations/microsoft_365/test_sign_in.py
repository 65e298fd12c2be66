"""Signing in as an app, by secret and by certificate, and how Microsoft refuses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import CLIENT, INITIAL, TENANT
from steward.demo.vendors.microsoft_directory import Entra
from steward.demo.vendors.microsoft_tokens import thumbprint
from steward.integrations.microsoft_365.asking import CLOUDS, IMPLIED, SCOPES
from steward.integrations.microsoft_365.connector import Microsoft365
from steward.integrations.microsoft_365.sign_in import claims_of, granted, secret_ends
from steward.sdk.context import Context
from steward.sdk.errors import Unauthorized
from steward.sdk.fields import clean
from tests.integrations.microsoft_365.tenant import microsoft, read

ALL = frozenset(scope.name for scope in SCOPES)
Pair = tuple[str, x509.Certificate]


def made(days: int = 365) -> Pair:
    """A key as PEM and a certificate of its own making."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Steward")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode(), certificate


def text_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def pair() -> Pair:
    return made()


def by(pair: Pair, certificate: x509.Certificate | None = None) -> dict[str, Any]:
    shown = text_of(certificate or pair[1])
    return {"client_id": CLIENT, "private_key": pair[0], "certificate": shown}


def test_a_certificate_proves_who_we_are(
    straight: str, controls: Controls, entra: Entra, pair: Pair
) -> None:
    controls.public_keys = {CLIENT: text_of(pair[1])}
    with microsoft(straight, auth="certificate", credentials=by(pair)) as connector:
        tenant = connector.check()
        assert len(read(connector, "accounts")) == 253
    assert (tenant.id, tenant.scopes) == (TENANT, ALL)
    assert tenant.expires_at == pair[1].not_valid_after_utc
    (assertion,) = entra.assertions
    assert (assertion["alg"], assertion["x5t#S256"]) == ("PS256", thumbprint(pair[1]))
    assert assertion["aud"] == f"{straight}/{TENANT}/oauth2/v2.0/token"


def test_another_certificate_is_refused_for_good(
    straight: str, controls: Controls, pair: Pair
) -> None:
    controls.public_keys = {CLIENT: text_of(made()[1])}
    with (
        microsoft(straight, auth="certificate", credentials=by(pair)) as connector,
        pytest.raises(Unauthorized, match="does not know this certificate") as caught,
    ):
        connector.check()
    assert caught.value.final
    assert "PRIVATE KEY" not in repr(caught.value)


def test_the_key_of_another_certificate(straight: str, controls: Controls, pair: Pair) -> None:
    other = made()
    controls.public_keys = {CLIENT: text_of(other[1])}
    credentials = by(pair, other[1])
    with (
        microsoft(straight, auth="certificate", credentials=credentials) as connector,
        pytest.raises(Unauthorized, match="the right pair"),
    ):
        connector.check()


def test_a_certificate_that_has_ended_says_when(straight: str) -> None:
    old = made(days=-3)
    ended = f"{old[1].not_valid_after_utc:%-d %B %Y}"
    with (
        microsoft(straight, auth="certificate", credentials=by(old)) as connector,
        pytest.raises(Unauthorized, match=ended),
    ):
        connector.check()


def test_a_secret_that_has_ended(straight: str, entra: Entra) -> None:
    entra.secret_ends = datetime.now(UTC) - timedelta(days=1)
    with microsoft(straight) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert caught.value.final
    assert "has expired" in caught.value.message


def test_the_id_of_a_secret_in_its_place(straight: str) -> None:
    wrong = {"client_id": CLIENT, "client_secret": "11112222-bbbb-3333-cccc-4444dddd5555"}
    with microsoft(straight, credentials=wrong) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert "“Value”" in caught.value.message
    assert wrong["client_secret"] not in repr(caught.value)


def test_an_app_of_another_tenant(straight: str) -> None:
    wrong = {"client_id": "11112222-bbbb-3333-cccc-4444dddd5555", "client_secret": "x"}
    with (
        microsoft(straight, credentials=wrong) as connector,
        pytest.raises(Unauthorized, match="no such app in this tenant"),
    ):
        connector.check()


def test_a_tenant_that_does_not_exist(straight: str) -> None:
    with (
        microsoft(straight, tenant="nowhere.example") as connector,
        pytest.raises(Unauthorized, match="no such tenant"),
    ):
        connector.check()


@pytest.mark.parametrize(
    ("number", "says"),
    [(700024, "clock"), (53003, "Conditional Access"), (7000112, "disabled")],
)
def test_what_to_do_is_said_by_number(straight: str, entra: Entra, number: int, says: str) -> None:
    entra.refuses_with = number
    with microsoft(straight) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert says in caught.value.message


def test_a_number_that_is_new_is_a_refusal_all_the_same(straight: str, entra: Entra) -> None:
    entra.refuses_with = 7999999
    with microsoft(straight) as connector, pytest.raises(Unauthorized) as caught:
        connector.check()
    assert caught.value.final


def test_a_domain_does_for_the_tenant(straight: str) -> None:
    with microsoft(straight, tenant=INITIAL) as connector:
        assert connector.check().id == TENANT


def test_a_wider_permission_includes_the_others() -> None:
    assert granted({"roles": ["Directory.Read.All"]}) == {
        "Directory.Read.All",
        *IMPLIED["Directory.Read.All"],
    }
    assert granted({"tid": "x"}) == frozenset()
    assert granted({}) is None
    assert claims_of("opaque") == claims_of("a.b.c") == claims_of("") == {}


def test_which_of_an_app_s_secrets_is_ours() -> None:
    def known(hint: str | None, day: int) -> dict[str, Any]:
        return {"hint": hint, "endDateTime": f"2027-01-{day:02}T00:00:00Z"}

    secrets = [known("q9~", 1), known("Kq8", 9), known("Kq8", 8), known(None, 2)]
    assert secret_ends(secrets, "Kq8~secret") == datetime(2027, 1, 8, tzinfo=UTC)
    assert secret_ends(secrets, "other") is None


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_cloud_has_hosts_of_its_own(cloud: str) -> None:
    settings, errors = clean(Microsoft365.settings, {"tenant": TENANT, "cloud": cloud})
    credentials = {"client_id": CLIENT, "client_secret": "x"}
    connector = Microsoft365(Context(settings, credentials, "secret"))
    connector.close()
    assert errors == []
    assert connector.graph.base == f"{CLOUDS[cloud].graph}/v1.0"


@pytest.mark.parametrize(
    ("tenant", "right"),
    [
        (TENANT, True),
        ("contoso.onmicrosoft.com", True),
        ("contoso.co.uk", True),
        ("common", False),
        ("organizations", False),
        ("https://contoso.com", False),
        ("contoso.com/../common", False),
    ],
)
def test_the_tenant_asked_for(tenant: str, right: bool) -> None:
    _, errors = clean(Microsoft365.settings, {"tenant": tenant})
    assert [error.field for error in errors] == ([] if right else ["tenant"])
