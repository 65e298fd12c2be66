"""Enterprise applications, who is assigned to them, and what they are permitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from steward.integrations.microsoft_365 import mapping
from steward.integrations.microsoft_365.asking import APPS, CONSENTS, MEMBERS, needing
from steward.integrations.microsoft_365.families import Families, Question, is_user
from steward.integrations.microsoft_365.graph import (
    AT_ONCE,
    Graph,
    Object,
    listed,
    question,
    segment,
)
from steward.sdk.connector import Cursor, Page, Pages, page_of
from steward.sdk.errors import Forbidden
from steward.sdk.records import App, Assignment, Grant
from steward.sdk.times import moment_of

SIZE = 999
_PRINCIPAL = (
    "id,appId,displayName,accountEnabled,servicePrincipalType,appOwnerOrganizationId,"
    "verifiedPublisher"
)
GRAPH = "00000003-0000-0000-c000-000000000000"


@dataclass
class Principals:
    """Service principals by their object ids, asked for once; as many as there are apps. `tenant`
    is our own, whose apps nobody needs to verify."""

    graph: Graph
    tenant: str
    own_app: str
    _known: dict[str, Object | None] = field(default_factory=dict)
    _roles: dict[str, dict[str, str]] = field(default_factory=dict)

    def look_up(self, ids: Iterable[str]) -> None:
        new = [i for i in dict.fromkeys(ids) if i and i not in self._known]
        for start in range(0, len(new), AT_ONCE):
            some = new[start : start + AT_ONCE]
            asked = [question(f"/servicePrincipals/{segment(i)}", select=_PRINCIPAL) for i in some]
            for own_id, found in zip(some, self.graph.batch(asked), strict=True):
                if isinstance(found, Forbidden):
                    raise found
                self._known[own_id] = found if isinstance(found, dict) else None

    def named(self, own_id: str) -> Object | None:
        """None where it was deleted since."""
        return self._known.get(own_id)

    def app(self, principal: Object) -> App:
        publisher = principal.get("verifiedPublisher") or {}
        owner = str(principal.get("appOwnerOrganizationId") or "").lower()
        microsofts = mapping.is_microsofts(principal)
        verified = microsofts or bool(publisher.get("verifiedPublisherId"))
        return App(
            id=mapping.app_id(principal),
            name=str(principal.get("displayName") or mapping.app_id(principal)),
            active=principal.get("accountEnabled") is not False,
            publisher="Microsoft" if microsofts else str(publisher.get("displayName") or ""),
            verified=None if owner == self.tenant else verified,
        )

    def is_foreign(self, principal: Object) -> bool:
        """Neither Microsoft's own, nor a managed identity, nor Steward itself."""
        kind = principal.get("servicePrincipalType") or "Application"
        own = str(principal.get("appId") or "").lower() == self.own_app
        return (
            kind in ("Application", "Legacy") and not own and not mapping.is_microsofts(principal)
        )

    def scope(self, resource: str, name: str) -> str:
        """What is permitted elsewhere than in Graph says where."""
        found = self._known.get(resource) or {}
        if not found or found.get("appId") == GRAPH:
            return name
        return f"{found.get('displayName') or resource}: {name}"

    def role(self, resource: str, role_id: str) -> str:
        """An application permission by its name, such as `Mail.Read`; "" where it has none."""
        if resource not in self._roles:
            found = self.graph.one(f"/servicePrincipals/{segment(resource)}", select="id,appRoles")
            self._roles[resource] = {
                str(role["id"]): str(role.get("value") or "") for role in found["appRoles"]
            }
        return self._roles[resource].get(role_id, "")


@dataclass(frozen=True)
class Apps:
    """Apps that people sign in to. Whoever gets one through a group is found in the group, direct
    members alone: Entra assigns nothing through a group in a group."""

    principals: Principals

    def pages(self, after: Cursor) -> Pages[App | Assignment]:
        families = Families(
            self.principals.graph,
            "/servicePrincipals",
            {"select": _PRINCIPAL, "top": SIZE},
            self._question,
            self.principals.is_foreign,
            _members,
        )
        with needing(APPS, MEMBERS):
            for step in families.steps(after):
                yield _together(self._records(step), step.cursor)

    def _question(self, principal: Object) -> Question:
        path = f"/servicePrincipals/{segment(principal['id'])}/appRoleAssignedTo"
        return mapping.app_id(principal), question(path, top=SIZE)

    def _records(self, step: Any) -> Iterator[Page[App | Assignment]]:
        yield page_of(step.parents, self.principals.app)
        for app, items in step.children:
            yield page_of(items, partial(_assignment, app))


