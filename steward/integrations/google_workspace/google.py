"""Asking Google's three APIs, and knowing beforehand what may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from steward.integrations.google_workspace.asking import OAUTH, PRIVILEGES, SCOPES
from steward.integrations.google_workspace.delegation import Delegation, KeyFile
from steward.integrations.google_workspace.refusals import naming, rules_of
from steward.sdk.answer import Answer
from steward.sdk.auth import AuthorizationCode
from steward.sdk.connector import Cursor
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import Walk, cursor_pages
from steward.sdk.tokens import TokenAuth

Object = dict[str, Any]

# Quotas are by the minute, and a refusal for haste says no time: waiting grows to half a minute.
_TRIES = 6
_DIRECTORY = "/admin/directory/v1"
OURS = "my_customer"


class Google:
    def __init__(self, context: Context) -> None:
        settings = context.settings
        self.signed_in = _sign_in(context)
        self.admin = Http(
            context,
            settings["url"],
            auth=self.signed_in,
            rules=rules_of("Admin SDK API"),
            tries=_TRIES,
        )
        self.licensing = Http(
            context,
            settings["licensing_url"],
            auth=self.signed_in,
            rules=rules_of("Enterprise License Manager API"),
            tries=_TRIES,
        )
        self._looked_again = False

    def close(self) -> None:
        self.admin.close()
        self.licensing.close()

    def users(self, after: Cursor, fields: str, size: int = 500) -> Walk:
        """`fields` are those of a user that are sent at all (partial response): less to carry, and
        nothing that only looks new, such as the changing address of a photo."""
        return self.directory(
            "/users",
            after,
            customer=OURS,
            projection="full",
            orderBy="email",
            maxResults=size,
            fields=f"nextPageToken,users({fields})",
        )

    def directory(self, path: str, after: Cursor, **params: Any) -> Walk:
        return _pages(self.admin, f"{_DIRECTORY}{path}", after, params)

    def reports(self, path: str, after: Cursor, **params: Any) -> Walk:
        return _pages(self.admin, f"/admin/reports/v1{path}", after, params)

    def licences(self, product: str, after: Cursor, **params: Any) -> Walk:
        path = f"/apps/licensing/v1/product/{product}/users"
        return _pages(self.licensing, path, after, params)

    def get(self, path: str, **params: Any) -> Object:
        return object_of(self.admin.get(f"{_DIRECTORY}{path}", **params))

    def customer(self) -> str:
        """The customer's id, which every user carries."""
        answer, _ = next(self.users(None, "customerId", size=1))
        found = next((user.get("customerId") for user in list_of(answer, "users")), None)
        if not isinstance(found, str):
            raise Unexpected("Google answers, but does not say whose Google Workspace it is.")
        return found

    @contextmanager
    def needing(self, scope: str) -> Iterator[None]:
        """Names what is missing. A scope that was not granted is not asked for in vain."""
        if not self.has(scope):
            said = "The credential lacks a scope for this; the guide says where to add it."
            raise Forbidden(said, missing=(scope,))
        try:
            yield
        except Forbidden as refused:
            raise naming(refused, scope, PRIVILEGES) from None

    def has(self, scope: str) -> bool:
        """True also where Google does not say what it granted. What is missing may have been added
        since the token was made, so a new one is asked for, once."""
        granted = self.signed_in.granted
        if granted is None or scope in granted:
            return True
        if not self._looked_again:
            self._looked_again = True
            self.signed_in.token(refused=self.signed_in.token())
            granted = self.signed_in.granted or frozenset()
        return scope in granted


def _sign_in(context: Context) -> TokenAuth:
    given, consent = context.credentials, OAUTH.consent
    if context.auth == OAUTH.name and consent:
        return AuthorizationCode.of(context, consent)
    key = KeyFile.of(given["service_account_key"])
    return Delegation(context, context.settings["token_url"], key, given["admin"], SCOPES)


def _pages(http: Http, path: str, after: Cursor, params: Object) -> Walk:
    return cursor_pages(
        http, path, after, cursor_at="nextPageToken", cursor_param="pageToken", **params
    )


def list_of(answer: Answer, key: str) -> list[Any]:
    """Google leaves the key away where there is nothing."""
    found = object_of(answer).get(key) or []
    if not isinstance(found, list):
        raise Unexpected(f"Google answered with something else than a list of {key}.")
    return found


def object_of(answer: Answer) -> Object:
    found = answer.json()
    if not isinstance(found, dict):
        raise Unexpected("Google answered with something else than what was asked for.")
    return found
