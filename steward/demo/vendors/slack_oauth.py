"""Slack's "Installing with OAuth": the page on which a member agrees, and oauth.v2.access.

Refusals come with status 200. Tokens have no end unless the app rotates them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749.parameters import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request

from steward.demo.controls import Controls

AUTHORIZE, ACCESS = "/oauth/v2/authorize", "/oauth.v2.access"
PAGE = """<!doctype html><html lang="en"><title>Slack (simulated)</title>
<main><h1>Steward asks to read Northwind Labs</h1><p>It asks for: {scopes}</p>
<form method="post"><button name="answer" value="allow">Allow</button>
<button name="answer" value="cancel">Cancel</button></form></main></html>"""


@dataclass
class Given:
    """What is out there: codes with what they were given for, and refresh tokens."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)


def add_oauth(app: Flask, controls: Controls, user: str) -> None:
    given = Given()

    @app.route(AUTHORIZE, methods=["GET", "POST"])
    def authorize() -> Any:
        asked = request.args
        if asked.get("client_id") not in controls.clients:
            return Response("invalid_client_id", status=400, mimetype="text/plain")
        if request.method == "GET":
            words = asked.get("user_scope", "").replace("<", "").replace(",", ", ")
            return Response(PAGE.format(scopes=words), mimetype="text/html")
        answer = {"state": asked["state"]}
        if request.form.get("answer") == "allow":
            code = secrets.token_hex(16)
            given.codes[code] = asked.to_dict()
            answer["code"] = code
        else:
            answer["error"] = "access_denied"
        return redirect(add_params_to_uri(asked["redirect_uri"], list(answer.items())))

    @app.post(ACCESS)
    def access() -> Response:
        client = _client(controls)
        if isinstance(client, Response):
            return client
        if request.form.get("grant_type") == "refresh_token":
            return _rotated(given, controls, client)
        return _exchanged(given, controls, client, user)


def _client(controls: Controls) -> str | Response:
    sent = request.authorization
    name = str(sent.username if sent else request.form.get("client_id", ""))
    secret = str(sent.password if sent else request.form.get("client_secret", ""))
    if name not in controls.clients:
        return _no("invalid_client_id")
    return name if secret == controls.clients[name] else _no("bad_client_secret")


def _exchanged(given: Given, controls: Controls, client: str, user: str) -> Response:
    asked = given.codes.pop(request.form.get("code", ""), None)
    if asked is None or asked["client_id"] != client:
        return _no("invalid_code")
    if asked.get("redirect_uri") != request.form.get("redirect_uri"):
        return _no("bad_redirect_uri")
    verifier = request.form.get("code_verifier", "")
    if create_s256_code_challenge(verifier) != asked.get("code_challenge"):
        return _no("invalid_code_verifier")
    scopes = [s for s in asked["user_scope"].split(",") if s not in controls.missing_scopes]
    token = _token(given, controls, client)
    member = {"id": user, "scope": ",".join(scopes), **token}
    return jsonify({"ok": True, "app_id": "A0STEWARD1", "authed_user": member, "team": {}})


def _rotated(given: Given, controls: Controls, client: str) -> Response:
    """Each refresh token is good for one use."""
    old = request.form.get("refresh_token", "")
    if controls.revoked or given.refresh.pop(old, None) != client:
        return _no("invalid_refresh_token")
    return jsonify({"ok": True, **_token(given, controls, client)})


def _token(given: Given, controls: Controls, client: str) -> dict[str, Any]:
    token = f"xoxp-{secrets.token_hex(12)}"
    controls.tokens.add(token)
    if controls.rotates_after is None:
        return {"access_token": token, "token_type": "user"}
    refresh = f"xoxe-1-{secrets.token_hex(12)}"
    given.refresh[refresh] = client
    return {
        "access_token": token,
        "token_type": "user",
        "refresh_token": refresh,
        "expires_in": controls.rotates_after,
    }


def _no(error: str) -> Response:
    return jsonify({"ok": False, "error": error})
