"""Groups with their direct members, and administrator roles with whom they were given to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from steward.integrations.microsoft_365 import mapping
from steward.integrations.microsoft_365.asking import MEMBERS, ROLES, needing
from steward.integrations.microsoft_365.families import Families, Question, is_user
from steward.integrations.microsoft_365.graph import Graph, Object, listed, question, segment
from steward.integrations.microsoft_365.parts import parts
from steward.sdk.connector import Cursor, Page, Pages, page_of
from steward.sdk.records import Group, Membership

SIZE = 999
_GROUP = "id,displayName,groupTypes,resourceProvisioningOptions"


@dataclass(frozen=True)
class Groups:
    graph: Graph

    def pages(self, after: Cursor) -> Pages[Group | Membership]:
        yield from parts(after, {"groups": self._groups, "roles": self._roles})

    def _groups(self, after: Cursor) -> Pages[Group | Membership]:
        families = Families(self.graph, "/groups", {"select": _GROUP, "top": SIZE}, _members_of)
        with needing(MEMBERS):
            for step in families.steps(after):
                made = page_of(step.parents, mapping.group)
                members = tuple(
                    Membership(group=group, account=str(item["id"]))
                    for group, items in step.children
                    for item in items
                    if is_user(item)
                )
                yield Page((*made.records, *members), step.cursor, made.problems)

    def _roles(self, after: Cursor) -> Pages[Group | Membership]:
        """Roles that somebody holds, built-in and custom, also where they hold it for a part of
        the directory only. One that is held through a group is not resolved."""
        told: set[str] = set(after["told"]) if after else set()
        with needing(ROLES):
            names = self._names()
            for answer, following in self.graph.pages(
                "/roleManagement/directory/roleAssignments", after["at"] if after else None
            ):
                page = page_of(listed(answer), lambda item: _held(item, names, told))
                yield page.going_on_at(
                    {"at": following, "told": sorted(told)} if following else None
                )

    def _names(self) -> dict[str, str]:
        """Some 150: those of Microsoft and the tenant's own."""
        pages = self.graph.pages(
            "/roleManagement/directory/roleDefinitions", select="id,displayName"
        )
        return {str(r["id"]): str(r["displayName"]) for answer, _ in pages for r in listed(answer)}


def _members_of(group: Object) -> Question:
    own_id = str(group["id"])
    return own_id, question(f"/groups/{segment(own_id)}/members", select="id", top=SIZE)


def _held(item: Any, names: dict[str, str], told: set[str]) -> Iterator[Group | Membership]:
    role = str(item["roleDefinitionId"])
    if role not in told:
        told.add(role)
        yield Group(id=f"role:{role}", name=names.get(role, role), kind="role")
    yield Membership(group=f"role:{role}", account=str(item["principalId"]))
