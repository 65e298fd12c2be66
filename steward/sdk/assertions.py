"""Signed assertions (RFC 7515, 7519, 7523): who we are, proved with a private key."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from steward.sdk.certificates import Certificate
from steward.sdk.errors import Unauthorized

_LIFETIME = 300
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def signed(
    claims: Mapping[str, Any],
    private_key: str,
    key_id: str = "",
    certificate: Certificate | None = None,
) -> str:
    """A JWT with the algorithm that the key is for. The key is PEM, or JWK as JSON.

    Where the app knows the key by a certificate, the header names it by its SHA-256 thumbprint and
    RSA signs with PSS: so Microsoft's "certificate credentials" has it."""
    key, algorithm = _key(private_key)
    header = {"alg": algorithm, "typ": "JWT", **({"kid": key_id} if key_id else {})}
    if certificate:
        algorithm = "PS256" if algorithm == "RS256" else algorithm
        header |= {"alg": algorithm, "x5t#S256": certificate.thumbprint}
    return jwt.encode(header, dict(claims), key, algorithms=[algorithm])


def _key(text: str) -> tuple[RSAKey | ECKey, str]:
    try:
        private = _private(text.strip())
    except (ValueError, TypeError, KeyError, JoseError, msgspec.DecodeError) as error:
        raise Unauthorized(
            "The private key cannot be read. Paste it whole, with its first and last line, or as "
            "JWK; it must not be protected by a passphrase."
        ) from error
    if isinstance(private, RSAPrivateKey):
        return RSAKey.import_key(private), "RS256"
    return ECKey.import_key(private), _CURVES[private.curve.name]


def _private(text: str) -> RSAPrivateKey | EllipticCurvePrivateKey:
    if text.startswith("{"):
        fields = msgspec.json.decode(text, type=dict[str, Any])
        is_rsa = fields["kty"] == "RSA"
        private: object = (RSAKey if is_rsa else ECKey).import_key(fields).private_key
    else:
        private = load_pem_private_key(text.encode(), password=None)
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise TypeError("a private RSA or EC key is needed")
    return private


def client_assertion(
    client_id: str,
    audience: str,
    private_key: str,
    key_id: str = "",
    certificate: Certificate | None = None,
) -> str:
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + _LIFETIME,
        "jti": secrets.token_urlsafe(16),
    }
    return signed(claims, private_key, key_id, certificate)
