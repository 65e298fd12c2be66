"""Slack workspaces."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias, TypeVar

import httpx2

from steward.integrations.slack import asking, mapping
from steward.integrations.slack.grants import Fold
from steward.integrations.slack.refusals import RULES
from steward.sdk.answer import Answer
from steward.sdk.auth import ApiKey, AuthorizationCode
from steward.sdk.connector import Connector, Cursor, Page, Pages, Tenant, page_of
from steward.sdk.context import Context
from steward.sdk.errors import Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import cursor_pages, number_pages
from steward.sdk.paths import at
from steward.sdk.records import (
    Account,
    Activity,
    App,
    Grant,
    Group,
    License,
    Membership,
    Seat,
)
from steward.sdk.roles import Roles
from steward.sdk.scopes import ForAll

SIZE = 500
LOG_PAGES = 100  # Slack refuses page 101: over_pagination_limit
REACH = timedelta(days=90)
Place: TypeAlias = dict[str, int]
Held = TypeVar("Held", list[Any], dict[str, Any])


class Slack(Connector):
    slug = "slack"
    name = "Slack"
    summary = (
        "Members, guests, bots, user groups, billed seats and access logs of a workspace, and the "
        "apps that were let in to it."
    )
    category = "Collaboration"
    active_means = "A session of the desktop, web or mobile app in the workspace's access logs"
    # Unless the owners forbid it, members install apps themselves.
    for_all = ForAll("Installed for the whole workspace.", "installed by")
    also_known_as = ("slack",)
    settings = asking.SETTINGS
    auth = asking.AUTH
    roles = Roles(
        admins=frozenset({"primary owner", "owner", "admin"}),
        writers=frozenset(
            {"member", "multi-channel guest", "single-channel guest", "external member"}
        ),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.team = context.settings.get("team") or None
        url = context.settings.get("url") or "https://slack.com/api"
        self.http = Http(context, url, auth=_sign_in(context), rules=RULES)

    def close(self) -> None:
        self.http.close()

    def check(self) -> Tenant:
        answer = self.http.get("/auth.test")
        said = _body(answer)
        scopes = answer.headers.get("X-OAuth-Scopes")
        granted = None if scopes is None else frozenset(s.strip() for s in scopes.split(","))
        team = self.team or said.get("team_id")
        if not team:
            raise Unexpected("Slack did not say which workspace the token belongs to.")
        return Tenant(team, said.get("team") or team, granted)

    def accounts(self, after: Cursor) -> Pages[Account]:
        pages = self._pages("/users.list", after, limit=SIZE)
        for answer, cursor in pages:
            yield page_of(_under(answer, "members", list), mapping.account, cursor)

    def groups(self, after: Cursor) -> Pages[Group | Membership]:
        asked = {"include_users": "true", "include_disabled": "false", "team_id": self.team}
        answer = self.http.get("/usergroups.list", **asked)
        yield page_of(_under(answer, "usergroups", list), mapping.group)

    def licenses(self, after: Cursor) -> Pages[License | Seat]:
        head = () if after else (License(id=mapping.SEAT, name="Slack seat"),)
        for answer, cursor in self._pages("/team.billableInfo", after, limit=SIZE):
            billed = _under(answer, "billable_info", dict)
            page = page_of(billed.items(), mapping.seat, cursor)
            yield Page((*head, *page.records), page.cursor, page.problems)
            head = ()

    def grants(self, after: Cursor) -> Pages[App | Grant]:
        fold = Fold.of(after)
        for answer, following in number_pages(
            self.http,
            "/team.integrationLogs",
            after and after["page"],
            items_at="logs",
            size_param="count",
            size=SIZE,
            pages_at="paging.pages",
            team_id=self.team,
        ):
            page = page_of(_under(answer, "logs", list), fold.read)
            yield page.going_on_at(fold.at(following) if following else None)

    def activity(self, after: Cursor) -> Pages[Activity]:
        """The log is read backwards from now, so that what is added meanwhile moves no page."""
        since = self.context.since or self.context.now - REACH
        place: Place | None = after or {"before": int(self.context.now.timestamp()), "page": 1}
        while place:
            answer = self.http.get("/team.accessLogs", count=SIZE, team_id=self.team, **place)
            entries = _under(answer, "logins", list)
            place = _next_place(place, entries, _pages_in(answer), since)
            told: set[tuple[str, date]] = set()
            to_days = partial(mapping.activity, since.astimezone(UTC).date(), told)
            yield page_of(entries, to_days, place)

    def _pages(self, path: str, after: Cursor, **asked: Any) -> Iterator[tuple[Answer, Cursor]]:
        at = "response_metadata.next_cursor"
        return cursor_pages(self.http, path, after, cursor_at=at, team_id=self.team, **asked)


def _sign_in(context: Context) -> httpx2.Auth:
    if context.auth == asking.OAUTH.name:
        return AuthorizationCode.of(context, asking.CONSENT)
    return ApiKey(context.credentials["token"])


def _next_place(place: Place, entries: list[Any], pages: int, since: datetime) -> Place | None:
    """A hundred pages can be turned; then the log is opened again where they ended."""
    ends = [entry["date_last"] for entry in entries if mapping.is_dated(entry)]
    if not ends or max(ends) < since.timestamp() or place["page"] >= pages:
        return None
    if place["page"] < LOG_PAGES:
        return {**place, "page": place["page"] + 1}
    if min(ends) >= place["before"]:
        raise Unexpected("Slack's access log does not go on: it keeps showing the same entries.")
    return {"before": min(ends), "page": 1}


def _pages_in(answer: Answer) -> int:
    """Without a count, pages are turned until one is empty."""
    pages = at(answer.json(), "paging.pages")
    return pages if isinstance(pages, int) else sys.maxsize


def _body(answer: Answer) -> dict[str, Any]:
    body = answer.json()
    if not isinstance(body, dict) or body.get("ok") is not True:
        raise Unexpected("Slack answered with something other than what its API describes.")
    return body


def _under(answer: Answer, name: str, kind: type[Held]) -> Held:
    held = _body(answer).get(name)
    if not isinstance(held, kind):
        raise Unexpected(f"Slack answered without the {name} that were asked for.")
    return held
