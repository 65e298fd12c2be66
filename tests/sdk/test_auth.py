import base64
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from steward.sdk.auth import (
    AuthorizationCode,
    Basic,
    ClientCredentials,
    JwtBearer,
    PrivateKeyJwt,
    SignedJwtExchange,
)
from steward.sdk.certificates import Certificate
from steward.sdk.errors import Unauthorized, Unavailable
from steward.sdk.http import Http
from tests.sdk.conftest import write

KEYS = {
    "RS256": (rsa.generate_private_key(65537, 2048), RSAKey),
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECKey),
}


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def endpoint(vendor):
    """A token endpoint that gives t1, t2, …; the API takes the newest alone."""
    state = {"given": 0, "expires_in": 3600, "status": 200, "error": "", "rotates": False}

    def answer(handler):
        if handler.path != "/token":
            good = handler.headers["Authorization"] == f"Bearer t{state['given']}"
            return write(handler, 200 if good else 401, "{}")
        if state["status"] != 200:
            return write(handler, state["status"], json.dumps({"error": state["error"]}))
        state["given"] += 1
        told = {"access_token": f"t{state['given']}", "expires_in": state["expires_in"]}
        if state["rotates"]:
            told["refresh_token"] = f"r{state['given']}"
        return write(handler, 200, json.dumps(told))

    vendor.answer = answer
    return state


