"""Microsoft Entra ID and Microsoft 365, through Microsoft Graph, as an app of the tenant's own."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from steward.integrations.microsoft_365 import asking, mapping
from steward.integrations.microsoft_365.activity import Days
from steward.integrations.microsoft_365.apps import Apps, Consents, Permissions, Principals
from steward.integrations.microsoft_365.asking import Gone, NotOffered, needing
from steward.integrations.microsoft_365.graph import Graph, listed, values
from steward.integrations.microsoft_365.groups import Groups
from steward.integrations.microsoft_365.parts import parts
from steward.integrations.microsoft_365.second_factor import Factors, of_admins
from steward.integrations.microsoft_365.sign_in import (
    certificate_ends,
    claims_of,
    granted,
    secret_ends,
    sign_in,
)
from steward.integrations.microsoft_365.users import SIZE, Users
from steward.sdk.connector import Connector, Cursor, Page, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.records import (
    Account,
    Activity,
    App,
    Assignment,
    Grant,
    Group,
    License,
    Membership,
    Seat,
)
from steward.sdk.roles import Roles


class Microsoft365(Connector):
    slug = "microsoft_365"
    name = "Microsoft Entra ID / Microsoft 365"
    summary = "Users and guests, groups, roles, licences, apps, what apps may do, and sign-ins."
    category = "Identity"
    kind = "sso"
    settings = asking.SETTINGS
    auth = asking.AUTH
    # Directory Readers, readers of reports and messages, and the roles that everybody has
    # administer nothing. Global Reader and Security Reader, which Microsoft labels as privileged,
    # are counted.
    roles = Roles(
        by_groups=True,
        harmless=frozenset(
            {
                *("directory readers", "reports reader", "usage summary reports reader"),
                *("message center reader", "message center privacy reader"),
                *("user", "guest user", "restricted guest user", "guest inviter"),
            }
        ),
    )
    active_means = "The last sign-in through Microsoft Entra ID, or use of Microsoft 365"
    also_known_as = (
        "Microsoft 365",
        "Office 365",
        "office365",
        "Microsoft Entra ID",
        "Azure Active Directory",
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        given = context.settings
        cloud = asking.CLOUDS[given.get("cloud") or "global"]
        graph = given.get("graph_url") or cloud.graph
        self.signed_in = sign_in(context, given.get("login_url") or cloud.login, graph)
        self.graph = Graph(context, graph, self.signed_in)

    def close(self) -> None:
        self.graph.close()

    def check(self) -> Tenant:
        """Reading one user proves the credential, and the permission nothing works without. The
        tenant's id is in the token too; its name needs a permission of its own."""
        with needing(asking.USERS):
            listed(self.graph.http.get("/users", **{"$select": "id", "$top": 1}))
        try:
            about = values(self.graph.one("/organization", select="id,displayName"))[0]
        except Forbidden:
            about = {"id": self._claims.get("tid")}
        if not about.get("id"):
            raise Unexpected("Microsoft answers, but does not say which tenant it is.")
        name = about.get("displayName") or self.context.settings["tenant"]
        return Tenant(str(about["id"]), str(name), granted(self._claims), self._ends())

    def accounts(self, after: Cursor) -> Pages[Account]:
        """What was known of second factors when the read began holds to its end, whoever goes on
        with it."""
        mark, leaving = self.context.marks.get("accounts"), self._may(asking.LEAVING)
        factors = after["factors"] if after else self._factors()
        with needing(asking.USERS):
            yield from Users(self.graph, leaving, factors, mark).pages(after)

    def _factors(self) -> Factors | None:
        return of_admins(self.graph) if self._may(asking.LOGS) else None

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        yield from Groups(self.graph).pages(after)

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        """What was bought and is counted by seat, then who was given one."""
        with needing(asking.LICENSES):
            bought = values(self.graph.one("/subscribedSkus"))
        bought = [sku for sku in bought if mapping.is_sold_by_seat(sku)]
        page = page_of(bought, mapping.license_of)
        sold = frozenset(record.id for record in page.records)
        if not after:
            yield Page(page.records, {"at": None}, page.problems)
        with needing(asking.USERS):
            for answer, following in self.graph.pages(
                "/users", after["at"] if after else None, select="id,assignedLicenses", top=SIZE
            ):
                cursor = {"at": following} if following else None
                yield page_of(listed(answer), lambda user: mapping.seats(user, sold), cursor)

    def apps(self, after: Cursor) -> Pages[App | Assignment]:
        yield from Apps(self._principals).pages(after)

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        passes = {
            "consents": Consents(self._principals).pages,
            "permissions": Permissions(self._principals).pages,
        }
        yield from parts(after, passes)

    def activity(self, after: Cursor) -> Pages[Activity]:
        yield from Days(self.graph, self.context.now, self.context.since).pages(after)

    @cached_property
    def _claims(self) -> dict[str, Any]:
        return claims_of(self.signed_in.token())

    @cached_property
    def _principals(self) -> Principals:
        tenant = str(self._claims.get("tid") or "").lower()
        return Principals(self.graph, tenant, self.context.credentials["client_id"].lower())

    def _may(self, scope: str) -> bool:
        return scope in (granted(self._claims) or ())

    def _ends(self) -> datetime | None:
        """When the credential ends; that of a secret is told to whoever may read apps."""
        secret = self.context.credentials.get("client_secret")
        if not secret:
            return certificate_ends(self.context)
        own = f"/applications(appId='{self.context.credentials['client_id']}')"
        try:
            known = self.graph.one(own, select="passwordCredentials")
        except (Forbidden, Gone, NotOffered):
            return None
        return secret_ends(known.get("passwordCredentials") or (), secret)
