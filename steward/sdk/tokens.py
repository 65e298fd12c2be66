"""What the OAuth 2.0 grants share: a token that is kept, and renewed before anybody misses it.

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
from typing import Any, ClassVar

import httpx2

from steward.sdk.context import Context
from steward.sdk.errors import Unauthorized, Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at
from steward.sdk.rules import Rule

AHEAD = 60.0

WITHDRAWN = (
    "The app has withdrawn the consent: it was revoked, it has run out, or who gave it has left. "
    "An admin of the app connects this instance once more."
)
WRONG_CLIENT = (
    "The app does not know this client id, or its secret or key is not the right one any more. "
    "Make a new one in the app and enter it."
)
SPENT = (
    "The app does not accept the consent that was just given; it counts once, for some minutes. "
    "Connect once more."
)

# RFC 6749, 5.2: the authorization server's own verdicts, which nothing else need confirm.
_REFUSED = (400, 401, 403)
TOKEN_RULES = (
    Rule(Unauthorized, _REFUSED, at="error", is_in=("invalid_grant",), message=WITHDRAWN),
    Rule(
        Unauthorized,
        _REFUSED,
        at="error",
        is_in=("invalid_client", "unauthorized_client"),
        message=WRONG_CLIENT,
    ),
    Rule(
        Unauthorized,
        (400, 403),
        at="error",
        is_in=("invalid_scope", "access_denied"),
        message="The app does not grant the scopes that were asked for.",
    ),
)
# The same word of a code that was to be exchanged.
CODE_RULE = Rule(Unauthorized, _REFUSED, at="error", is_in=("invalid_grant",), message=SPENT)

Flow = Generator[httpx2.Request, httpx2.Response, None]


class TokenAuth(httpx2.Auth):
    """Keeps the token, renews it, tries once more when it is refused. `lasts` is how many seconds a
    token is used whose end the endpoint does not tell; None until the app refuses it."""

    lasts: ClassVar[float | None] = 3600.0
    answer_at = ""

    def __init__(self, context: Context, token_url: str, rules: tuple[Rule, ...] = ()) -> None:
        self._context = context
        self._tokens = context.tokens
        self._token_url = token_url
        self._token_rules = (*rules, *TOKEN_RULES)

    @abstractmethod
    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        """The token endpoint's answer: `access_token`, `expires_in` and perhaps more."""

    def can_renew(self, tokens: Mapping[str, Any]) -> bool:
        return True

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
            if refused and not self.can_renew(kept):
                return refused
            fresh = self.keep(kept, self.fetch(kept))
        return str(fresh["access_token"])

    def keep(self, kept: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        fresh = {**kept, **_dated(answer, self.lasts)}
        self._tokens.save(fresh)
        return fresh

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes of the present token; None where the endpoint does not name them."""
        self.token()
        return scopes_in(self._tokens.load())

    def ask(
        self,
        form: Mapping[str, str],
        auth: httpx2.Auth | None = None,
        rules: tuple[Rule, ...] = (),
    ) -> dict[str, Any]:
        """Asked once: a code or a refresh token may be spent though no answer came, and whoever
        needs the token tries again anyway, without holding the lock meanwhile."""
        url, rules = self._token_url, (*rules, *self._token_rules)
        with Http(self._context, url, auth=auth, rules=rules, tries=1) as http:
            try:
                body = http.post(url, form=form).json()
            except Unauthorized as error:
                raise Unauthorized(error.message, final=True) from None
        inner = at(body, self.answer_at) if self.answer_at else None
        answer = inner if isinstance(inner, dict) and "access_token" in inner else body
        if not isinstance(at(answer, "access_token"), str):
            raise Unexpected("The token endpoint answered without a token.")
        told: dict[str, Any] = dict(answer)
        return told


def scopes_in(tokens: Mapping[str, Any]) -> frozenset[str] | None:
    scope = tokens.get("scope")
    return frozenset(str(scope).replace(",", " ").split()) if scope else None


def _is_good(tokens: Mapping[str, Any], refused: str) -> bool:
    token, expires = tokens.get("access_token"), tokens.get("expires")
    return bool(token) and token != refused and (expires is None or expires - AHEAD > time.time())


def _dated(answer: Mapping[str, Any], lasts: float | None) -> dict[str, Any]:
    """With the time of expiry, in epoch seconds, whatever way the endpoint told it."""
    told = {name: value for name, value in answer.items() if name != "expires_on"}
    on, span = answer.get("expires_on"), answer.get("expires_in") or lasts
    if isinstance(on, str):
        return {**told, "expires": datetime.fromisoformat(on).timestamp()}
    return {**told, "expires": None if span is None else time.time() + float(span)}
