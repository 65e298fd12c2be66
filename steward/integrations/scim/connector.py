"""Any app that speaks SCIM 2.0 (RFC 7643, RFC 7644)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import httpx2
import msgspec

from steward.integrations.scim import plain
from steward.integrations.scim.listing import Lists
from steward.integrations.scim.page import CursorRefused, NotOffered, NotThere, page
from steward.integrations.scim.users import Reader, identity
from steward.sdk.auth import ApiKey, Basic, ClientCredentials
from steward.sdk.connector import Connector, Cursor, Page, Pages, Tenant
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden
from steward.sdk.fields import AuthOption, Field, Scope
from steward.sdk.http import Http
from steward.sdk.records import Account, Group, Membership
from steward.sdk.rules import Rule
from steward.sdk.unread import UnreadPage

RULES = (
    Rule(CursorRefused, 400, at="scimType", is_in=("expiredCursor", "invalidCursor")),
    Rule(
        NotThere,
        404,
        message="The app has no SCIM list there. Check the address; it usually ends in /scim/v2.",
    ),
    Rule(NotOffered, 501, message="The app does not offer this list."),
)
_SCOPES = (
    Scope("GET /Users", "who has an account", ("accounts",), required=True),
    Scope("GET /Groups", "who is in which group", ("groups",)),
)


class Scim(Connector):
    slug = "scim"
    name = "SCIM 2.0"
    summary = "Users, roles, entitlements and groups of any app that speaks SCIM 2.0."
    category = "Any app"
    active_means = "The attribute named in the settings; SCIM itself knows no last activity."
    settings = (
        Field(
            "url",
            "SCIM address",
            "Where /Users is below; most end in /scim/v2.",
            kind="url",
            placeholder="https://app.example.com/scim/v2",
        ),
        Field(
            "application",
            "App",
            "What people call it; empty means the host of the address.",
            required=False,
        ),
        Field(
            "seats",
            "Paid seats",
            "SCIM does not say who holds a paid seat. Say how this app counts.",
            kind="choice",
            required=False,
            default="unknown",
            choices=(
                ("unknown", "Not known"),
                ("active", "Every active account"),
                ("listed", "Accounts with an entitlement, role or type named below"),
            ),
        ),
        Field(
            "seat_names",
            "Entitlements, roles or types that cost",
            "Separated by commas.",
            required=False,
            placeholder="full-seat, editor",
        ),
        Field(
            "last_active_attribute",
            "Attribute with the last activity",
            "Where the app adds one of its own.",
            required=False,
            placeholder="urn:example:params:scim:2.0:User:lastLogin",
        ),
    )
    auth = (
        AuthOption(
            "bearer",
            "Bearer token",
            fields=(Field("token", "SCIM token", secret=True),),
            scopes=_SCOPES,
        ),
        AuthOption(
            "basic",
            "User name and password",
            fields=(Field("user", "User name"), Field("password", "Password", secret=True)),
            scopes=_SCOPES,
        ),
        AuthOption(
            "header",
            "Key in a header of its own",
            fields=(
                Field(
                    "header",
                    "Header",
                    placeholder="X-Api-Key",
                    pattern=r"[A-Za-z0-9!#$&^_.+~-]+",
                    pattern_hint="A header has letters, digits and dashes, such as X-Api-Key.",
                ),
                Field(
                    "value", "Value", "Whole, with a prefix where the app wants one.", secret=True
                ),
            ),
            scopes=_SCOPES,
        ),
        AuthOption(
            "oauth",
            "OAuth 2.0 client credentials",
            fields=(
                Field("token_url", "Token address", kind="url"),
                Field("client_id", "Client ID"),
                Field("client_secret", "Client secret", secret=True),
                Field("scope", "Scope", "Where the app wants one.", required=False, default=""),
                Field(
                    "style",
                    "Client secret is sent",
                    kind="choice",
                    required=False,
                    default="basic",
                    choices=(("basic", "in the Authorization header"), ("post", "in the form")),
                ),
            ),
            scopes=_SCOPES,
        ),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.http = Http(
            context,
            context.settings["url"],
            auth=_signing_in(context),
            rules=RULES,
            headers={"Accept": "application/scim+json, application/json"},
        )
        self._lists = Lists(self.http)

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        """SCIM has no name for a tenant. Its address is what stays the same; the credential is
        proved by one user, since ServiceProviderConfig may be open to everyone."""
        page(self.http, "Users", count=1)
        address = httpx2.URL(self.context.settings["url"])
        port = f":{address.port}" if address.port else ""
        name = str(self.context.settings.get("application") or "") or address.host
        return Tenant(f"{address.host}{port}{address.path.rstrip('/')}", name)

    def accounts(self, after: Cursor) -> Pages[Account]:
        settings = self.context.settings
        listed = str(settings.get("seat_names") or "").split(",")
        reader = Reader(
            seats=str(settings.get("seats") or "unknown"),
            seat_names=frozenset(name.strip().casefold() for name in listed if name.strip()),
            last_active=str(settings.get("last_active_attribute") or ""),
        )
        if reader.last_active:  # an attribute that only the whole user has
            return self._read("Users", after, reader.account)
        return self._read("Users", after, partial(plain.account, reader), plain.decode)

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        try:
            yield from self._read("Groups", after, _group)
        except NotThere:
            raise Forbidden("The app offers no groups.", missing=("GET /Groups",)) from None

    def _read(
        self,
        path: str,
        after: Cursor,
        to_record: Callable[[Any], Any],
        decode: Callable[[msgspec.Raw], Any] = msgspec.json.decode,
    ) -> Iterator[Page[Any]]:
        for part in self._lists.parts(path, after):
            yield UnreadPage(
                part.resources,
                to_record,
                part.cursor,
                decode=decode,
                unlisted=(part.problem,) if part.problem else (),
                ids=part.ids,
            )


def _signing_in(context: Context) -> httpx2.Auth:
    given = context.credentials
    if context.auth == "basic":
        return Basic(given["user"], given["password"])
    if context.auth == "header":
        return ApiKey(given["value"], given["header"], prefix="")
    if context.auth == "oauth":
        return ClientCredentials(
            context,
            given["token_url"],
            given["client_id"],
            given["client_secret"],
            scope=given.get("scope") or "",
            style=given.get("style") or "basic",
        )
    return ApiKey(given["token"])


def _group(group: Mapping[str, Any]) -> Iterator[Group | Membership]:
    """Members are users or groups; a nested group's members are listed where it is."""
    own = identity(group)
    yield Group(id=own, name=str(group.get("displayName") or own))
    members = group.get("members")
    for member in members if isinstance(members, list) else ():
        value = member.get("value") if isinstance(member, Mapping) else member
        if isinstance(value, str | int) and value != "" and not _is_group(member):
            yield Membership(group=own, account=str(value))


def _is_group(member: Any) -> bool:
    if not isinstance(member, Mapping):
        return False
    return member.get("type") == "Group" or "/Groups/" in str(member.get("$ref") or "")
