"""Okta's token endpoint for service apps: client credentials with a signed assertion."""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask import jsonify, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from steward.demo.controls import Controls

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def new_token(controls: Controls, audience: str) -> Any:
    """Grants what was asked for and not taken away; nothing at all is an error."""
    problem = _assertion_problem(controls, audience)
    if problem:
        return jsonify(error="invalid_client", error_description=problem), 401
    granted = sorted(set(request.form.get("scope", "").split()) - controls.missing_scopes)
    if not granted:
        problem = "You are not allowed any of the requested scopes."
        return jsonify(error="consent_required", error_description=problem), 400
    token = secrets.token_urlsafe(24)
    controls.tokens.add(token)
    return {
        "token_type": "Bearer",
        "expires_in": 3600,
        "access_token": token,
        "scope": " ".join(granted),
    }


def _assertion_problem(controls: Controls, audience: str) -> str:
    """As Okta checks a private_key_jwt: type, signature, iss = sub = client, aud, life."""
    if controls.revoked:
        return "The client is deactivated."
    if request.form.get("client_assertion_type") != _ASSERTION:
        return "Client authentication failed. Use private_key_jwt."
    for client, public_key in controls.public_keys.items():
        try:
            found = jwt.decode(
                request.form.get("client_assertion", ""),
                RSAKey.import_key(public_key),
                algorithms=["RS256"],
            ).claims
        except (JoseError, ValueError):
            continue
        right = found.get("iss") == found.get("sub") == client
        timely = time.time() < float(found.get("exp", 0)) <= time.time() + 3660
        if right and timely and found.get("aud") == audience:
            return ""
    return "The client_assertion token is invalid."
