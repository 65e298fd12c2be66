"""Ways to prove who we are: a key in a header, basic, and the OAuth 2.0 grants (RFC 6749, 7523).

How the tokens of the grants are kept and renewed is told in `sdk.tokens`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal
from urllib.parse import quote

import httpx2

from steward.sdk.assertions import client_assertion, signed
from steward.sdk.certificates import Certificate
from steward.sdk.context import Context
from steward.sdk.errors import Unauthorized, Unexpected
from steward.sdk.fields import Consent, filled
from steward.sdk.http import Http
from steward.sdk.paths import at
from steward.sdk.rules import Rule
from steward.sdk.tokens import CODE_RULE, Flow, TokenAuth

_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

# RFC 6749, 2.3.1: id and secret are form-encoded before they become a Basic header.
_escaped = partial(quote, safe="")

_ASSERTION_REFUSED = Rule(
    Unauthorized,
    (400, 401, 403),
    at="error",
    is_in=("invalid_grant",),
    message="The app does not accept the signed assertion: the key was deleted, or the admin it "
    "acts for has left. Make a new key, or name another admin.",
)


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
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, token_url, rules)
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
    """Client credentials proved by a signed assertion (RFC 7523, 2.2), as Okta asks for.

    With a `certificate` (PEM) its thumbprint goes into the assertion, as Microsoft asks for; when
    it ends is `Certificate.of(pem).ends`, which a connector gives as `Tenant.expires_at`."""

    def __init__(
        self,
        context: Context,
        token_url: str,
        client_id: str,
        private_key: str,
        *,
        scope: str = "",
        key_id: str = "",
        certificate: str = "",
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, token_url, rules)
        self._id, self._key, self._key_id, self._scope = client_id, private_key, key_id, scope
        self._certificate = Certificate.of(certificate) if certificate else None

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        form = {
            "grant_type": "client_credentials",
            "scope": self._scope,
            "client_assertion_type": _CLIENT_ASSERTION,
            "client_assertion": self._assertion(),
            **({"client_id": self._id} if self._certificate else {}),
        }
        try:
            return self.ask(form)
        except Unauthorized:
            if self._certificate and self._certificate.has_ended():
                raise Unauthorized(
                    f"The certificate ended on {self._certificate.ends:%-d %B %Y}. Make a new one, "
                    "give it to the app and enter it here with its key.",
                    final=True,
                ) from None
            raise

    def _assertion(self) -> str:
        return client_assertion(
            self._id, self._token_url, self._key, self._key_id, self._certificate
        )


class JwtBearer(TokenAuth):
    """An assertion as the grant itself (RFC 7523, 2.1), as Google's service accounts use it.
    `claims` lacks only the times."""

    def __init__(
        self,
        context: Context,
        token_url: str,
        claims: Mapping[str, Any],
        private_key: str,
        *,
        key_id: str = "",
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, token_url, (*rules, _ASSERTION_REFUSED))
        self._claims, self._key, self._key_id = dict(claims), private_key, key_id

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        claims = {"aud": self._token_url, **self._claims, "iat": now, "exp": now + 3600}
        assertion = signed(claims, self._key, self._key_id)
        return self.ask({"grant_type": _JWT_BEARER, "assertion": assertion})


class AuthorizationCode(TokenAuth):
    """RFC 6749, 4.1 after the consent: the store holds what the code was exchanged for, and the
    refresh token in it renews the access token, being replaced itself where the app rotates it.

    A token that came without a refresh token and without an end is used until it is refused."""

    lasts = None

    def __init__(
        self,
        context: Context,
        token_url: str,
        client_id: str,
        client_secret: str = "",
        *,
        style: Literal["basic", "form"] = "basic",
        answer_at: str = "",
        rules: tuple[Rule, ...] = (),
    ) -> None:
        super().__init__(context, token_url, rules)
        self._id, self._secret, self._style = client_id, client_secret, style
        self.answer_at = answer_at

    @classmethod
    def of(cls, context: Context, consent: Consent) -> AuthorizationCode:
        return cls(
            context,
            filled(consent.token_url, context.settings),
            context.credentials.get("client_id") or "",
            context.credentials.get("client_secret") or "",
            style=consent.style,
            answer_at=consent.answer_at,
            rules=consent.rules,
        )

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> None:
        """The code of a consent just given, with the verifier of PKCE (RFC 7636), for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        self.keep({}, self._as_client(form, (CODE_RULE,)))

    def can_renew(self, tokens: Mapping[str, Any]) -> bool:
        return bool(tokens.get("refresh_token"))

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        refresh = tokens.get("refresh_token")
        if not refresh:
            raise Unauthorized(
                "The consent has run out. An admin of the app connects this instance once more.",
                final=True,
            )
        return self._as_client({"grant_type": "refresh_token", "refresh_token": str(refresh)})

    def _as_client(self, form: Mapping[str, str], rules: tuple[Rule, ...] = ()) -> dict[str, Any]:
        """A client without a secret is a public one, known by its id alone (RFC 6749, 2.3.1)."""
        if self._secret and self._style == "basic":
            auth = httpx2.BasicAuth(_escaped(self._id), _escaped(self._secret))
            return self.ask(form, auth, rules)
        secret = {"client_secret": self._secret} if self._secret else {}
        return self.ask({**form, "client_id": self._id, **secret}, None, rules)


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
