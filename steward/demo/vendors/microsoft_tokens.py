"""Microsoft's token endpoint for apps: client credentials with a secret or a signed assertion."""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from flask import jsonify, request
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from steward.demo.controls import Controls
from steward.demo.vendors.microsoft_answers import CLIENT, INITIAL, TENANT
from steward.demo.vendors.microsoft_directory import SECRET, Entra

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_KEY = OctKey.import_key("a key that only Microsoft has, for the demo")


def new_token(entra: Entra, controls: Controls, tenant: str, granted: Iterable[str]) -> Any:
    problem = _problem(entra, controls, tenant)
    if problem:
        return _refuse(*problem)
    roles = sorted(set(granted) - controls.missing_scopes)
    now = int(time.time())
    claims: dict[str, Any] = {"aud": "https://graph.microsoft.com", "tid": TENANT, "appid": CLIENT}
    claims |= {"iat": now, "exp": now + 3599, "uti": secrets.token_urlsafe(16)}
    claims |= {"roles": roles} if roles else {}
    token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, _KEY)
    controls.tokens.add(token)
    return {"token_type": "Bearer", "expires_in": 3599, "access_token": token}


def roles_in(token: str) -> set[str]:
    try:
        return set(jwt.decode(token, _KEY).claims.get("roles", ()))
    except (JoseError, ValueError):
        return set()


def _problem(entra: Entra, controls: Controls, tenant: str) -> tuple[str, int] | None:
    """RFC 6749's word and Microsoft's number."""
    if tenant not in (TENANT, INITIAL):
        return "invalid_request", 90002
    if controls.revoked or request.form.get("client_id") != CLIENT:
        return "unauthorized_client", 700016
    if entra.refuses_with:
        return "invalid_client", entra.refuses_with
    if not request.form.get("scope", "").endswith("/.default"):
        return "invalid_scope", 70011
    if "client_assertion" in request.form:
        return _assertion_problem(entra, controls)
    if request.form.get("client_secret") != SECRET:
        return "invalid_client", 7000215
    return None if entra.secret_ends > datetime.now(UTC) else ("invalid_client", 7000222)


def _assertion_problem(entra: Entra, controls: Controls) -> tuple[str, int] | None:
    """As Microsoft checks it: the certificate by its thumbprint, RS256 or PS256, whose, for whom,
    and until when."""
    text = request.form["client_assertion"]
    if request.form.get("client_assertion_type") != _ASSERTION:
        return "invalid_request", 900144
    for pem in controls.public_keys.values():
        certificate = load_pem_x509_certificate(pem.encode())
        key = RSAKey.import_key(_public(certificate))
        try:
            header = jws.extract_compact(text.encode()).headers()
            claims = jwt.decode(text, key, algorithms=["RS256", "PS256"]).claims
        except (JoseError, ValueError):
            continue
        if header.get("x5t#S256") != thumbprint(certificate):
            continue
        entra.assertions.append({**header, **claims})
        if not time.time() - 300 < float(claims.get("exp", 0)) <= time.time() + 660:
            return "invalid_client", 700024
        right = claims.get("iss") == claims.get("sub") == CLIENT
        return (
            None if right and claims.get("aud") == request.base_url else ("invalid_client", 50027)
        )
    return "invalid_client", 700027


def _public(certificate: Any) -> bytes:
    pem: bytes = certificate.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return pem


def thumbprint(certificate: Any) -> str:
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _refuse(word: str, number: int) -> Any:
    status = 401 if word == "invalid_client" else 400
    body = {
        "error": word,
        "error_description": f"AADSTS{number}: Something is wrong. Trace ID: 0.",
        "error_codes": [number],
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return jsonify(body), status
