"""Google Workspace: the directory, and through it the apps that people sign in to with Google."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote

from steward.integrations.google_workspace import activity as logs
from steward.integrations.google_workspace import asking, licences, mapping
from steward.integrations.google_workspace.google import OURS, Google, Object, list_of
from steward.integrations.google_workspace.grants import Grants
from steward.integrations.google_workspace.refusals import Gone
from steward.sdk.connector import Connector, Cursor, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Forbidden
from steward.sdk.paging import chain, fan_out
from steward.sdk.records import Account, Activity, App, Grant, Group, License, Membership, Seat
from steward.sdk.roles import Roles
from steward.sdk.unread import UnreadPage


class GoogleWorkspace(Connector):
    slug = "google_workspace"
    name = "Google Workspace"
    summary = (
        "Users, groups, administrator roles, licences, sign-ins, and the third-party apps that "
        "people use with their Google account."
    )
    category = "Identity"
    kind = "directory"
    settings = asking.SETTINGS
    auth = asking.AUTH
    # What a plain user may write follows from the services that are on for their unit, and from
    # each file's sharing, of which the directory says nothing.
    roles = Roles(admins=frozenset({"super admin", "admin"}), by_groups=True)
    active_means = "The last sign-in to Google, or use of Gmail or Drive"
    also_known_as = ("google", "google_apps", "G Suite", "googleworkspace", "gsuite")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.google = Google(context)

    def close(self) -> None:
        self.google.close()

    def check(self) -> Tenant:
        with self.google.needing(asking.USERS):
            customer = self.google.customer()
        return Tenant(customer, self._domain() or customer, self.google.signed_in.granted)

    def _domain(self) -> str:
        """The primary domain; without the scope for it, that of the administrator."""
        try:
            with self.google.needing(asking.CUSTOMER):
                return str(self.google.get(f"/customers/{OURS}").get("customerDomain") or "")
        except Forbidden:
            return str(self.context.credentials.get("admin") or "").rpartition("@")[2]

    def accounts(self, after: Cursor) -> Pages[Account]:
        read = partial(mapping.account, self.context.settings.get("suspended") == "left")
        with self.google.needing(asking.USERS):
            for answer, cursor in self.google.users(after, mapping.USER_FIELDS):
                yield UnreadPage(answer.items("users"), read, cursor)

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        yield from chain(
            after,
            {
                "groups": self._groups,
                "members": self._members,
                "roles": self._roles,
                "holders": self._holders,
            },
        )

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        with self.google.needing(asking.LICENSING):
            yield from licences.pages(self.google, after)

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        with self.google.needing(asking.TOKENS):
            yield from Grants(self.google).pages(after)

    def activity(self, after: Cursor) -> Pages[App | Activity]:
        """Without the scope for usage reports the logs are still whole, and are not withheld."""
        passes: dict[str, Callable[[Cursor], Pages[App | Activity]]] = {
            "sign-ins": partial(self._log, logs.SIGN_INS),
            "authorised": partial(self._log, logs.AUTHORISED),
            "uses": partial(self._log, logs.USES),
        }
        if self.google.has(asking.USAGE):
            passes["last uses"] = self._last_uses
        yield from chain(after, passes)

    def _log(self, log: logs.Log, after: Cursor) -> Pages[App | Activity]:
        since, now = self.context.since, self.context.now
        with self.google.needing(asking.AUDIT):
            yield from logs.of_log(self.google, log, since, now, after)

    def _last_uses(self, after: Cursor) -> Pages[App | Activity]:
        with self.google.needing(asking.USAGE):
            yield from logs.last_uses(self.google, self.context.now, after)

    def _groups(self, after: Cursor) -> Pages[Group | Membership]:
        fields = "nextPageToken,groups(id,name,email)"
        params = {"customer": OURS, "maxResults": 200, "fields": fields}
        with self.google.needing(asking.GROUPS):
            for answer, cursor in self.google.directory("/groups", after, **params):
                yield page_of(list_of(answer, "groups"), mapping.group, cursor)

    def _members(self, after: Cursor) -> Pages[Group | Membership]:
        with self.google.needing(asking.GROUPS):
            yield from fan_out(after, self._group_ids(), str, self._members_of)

    def _group_ids(self) -> Iterator[str]:
        for page in self._groups(None):
            for record in page.records:
                if isinstance(record, Group):
                    yield record.id

    def _members_of(self, group: str, after: Cursor) -> Pages[Group | Membership]:
        return self._within(group, group, after)

    def _within(self, group: str, told_as: str, after: Cursor) -> Pages[Group | Membership]:
        """The users of a group, and of the groups inside it; none where it has been deleted since
        it was listed."""
        path = f"/groups/{quote(group, safe='')}/members"
        params = {
            "includeDerivedMembership": True,
            "maxResults": 200,
            "fields": "nextPageToken,members(id,type)",
        }
        with suppress(Gone):
            for answer, cursor in self.google.directory(path, after, **params):
                read = partial(mapping.membership, told_as)
                yield page_of(list_of(answer, "members"), read, cursor)

    def _roles(self, after: Cursor) -> Pages[Group | Membership]:
        params = {"maxResults": 100, "fields": "nextPageToken,items(roleId,roleName)"}
        with self.google.needing(asking.ROLES):
            walk = self.google.directory(f"/customer/{OURS}/roles", after, **params)
            for answer, cursor in walk:
                yield page_of(list_of(answer, "items"), mapping.role, cursor)

    def _holders(self, after: Cursor) -> Pages[Group | Membership]:
        """A role may be given to a group: then its users hold it. They are read again when the read
        goes on in the middle of a page of assignments."""
        token = after and after["at"]
        with self.google.needing(asking.ROLES):
            walk = self.google.directory(f"/customer/{OURS}/roleassignments", token, **_ASSIGNED)
            for answer, following in walk:
                given = list_of(answer, "items")
                for assignment in filter(mapping.is_to_group, given):
                    for page in self._holders_in(assignment):
                        yield page.going_on_at({"at": token})
                direct = [one for one in given if not mapping.is_to_group(one)]
                where = {"at": following} if following else None
                yield page_of(direct, _holder, where)
                token = following

    def _holders_in(self, assignment: Object) -> Pages[Group | Membership]:
        with self.google.needing(asking.GROUPS):
            group, role = str(assignment["assignedTo"]), mapping.role_id(assignment)
            yield from self._within(group, role, None)


_ASSIGNED: dict[str, Any] = {
    "maxResults": 200,
    "fields": "nextPageToken,items(roleId,assignedTo,assigneeType)",
}


def _holder(assignment: Object) -> Membership:
    return Membership(group=mapping.role_id(assignment), account=str(assignment["assignedTo"]))
