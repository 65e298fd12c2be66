"""Ways to prove who we are: a key in a header, basic, and the OAuth 2.0 grants (RFC 6749, 7523).

An access token is kept in the context's token store, fetched again a minute before it expires
and once more when the app refuses it. A refresh happens under the store's lock, and a new refresh
token is stored before the access token that came with it is used: most apps accept an old refresh
token no second time. A token endpoint that is down or slow is not a refusal.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

import httpx2

from steward.sdk.assertions import client_assertion, signed
from steward.sdk.context import Context
from steward.sdk.errors import Unauthorized, Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at
from steward.sdk.rules import Rule

AHEAD = 60.0
_LIFETIME = 3600.0
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

# RFC 6749, 5.2: the authorization server's own verdicts, which nothing else need confirm.
_TOKEN_RULES = (
    Rule(
        Unauthorized,
        (400, 401, 403),
        at="error",
        is_in=("invalid_grant",),
        message="The app has withdrawn the consent, or it has expired. Connect once more.",
    ),
    Rule(
        Unauthorized,
        (400, 401, 403),
        at="error",
        is_in=("invalid_client", "unauthorized_client"),
        message="The app does not know this client id, or its secret or key is not the right one.",
    ),
    Rule(
        Unauthorized,
        (400, 403),
        at="error",
        is_in=("invalid_scope", "access_denied"),
        message="The app does not grant the scopes that were asked for.",
    ),
)

Flow = Generator[httpx2.Request, httpx2.Response, None]


class ApiKey(httpx2.Auth):
    """A fixed secret in a header, such as `Authorization: SSWS …` or `x-api-key: …`."""

    def __init__(self, value: str, header: str = "Authorization", prefix: str = "Bearer ") -> None:
        self._value = f"{prefix}{value}"
        self._header = header
        if not self._value.isascii() or any(c in self._value for c in "\r\n\0"):
            raise Unauthorized(
                "The credential contains characters that no token has; copy it once more."
            )

    def auth_flow(self, request: httpx2.Request) -> Flow:
        request.headers[self._header] = self._value
        yield request


class Basic(httpx2.BasicAuth):
    """User name and password (RFC 7617)."""


class TokenAuth(httpx2.Auth):
    """What the OAuth grants share: keep the token, renew it, try once more when it is refused."""

    def __init__(self, context: Context, token_url: str, rules: tuple[Rule, ...] = ()) -> None:
        self._context = context
        self._tokens = context.tokens
        self._token_url = token_url
        self._token_rules = (*rules, *_TOKEN_RULES)

    @abstractmethod
    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        """The token endpoint's answer: `access_token`, `expires_in` and perhaps more."""

    def sync_auth_flow(self, request: httpx2.Request) -> Flow:
        token = self.token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            renewed = self.token(refused=token)
            if renewed != token:
                request.headers["Authorization"] = f"Bearer {renewed}"
                yield request

    def token(self, refused: str = "") -> str:
        kept = self._tokens.load()
        if _is_good(kept, refused):
            return str(kept["access_token"])
        with self._tokens.lock():
            kept = self._tokens.load()
            if _is_good(kept, refused):
                return str(kept["access_token"])
            fresh = {**kept, **_dated(self.fetch(kept))}
            self._tokens.save(fresh)
        return str(fresh["access_token"])

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes of the present token; None where the endpoint does not name them."""
        self.token()
        scope = self._tokens.load().get("scope")
        return frozenset(str(scope).replace(",", " ").split()) if scope else None

    def ask(self, form: Mapping[str, str], auth: httpx2.Auth | None = None) -> dict[str, Any]:
        with Http(self._context, self._token_url, auth=auth, rules=self._token_rules) as http:
            try:
                body = http.post(self._token_url, form=form).json()
            except Unauthorized as error:
                raise Unauthorized(error.message, final=True) from None
        if not isinstance(at(body, "access_token"), str):
            raise Unexpected("The token endpoint answered without a token.")
        return dict(body)


class ClientCredentials(TokenAuth):
    """RFC 6749, 4.4. `style` says whether id and secret go into a Basic header or the form."""

    def __init__(
        self,
        context: Context,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "",
        style: str = "basic",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(context, token_url)
        self._id, self._secret = client_id, client_secret
        self._style = style
        self._form = {
            "grant_type": "client_credentials",
            **({"scope": scope} if scope else {}),
            **(extra or {}),
        }

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        if self._style == "basic":
            return self.ask(self._form, httpx2.BasicAuth(self._id, self._secret))
        return self.ask({**self._form, "client_id": self._id, "client_secret": self._secret})


class PrivateKeyJwt(TokenAuth):
    """Client credentials proved by a signed assertion (RFC 7523, 2.2), as Okta asks for."""

    def __init__(
        self,
        context: Context,
        token_url: str,
        client_id: str,
        private_key: str,
        *,
        scope: str = "",
        key_id: str = "",
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, token_url, rules)
        self._id, self._key, self._key_id, self._scope = client_id, private_key, key_id, scope

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        return self.ask(
            {
                "grant_type": "client_credentials",
                "scope": self._scope,
                "client_assertion_type": _CLIENT_ASSERTION,
                "client_assertion": client_assertion(
                    self._id, self._token_url, self._key, self._key_id
                ),
            }
        )


class JwtBearer(TokenAuth):
    """An assertion as the grant itself (RFC 7523, 2.1), as Google's service accounts use it.
    `claims` lacks only the times."""

    def __init__(
        self, context: Context, token_url: str, claims: Mapping[str, Any], private_key: str
    ) -> None:
        super().__init__(context, token_url)
        self._claims, self._key = dict(claims), private_key

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        claims = {"aud": self._token_url, **self._claims, "iat": now, "exp": now + 3600}
        return self.ask({"grant_type": _JWT_BEARER, "assertion": signed(claims, self._key)})


class AuthorizationCode(TokenAuth):
    """RFC 6749, 4.1 after the consent: the store holds what the code was exchanged for, and the
    refresh token in it renews the access token, being replaced itself where the app rotates it."""

    def __init__(
        self, context: Context, token_url: str, client_id: str, client_secret: str = ""
    ) -> None:
        super().__init__(context, token_url)
        self._id, self._secret = client_id, client_secret

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        refresh = tokens.get("refresh_token")
        if not refresh:
            raise Unauthorized("The consent has run out. Connect once more.", final=True)
        form = {"grant_type": "refresh_token", "refresh_token": str(refresh)}
        if self._secret:
            return self.ask(form, httpx2.BasicAuth(self._id, self._secret))
        return self.ask({**form, "client_id": self._id})


class SignedJwtExchange(TokenAuth):
    """A signed token exchanged at an endpoint of the app's own, as GitHub Apps do.

    `claims` lacks only the times; `token_at` and `expires_at` are where the answer has them."""

    def __init__(
        self,
        context: Context,
        exchange_url: str,
        claims: Mapping[str, Any],
        private_key: str,
        *,
        token_at: str = "token",
        expires_at: str = "expires_at",
        headers: Mapping[str, str] | None = None,
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, exchange_url)
        self._claims, self._key = dict(claims), private_key
        self._token_at, self._expires_at = token_at, expires_at
        self._headers = dict(headers or {})
        self._rules = rules

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        # A minute back, for clocks that differ; GitHub allows ten minutes in all.
        assertion = signed({**self._claims, "iat": now - 60, "exp": now + 500}, self._key)
        with Http(
            self._context,
            self._token_url,
            auth=ApiKey(assertion),
            headers=self._headers,
            rules=self._rules,
        ) as http:
            body = http.post(self._token_url).json()
        token, expires = at(body, self._token_at), at(body, self._expires_at)
        if not isinstance(token, str):
            raise Unexpected("The app gave no token for the signed assertion.")
        return {"access_token": token, "expires_on": expires, "answer": body}


def _is_good(tokens: Mapping[str, Any], refused: str) -> bool:
    token = tokens.get("access_token")
    return bool(token) and token != refused and tokens.get("expires", 0) - AHEAD > time.time()


def _dated(answer: dict[str, Any]) -> dict[str, Any]:
    """With the time of expiry, in epoch seconds, whatever way the endpoint told it."""
    on = answer.pop("expires_on", None)
    if isinstance(on, str):
        return {**answer, "expires": datetime.fromisoformat(on).timestamp()}
    lasts = answer.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, int | float | str) and lasts else _LIFETIME
    return {**answer, "expires": time.time() + seconds}
