"""Grants: which apps have been let in to the workspace, told by Slack's log of integrations.

Slack lists no installed apps to a workspace's token; the log alone says what was let in, by whom
and with which scopes (https://docs.slack.dev/reference/methods/team.integrationLogs). It is read as
it comes, the newest entry first, so that what is added meanwhile moves no page past an entry
unread: entries are then shown twice, which changes nothing. The newest word on an app is what holds
of it; whatever is older than the app's end is over. So no more is remembered than which apps were
named, which stand and which have ended, and that travels in the cursor.

`admin.apps.approved.list` is not asked: it needs the token of a whole Enterprise organisation, and
tells which apps may be installed, not which are.

A token of a member reaches what the member can reach, and an app's own token what the workspace has
let it see. The log does not say which of the two was given, but some scopes exist for one of them
alone. An entry with none that tell is taken for the workspace's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from steward.sdk.connector import Cursor
from steward.sdk.records import App, Grant
from steward.sdk.times import moment_of

Entry: TypeAlias = dict[str, Any]
Holder: TypeAlias = tuple[str, str]

EVERYBODY = ""
# "updated" is a word on settings, also of what is switched off, so it decides nothing.
BEGINS = frozenset({"added", "enabled", "expanded"})
ENDS = frozenset({"removed", "disabled"})
TOLD = BEGINS | ENDS | {"updated"}

# docs.slack.dev, "Scopes", by kind of token, and the older ones that name it at their end.
_MEMBERS = re.compile(
    r"identify|identity\.\w+|openid|email|profile|client|read|post|search:read"
    r"|search:read\.(files|im|mpim|private|users)|(stars|reminders):\w+|dnd:write"
    r"|users\.profile:write|channels:write|\w+:write:user"
)
_SHARED = re.compile(
    r"bot|bot:basic|commands|incoming-webhook|app_mentions:read|assistant:write|chat:write:bot"
    r"|chat:write\.(customize|public)|channels:(join|manage)|metadata\.message:read"
    r"|conversations\.connect:\w+|workflow\.steps:execute|(datastore|triggers):\w+"
    r"|admin|admin\..+|auditlogs:read|search:read\.enterprise"
)


@dataclass
class Fold:
    """What newer entries have settled. `named` are apps that were told of, so that an older name
    takes no newer one's place; `stand` and `ended` are those decided, as app and holder."""

    named: set[str] = field(default_factory=set)
    stand: set[Holder] = field(default_factory=set)
    ended: set[Holder] = field(default_factory=set)

    @classmethod
    def of(cls, after: Cursor) -> Fold:
        kept = after or {"named": (), "stand": {}, "ended": {}}
        return cls(set(kept["named"]), _pairs(kept["stand"]), _pairs(kept["ended"]))

    def at(self, page: int) -> Cursor:
        named, stand, ended = sorted(self.named), _by_app(self.stand), _by_app(self.ended)
        return {"page": page, "named": named, "stand": stand, "ended": ended}

    def read(self, entry: Entry) -> Iterator[App | Grant]:
        """An entry on an RSS feed is about what a channel is told, and lets nobody in."""
        change = entry["change_type"]
        if entry.get("rss_feed") or change not in TOLD:
            return
        app = _app(entry)
        held = [one for one in _grants(app.id, entry) if not self._is_over(one)]
        if change in ENDS:
            self._end(app.id, held, whole=change == "removed")
            return
        if held and app.id not in self.named:
            self.named.add(app.id)
            yield app
        yield from (self._dated(one, change) for one in held)

    def _dated(self, grant: Grant, change: str) -> Grant:
        """Who agreed last, and when, is told once; older entries only say what else it may do."""
        holder = (grant.app, grant.account)
        if change in BEGINS and holder not in self.stand:
            self.stand.add(holder)
            return grant
        return Grant(app=grant.app, account=grant.account, scopes=grant.scopes)

    def _end(self, app: str, held: Iterable[Grant], whole: bool) -> None:
        """An app is removed for all; one member's consent alone is disabled. What was switched off
        and stands again is not over."""
        if whole:
            self.ended.add((app, EVERYBODY))
        self.ended |= {(app, one.account) for one in held} - self.stand

    def _is_over(self, grant: Grant) -> bool:
        return bool(self.ended & {(grant.app, EVERYBODY), (grant.app, grant.account)})


def _by_app(holders: set[Holder]) -> dict[str, list[str]]:
    """Shorter than pairs: most consents are of many members to one app."""
    found: dict[str, list[str]] = {}
    for app, who in sorted(holders):
        found.setdefault(app, []).append(who)
    return found


def _pairs(by_app: Mapping[str, Iterable[str]]) -> set[Holder]:
    return {(app, who) for app, holders in by_app.items() for who in holders}


def _app(entry: Entry) -> App:
    """Older services have numbers of their own, one for each place that was set up."""
    if entry.get("app_id"):
        return App(id=str(entry["app_id"]), name=str(entry.get("app_type") or entry["app_id"]))
    service = str(entry["service_id"])
    return App(id=service, name=str(entry.get("service_type") or service))


def _grants(app: str, entry: Entry) -> Iterator[Grant]:
    by, at = str(entry.get("user_id") or ""), moment_of(entry["date"])
    for account, scopes in _held(by, entry.get("scope") or "").items():
        yield Grant(app=app, account=account, scopes=scopes, granted_at=at, granted_by=by)


def _held(by: str, told: str) -> dict[str, tuple[str, ...]]:
    scopes = tuple(name for part in told.split(",") if (name := part.strip()))
    own = tuple(scope for scope in scopes if _MEMBERS.fullmatch(scope))
    if not own:
        return {EVERYBODY: scopes}
    if not any(_SHARED.fullmatch(scope) for scope in scopes):
        return {by: scopes}
    return {EVERYBODY: tuple(scope for scope in scopes if scope not in own), by: own}
