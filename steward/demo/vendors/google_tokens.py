"""Google's token endpoint: assertions of service accounts (RFC 7523), codes and refresh tokens."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from steward.demo.vendors.google_controls import GoogleControls

TOKEN_PATH, CONSENT_PATH = "/token", "/o/oauth2/v2/auth"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized "
    "for any of the scopes requested."
)


def token_endpoint(app: Flask, controls: GoogleControls) -> None:
    codes: dict[str, tuple[str, str]] = {}

    @app.get(CONSENT_PATH)
    def consent() -> Any:
        """An admin who agrees at once, save for the scopes that are taken away."""
        asked, code = request.args, f"4/{secrets.token_urlsafe(12)}"
        granted = sorted(set(asked.get("scope", "").split()) - controls.missing_scopes)
        codes[code] = (" ".join(granted), asked["redirect_uri"])
        answer = {"code": code, "state": asked.get("state", ""), "scope": " ".join(granted)}
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    @app.post(TOKEN_PATH)
    def token() -> Any:
        form = request.form
        if form.get("grant_type") == _JWT_BEARER:
            return _for_assertion(controls, form, request.base_url)
        if controls.clients.get(form.get("client_id", "")) != form.get("client_secret"):
            return _refuse(401, "invalid_client", "The OAuth client was not found.")
        if form.get("grant_type") == "authorization_code":
            return _for_code(controls, form, codes)
        return _for_refresh(controls, form)


def _for_assertion(controls: GoogleControls, form: Mapping[str, str], audience: str) -> Any:
    claims = _claims(controls, form.get("assertion", ""))
    if claims is None or controls.revoked:
        return _refuse(400, "invalid_grant", "Invalid JWT Signature.")
    timely = time.time() < float(claims.get("exp", 0)) <= time.time() + 3660
    if not timely or claims.get("aud") != audience:
        return _refuse(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token.")
    if claims.get("sub") not in controls.admins:
        return _refuse(400, "invalid_grant", "Invalid email or User ID")
    asked = str(claims.get("scope", "")).split()
    if not asked or controls.missing_scopes & set(asked):
        return _refuse(401, "unauthorized_client", _NOT_DELEGATED)
    return _give(controls, asked)


def _claims(controls: GoogleControls, assertion: str) -> dict[str, Any] | None:
    """Signed with the key of the service account it names; Google takes RS256 alone."""
    for email, public_key in controls.public_keys.items():
        try:
            key = RSAKey.import_key(public_key)
            claims: dict[str, Any] = jwt.decode(assertion, key, algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            continue
        if claims.get("iss") == email:
            return claims
    return None


def _for_code(
    controls: GoogleControls, form: Mapping[str, str], codes: dict[str, tuple[str, str]]
) -> Any:
    """A code is good once, and a refresh token comes with it."""
    scopes, redirect_uri = codes.pop(form.get("code", ""), ("", ""))
    if not redirect_uri or form.get("redirect_uri") != redirect_uri:
        return _refuse(400, "invalid_grant", "Bad Request")
    fresh = f"1//{secrets.token_urlsafe(16)}"
    controls.refresh_tokens[fresh] = scopes
    return _give(controls, scopes.split(), refresh_token=fresh, scope=scopes)


def _for_refresh(controls: GoogleControls, form: Mapping[str, str]) -> Any:
    scopes = controls.refresh_tokens.get(form.get("refresh_token", ""))
    if scopes is None or controls.revoked:
        return _refuse(400, "invalid_grant", "Token has been expired or revoked.")
    granted = [scope for scope in scopes.split() if scope not in controls.missing_scopes]
    return _give(controls, granted, scope=" ".join(granted))


def _give(controls: GoogleControls, scopes: list[str], **more: str) -> Any:
    """An answer to an assertion does not name its scopes."""
    token = f"ya29.{secrets.token_urlsafe(24)}"
    controls.tokens.add(token)
    controls.scopes_of[token] = frozenset(scopes)
    return {"access_token": token, "expires_in": 3599, "token_type": "Bearer", **more}


def _refuse(status: int, error: str, description: str) -> Any:
    return jsonify(error=error, error_description=description), status