def _members(app: str, items: list[Any]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, dict) and item.get("principalType") == "Group":
            path = f"/groups/{segment(item['principalId'])}/members"
            yield app, question(path, select="id", top=SIZE)


def _assignment(app: str, item: Object) -> Assignment | None:
    if is_user(item):
        return Assignment(app=app, account=str(item["id"]))
    if item.get("principalType") == "User":
        return Assignment(app=app, account=str(item["principalId"]))
    return None


def _together(pages: Iterable[Page[Any]], cursor: Cursor) -> Page[Any]:
    made = list(pages)
    records = tuple(record for page in made for record in page.records)
    return Page(records, cursor, tuple(problem for page in made for problem in page.problems))


@dataclass(frozen=True)
class Consents:
    """Delegated permissions: what an app may do in the name of everybody, or of one user. That a
    user is named means that they consented. Graph does not say when."""

    principals: Principals

    def pages(self, after: Cursor) -> Pages[App | Grant]:
        told: set[str] = set()
        with needing(CONSENTS, APPS):
            for answer, cursor in self.principals.graph.pages(
                "/oauth2PermissionGrants", after, top=SIZE
            ):
                items = [item for item in listed(answer) if isinstance(item, dict)]
                self.principals.look_up(str(item.get("clientId") or "") for item in items)
                self.principals.look_up(str(item.get("resourceId") or "") for item in items)
                pages = (page_of(self._apps(items, told), self.principals.app),)
                yield _together((*pages, page_of(items, self._grant)), cursor)

    def _apps(self, items: Iterable[Object], told: set[str]) -> Iterator[Object]:
        for item in items:
            client = self.principals.named(str(item.get("clientId")))
            if client and client["id"] not in told:
                told.add(client["id"])
                yield client

    def _grant(self, item: Object) -> Grant | None:
        client = self.principals.named(str(item["clientId"]))
        if client is None:
            return None
        resource = str(item["resourceId"])
        names = str(item.get("scope") or "").split()
        user = "" if item["consentType"] == "AllPrincipals" else str(item["principalId"])
        return Grant(
            app=mapping.app_id(client),
            account=user,
            scopes=tuple(self.principals.scope(resource, name) for name in names),
            granted_by=user,
        )


@dataclass(frozen=True)
class Permissions:
    """Application permissions, which reach everybody's data. Microsoft's own apps have theirs from
    Microsoft and are left out."""

    principals: Principals

    def pages(self, after: Cursor) -> Pages[App | Grant]:
        families = Families(
            self.principals.graph,
            "/servicePrincipals",
            {"select": _PRINCIPAL, "top": SIZE},
            _permissions_of,
            self.principals.is_foreign,
        )
        with needing(APPS):
            for step in families.steps(after):
                yield self._page(step)

    def _page(self, step: Any) -> Page[App | Grant]:
        found = [item for _, items in step.children for item in items if isinstance(item, dict)]
        self.principals.look_up(str(item.get("principalId") or "") for item in found)
        self.principals.look_up(str(item.get("resourceId") or "") for item in found)
        clients = dict.fromkeys(str(item.get("principalId")) for item in found)
        shown = [p for c in clients if (p := self.principals.named(c))]
        pages = (page_of(shown, self.principals.app), page_of(found, self._grant))
        return _together(pages, step.cursor)

    def _grant(self, item: Object) -> Grant | None:
        client, resource = self.principals.named(item["principalId"]), str(item["resourceId"])
        if client is None:
            return None
        name = self.principals.role(resource, str(item["appRoleId"]))
        return Grant(
            app=mapping.app_id(client),
            scopes=(self.principals.scope(resource, name),) if name else (),
            granted_at=moment_of(item.get("createdDateTime")),
        )


def _permissions_of(principal: Object) -> Question:
    own_id = str(principal["id"])
    return own_id, question(f"/servicePrincipals/{segment(own_id)}/appRoleAssignments", top=SIZE)
