"""A service account that acts for an administrator (domain-wide delegation).

Google gives a token for all the scopes that were asked for, or for none: one that the Admin
console does not list, and the whole assertion is refused. So Steward finds out which are listed,
one by one, and remembers them beside the token. Every new token is asked for with all of them
first, so that what an admin adds is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from steward.integrations.google_workspace.refusals import TOKEN_RULES, NotDelegated
from steward.sdk.auth import JwtBearer
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unauthorized
from steward.sdk.fields import Scope
from steward.sdk.tokens import TokenAuth


@dataclass(frozen=True)
class KeyFile:
    """What counts of the file that Google Cloud makes for a service account."""

    client_email: str
    private_key: str = field(repr=False)
    key_id: str = ""

    @classmethod
    def of(cls, text: str) -> KeyFile:
        with suppress(msgspec.DecodeError, msgspec.ValidationError, KeyError):
            told = msgspec.json.decode(text, type=dict[str, Any])
            if told["type"] == "service_account":
                key_id = told.get("private_key_id") or ""
                return cls(str(told["client_email"]), str(told["private_key"]), str(key_id))
        raise Unauthorized(
            "This is no key file of a service account. Paste the whole content of the JSON file, "
            "from its first brace to its last."
        )


class Delegation(TokenAuth):
    """`admin` is the address of the user to act for, `scopes` all that could be of use."""

    def __init__(
        self, context: Context, token_url: str, key: KeyFile, admin: str, scopes: Sequence[Scope]
    ) -> None:
        super().__init__(context, token_url)
        self._file, self._admin = key, admin
        self._required = tuple(scope.name for scope in scopes if scope.required)
        self._optional = tuple(scope.name for scope in scopes if not scope.required)

    def fetch(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        everything = (*self._required, *self._optional)
        remembered = tuple(str(tokens.get("scope") or "").split())
        for scopes in dict.fromkeys((everything, remembered)):
            if scopes:
                with suppress(NotDelegated):
                    return self._token(scopes)
        return self._token(self._listed())

    def _listed(self) -> tuple[str, ...]:
        try:
            self._token(self._required)
        except NotDelegated as refused:
            raise Forbidden(refused.message, missing=self._required) from None
        return (*self._required, *(scope for scope in self._optional if self._is_listed(scope)))

    def _is_listed(self, scope: str) -> bool:
        try:
            self._token((scope,))
        except NotDelegated:
            return False
        return True

    def _token(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        said = " ".join(scopes)
        claims = {"iss": self._file.client_email, "sub": self._admin, "scope": said}
        key, key_id = self._file.private_key, self._file.key_id
        grant = JwtBearer(
            self._context, self._token_url, claims, key, key_id=key_id, rules=TOKEN_RULES
        )
        return {**grant.fetch({}), "scope": said}