def certificate(key, days):
    """Self-signed, until so many days from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "steward")])
    ends = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=365))
        .not_valid_after(ends)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def forms(vendor):
    return [
        {k: v[0] for k, v in parse_qs(body.decode()).items()}
        for _, path, _, body in vendor.asked
        if path == "/token"
    ]


def get(vendor, context, auth, times=1):
    with Http(context, vendor.url, auth=auth, tries=1) as http:
        return [http.get("/users").status for _ in range(times)]


def test_basic(vendor, context):
    vendor.json("{}")
    get(vendor, context, Basic("ann", "pässword"))
    sent = vendor.asked[0][2]["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "ann:pässword"


@pytest.mark.parametrize("style", ["basic", "post"])
def test_client_credentials_are_asked_for_once_and_kept(vendor, context, endpoint, style):
    auth = ClientCredentials(context, f"{vendor.url}/token", "id", "sec", scope="a b", style=style)
    assert get(vendor, context, auth, times=3) == [200] * 3
    (form,) = forms(vendor)
    assert (form["grant_type"], form["scope"]) == ("client_credentials", "a b")
    assert ("client_secret" in form) == (style == "post")


def test_a_token_is_renewed_before_it_ends_and_after_a_refusal(vendor, context, endpoint):
    auth = ClientCredentials(context, f"{vendor.url}/token", "id", "sec")
    endpoint["expires_in"] = 30
    get(vendor, context, auth, times=2)
    assert endpoint["given"] == 2
    endpoint["expires_in"] = 3600
    get(vendor, context, auth)
    endpoint["given"] = 7
    assert get(vendor, context, auth) == [200]
    assert endpoint["given"] == 8


def test_a_rotated_refresh_token_is_stored_before_it_is_used(vendor, context, endpoint):
    endpoint["rotates"] = True
    context.tokens.save({"refresh_token": "r0"})
    saved = []
    save = context.tokens.save
    context.tokens.save = lambda tokens: (saved.append(len(vendor.asked)), save(tokens))
    auth = AuthorizationCode(context, f"{vendor.url}/token", "id", "sec")
    get(vendor, context, auth)
    assert context.tokens.load()["refresh_token"] == "r1"
    assert saved == [1]
    context.tokens.save({**context.tokens.load(), "expires": 0})
    get(vendor, context, auth)
    assert [form["refresh_token"] for form in forms(vendor)] == ["r0", "r1"]


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_a_verdict_of_the_token_endpoint_is_final(vendor, context, endpoint, error):
    endpoint |= {"status": 400, "error": error}
    context.tokens.save({"refresh_token": "r0"})
    with pytest.raises(Unauthorized) as caught:
        get(vendor, context, AuthorizationCode(context, f"{vendor.url}/token", "id", "sec"))
    assert caught.value.final


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_token_endpoint_that_is_down_is_not_a_refusal(vendor, context, endpoint, status):
    endpoint["status"] = status
    context.tokens.save({"refresh_token": "r0"})
    with pytest.raises(Unavailable):
        get(vendor, context, AuthorizationCode(context, f"{vendor.url}/token", "id", "sec"))
    assert context.tokens.load()["refresh_token"] == "r0"


@pytest.mark.parametrize("algorithm", KEYS)
def test_an_assertion_can_be_verified_with_the_public_key(vendor, context, endpoint, algorithm):
    key, kind = KEYS[algorithm]
    url = f"{vendor.url}/token"
    get(vendor, context, PrivateKeyJwt(context, url, "client-7", pem(key), scope="s", key_id="k1"))
    form = forms(vendor)[0]
    token = jwt.decode(form["client_assertion"], kind.import_key(key.public_key()))
    assert token.header["kid"] == "k1"
    claims = token.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("client-7", "client-7", url)
    assert 0 < claims["exp"] - time.time() <= 300


def test_a_certificate_is_named_by_its_thumbprint(vendor, context, endpoint):
    key, kind = KEYS["RS256"]
    made = certificate(key, days=40)
    url = f"{vendor.url}/token"
    get(vendor, context, PrivateKeyJwt(context, url, "client-7", pem(key), certificate=made))
    form = forms(vendor)[0]
    public = kind.import_key(key.public_key())
    header = jwt.decode(form["client_assertion"], public, algorithms=["PS256"]).header
    thumbprint = load_pem_x509_certificate(made.encode()).fingerprint(SHA256())
    assert base64.urlsafe_b64decode(header["x5t#S256"] + "=") == thumbprint
    assert form["client_id"] == "client-7"
    assert 39 <= (Certificate.of(made).ends - datetime.now(UTC)).days <= 40


def test_a_certificate_that_has_ended_is_told(vendor, context, endpoint):
    """The app says only that it does not know the client."""
    endpoint |= {"status": 401, "error": "invalid_client"}
    key, _ = KEYS["RS256"]
    ended = PrivateKeyJwt(
        context, f"{vendor.url}/token", "c", pem(key), certificate=certificate(key, days=-1)
    )
    with pytest.raises(Unauthorized, match="The certificate ended on") as caught:
        get(vendor, context, ended)
    assert caught.value.final


@pytest.mark.parametrize("style", ["basic", "form"])
def test_a_code_is_exchanged_with_its_verifier(vendor, context, endpoint, style):
    endpoint["rotates"] = True
    url = f"{vendor.url}/token"
    auth = AuthorizationCode(context, url, "id", "s/c", style=style)
    auth.exchange("c0de", "https://steward.example/back", "verifier")
    assert get(vendor, context, auth) == [200]
    (form,) = forms(vendor)
    assert (form["code"], form["code_verifier"]) == ("c0de", "verifier")
    sent = vendor.asked[0][2].get("Authorization")
    basic = f"Basic {base64.b64encode(b'id:s%2Fc').decode()}"
    assert (sent, form.get("client_secret")) == (
        (basic, None) if style == "basic" else (None, "s/c")
    )


def test_a_token_without_an_end_is_used_until_it_is_refused(vendor, context):
    """One that cannot be renewed leaves the verdict to the answer itself."""
    vendor.json("{}", status=401)
    context.tokens.save({"access_token": "t1", "expires": None})
    auth = AuthorizationCode(context, f"{vendor.url}/token", "id", "sec")
    with pytest.raises(Unauthorized) as caught:
        get(vendor, context, auth)
    assert not caught.value.final
    assert [path for _, path, _, _ in vendor.asked] == ["/users"]


def test_an_answer_may_keep_its_tokens_further_in(vendor, context):
    def answer(handler):
        told = {"ok": True, "authed_user": {"id": "U1", "access_token": "t1", "scope": "a,b"}}
        write(handler, 200, json.dumps(told))

    vendor.answer = answer
    auth = AuthorizationCode(context, f"{vendor.url}/token", "id", "s", answer_at="authed_user")
    auth.exchange("c", "https://steward.example/back", "v")
    assert auth.granted == {"a", "b"}
    assert context.tokens.load()["expires"] is None


def test_a_service_account_signs_for_an_admin(vendor, context, endpoint):
    key, kind = KEYS["RS256"]
    claims = {"iss": "robot", "sub": "admin@corp.example", "scope": "x"}
    get(vendor, context, JwtBearer(context, f"{vendor.url}/token", claims, pem(key)))
    form = forms(vendor)[0]
    assert form["grant_type"].endswith("jwt-bearer")
    told = jwt.decode(form["assertion"], kind.import_key(key.public_key())).claims
    assert told["sub"] == "admin@corp.example"


def test_a_signed_token_is_exchanged(vendor, context):
    key, _ = KEYS["RS256"]

    def answer(handler):
        body = {"token": "inst", "expires_at": "2099-01-01T00:00:00Z"}
        write(handler, 200, json.dumps(body if handler.path == "/exchange" else {}))

    vendor.answer = answer
    auth = SignedJwtExchange(context, f"{vendor.url}/exchange", {"iss": "7"}, pem(key))
    get(vendor, context, auth)
    assert vendor.asked[1][2]["Authorization"] == "Bearer inst"


@pytest.mark.parametrize("text", ["", "nonsense", "{}", '{"kty": "oct", "k": "x"}'])
def test_a_key_that_cannot_be_read_is_told(vendor, context, endpoint, text):
    with pytest.raises(Unauthorized, match="private key cannot be read"):
        get(vendor, context, PrivateKeyJwt(context, f"{vendor.url}/token", "c", text))
