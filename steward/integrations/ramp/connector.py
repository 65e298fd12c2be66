"""Ramp: card holders, and what their cards have paid."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from typing import Any

from steward.integrations.ramp import mapping
from steward.sdk.answer import Answer
from steward.sdk.auth import ClientCredentials
from steward.sdk.connector import Connector, Cursor, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.http import Http
from steward.sdk.paging import url_pages
from steward.sdk.paths import at
from steward.sdk.records import Account, Charge
from steward.sdk.rules import Rule

SIZE = 100
API = "https://api.ramp.com/developer/v1"

SCOPES = (
    Scope("business:read", "Which company this is.", required=True),
    Scope("users:read", "Card holders and their e-mail addresses.", ("accounts",), required=True),
    Scope("departments:read", "The names of their departments.", ("accounts",), required=True),
    Scope("transactions:read", "What was paid by card.", ("charges",), required=True),
)
CLIENT = AuthOption(
    "client",
    "Developer app",
    fields=(
        Field("client_id", "Client ID"),
        Field("client_secret", "Client secret", secret=True),
    ),
    scopes=SCOPES,
)
_NOT_PERMITTED = Rule(
    Forbidden, 403, message="The developer app in Ramp lacks a scope, or is not allowed to do this."
)


class Ramp(Connector):
    slug = "ramp"
    name = "Ramp"
    summary = "What was paid by company card, who paid it, and for which department."
    category = "Finance"
    kind = "finance"
    settings = (
        Field(
            "url",
            "API address",
            help="Leave it, unless you try this with Ramp's sandbox: "
            "https://demo-api.ramp.com/developer/v1",
            kind="url",
            default=API,
        ),
    )
    auth = (CLIENT,)
    also_known_as = ("ramp", "ramp business corporation", "ramp card")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        url = (context.settings.get("url") or API).rstrip("/")
        sign_in = ClientCredentials(
            context,
            f"{url}/token",
            context.credentials["client_id"],
            context.credentials["client_secret"],
            scope=" ".join(scope.name for scope in SCOPES),
        )
        self.http = Http(context, url, auth=sign_in, rules=(_NOT_PERMITTED,))

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        said = self.http.get("/business").json()
        if not isinstance(said, dict) or not said.get("id"):
            raise Unexpected("Ramp did not say which company the developer app belongs to.")
        name = said.get("business_name_on_card") or said.get("business_name_legal") or "Ramp"
        return Tenant(str(said["id"]), str(name))

    def accounts(self, after: Cursor) -> Pages[Account]:
        to_account = partial(mapping.account, self._departments)
        for answer, cursor in self._pages("/users", after):
            yield page_of(_items(answer), to_account, cursor)

    def charges(self, after: Cursor) -> Pages[Charge]:
        asked = {"from_date": f"{self.context.charges_from}T00:00:00Z", "state": "CLEARED"}
        for answer, cursor in self._pages("/transactions", after, **asked):
            to_charge = partial(mapping.charge, self.context.charges_from)
            yield page_of(_items(answer), to_charge, cursor)

    @cached_property
    def _departments(self) -> dict[str, str]:
        pages = self._pages("/departments", None)
        return {d["id"]: d["name"] for answer, _ in pages for d in _items(answer)}

    def _pages(self, path: str, after: Cursor, **asked: Any) -> Iterator[tuple[Answer, Cursor]]:
        return url_pages(self.http, path, after, next_at="page.next", page_size=SIZE, **asked)


def _items(answer: Answer) -> list[Any]:
    items = at(answer.json(), "data")
    if not isinstance(items, list):
        raise Unexpected("Ramp answered without the list that was asked for.")
    return items
