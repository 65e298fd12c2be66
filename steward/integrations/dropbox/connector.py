"""Dropbox teams (Standard, Advanced, Business, Enterprise)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from steward.integrations.dropbox import asking, mapping
from steward.integrations.dropbox.refusals import RULES
from steward.integrations.dropbox.walking import Walk, list_of
from steward.sdk.auth import AuthorizationCode
from steward.sdk.connector import Connector, Cursor, Page, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import chain
from steward.sdk.records import Account, Activity, App, Grant, Group, License, Membership, Seat
from steward.sdk.roles import Roles

SIZE = 1000
REACH = timedelta(days=90)


class Dropbox(Connector):
    slug = "dropbox"
    name = "Dropbox"
    summary = "Members of a team, admin roles, groups, licences, linked apps and the team's log."
    category = "Storage"
    active_means = (
        "An event in the team's log that the member caused, such as a sign-in, an upload or "
        "sharing; not what an app did for them"
    )
    also_known_as = (
        "dropbox",
        "dropbox_business",
        "dropboxbusiness",
        "dropboxforbusiness",
        "Dropbox Business",
        "Dropbox for Business",
        "Dropbox Enterprise",
    )
    settings = asking.SETTINGS
    auth = asking.AUTH
    roles = Roles(
        admins=frozenset(
            {
                "team admin",
                "user management admin",
                "support admin",
                "billing admin",
                "content admin",
                "compliance admin",
                "security admin",
            }
        ),
        writers=frozenset({"member"}),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        url = context.settings.get("url") or "https://api.dropboxapi.com"
        self.signed_in = AuthorizationCode.of(context, asking.CONSENT)
        self.http = Http(context, f"{url}/2", auth=self.signed_in, rules=RULES)

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        team = self._team()
        if not team.get("team_id"):
            raise Unexpected("Dropbox did not say which team the app is connected to.")
        name = team.get("name") or team["team_id"]
        return Tenant(str(team["team_id"]), str(name), self.signed_in.granted)

    def accounts(self, after: Cursor) -> Pages[Account]:
        for body, cursor in self._members(removed=True).pages(after):
            yield page_of(list_of(body, "members"), mapping.account, cursor)

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        """Each member names their groups, which costs one question for a thousand of them instead
        of one for each group."""
        yield from chain(after, {"groups": self._groups, "members": self._memberships})

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        head = () if after else (mapping.license_of(self._team()),)
        for body, cursor in self._members().pages(after):
            page = page_of(list_of(body, "members"), mapping.seat, cursor)
            yield Page((*head, *page.records), page.cursor, page.problems)
            head = ()

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        """What was linked for the whole team is not told by any endpoint."""
        walk = Walk(self.http, "/team/linked_apps/list_members_linked_apps", {})
        for body, cursor in walk.pages(after):
            to_records = partial(mapping.linked, set())
            yield page_of(list_of(body, "apps"), to_records, cursor)

    def activity(self, after: Cursor) -> Pages[Activity]:
        """The end is named, or the log would go on with what happens meanwhile."""
        since = self.context.since or self.context.now - REACH
        span = {"start_time": _written(since), "end_time": _written(self.context.now)}
        asked = {"limit": SIZE, "time": span}
        log = "/team_log/get_events"
        for body, cursor in Walk(self.http, log, asked, f"{log}/continue").pages(after):
            to_days = partial(mapping.activity, set())
            yield page_of(list_of(body, "events"), to_days, cursor)

    def _groups(self, after: Cursor) -> Pages[Group | Membership]:
        path = "/team/groups/list"
        for body, cursor in Walk(self.http, path, {"limit": SIZE}, f"{path}/continue").pages(after):
            yield page_of(list_of(body, "groups"), mapping.group, cursor)

    def _memberships(self, after: Cursor) -> Pages[Group | Membership]:
        for body, cursor in self._members().pages(after):
            yield page_of(list_of(body, "members"), mapping.memberships, cursor)

    def _members(self, *, removed: bool = False) -> Walk:
        asked = {"limit": SIZE, "include_removed": removed}
        going_on = "/team/members/list/continue_v2"
        return Walk(self.http, "/team/members/list_v2", asked, going_on)

    def _team(self) -> dict[str, Any]:
        team = self.http.post("/team/get_info").json()
        if not isinstance(team, dict):
            raise Unexpected("Dropbox answered with something other than what its API describes.")
        return team


def _written(moment: datetime) -> str:
    """As common.DropboxTimestamp has it: in UTC, with Z, without fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
