"""The apps that the made-up company's members have let in to Slack, as its log tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from steward.demo.company import Company, Human, Use

Row = dict[str, Any]
Member = tuple[Human, Use]


@dataclass(frozen=True)
class LetIn:
    """`story` is what happened: days ago, and Slack's word for it, the newest first. Where `every`
    is set, every so-manieth member has let it in alone; else an admin has, for all. Older services
    have a number in place of an app's ID. `grown` are the scopes since it was expanded."""

    id: str
    name: str
    scopes: str
    story: tuple[tuple[int, str], ...] = ((200, "added"),)
    every: int = 0
    grown: str = ""
    more: Row = field(default_factory=dict)

    @property
    def is_service(self) -> bool:
        return self.id.isdigit()

    @property
    def is_there(self) -> bool:
        return self.story[0][1] not in ("removed", "disabled")


APPS = (
    LetIn("A01ZOOM0001", "Zoom", "commands,chat:write,users:read,users:read.email"),
    LetIn("A02NOTION02", "Notion", "identify,search:read,links:write", ((160, "added"),), 6),
    LetIn(
        "A03SCRIBE03",
        "MeetingScribe AI",
        "app_mentions:read,chat:write",
        ((12, "expanded"), (140, "added")),
        grown="channels:history,groups:history,im:history,files:read",
    ),
    LetIn("A04MIRO0004", "Miro", "commands,links:read,links:write,users:read"),
    LetIn("A05POLL0005", "Poll Party", "commands,chat:write", ((30, "removed"), (90, "added"))),
    LetIn("A06FIGMA006", "Figma", "commands,chat:write", ((5, "added"), (40, "removed"))),
    LetIn("A07SYNCED07", "Roster Sync", "admin.users:read,admin.users:write,usergroups:write"),
    LetIn("A08ODD00008", "Standup Owl", "chat:write,standups:collect", ((60, "added"),)),
    LetIn("A09FOCUS009", "Quiet Hours", "dnd:write,users.profile:write", ((75, "added"),), 11),
    LetIn("100200300401", "Jenkins CI", "incoming-webhook", ((20, "enabled"), (25, "disabled"))),
    LetIn(
        "100200300402",
        "Airbrake",
        "incoming-webhook",
        ((50, "disabled"), (300, "added")),
        more={"reason": "user"},
    ),
    LetIn("100200300403", "RSS", "", ((9, "added"),), more={"rss_feed": True}),
)


def log(company: Company, members: Iterable[Member]) -> list[Row]:
    """Newest first, as Slack gives it."""
    people = [(human, use) for human, use in members if use.status != "disabled"]
    admins = [human for human, use in people if use.role in ("owner", "admin")]
    first = datetime.combine(company.today, time(9), UTC)
    rows = [row for app in APPS for row in _told(app, first, admins, people)]
    return sorted(rows, key=lambda row: (-int(row["date"]), row["user_id"], row["change_type"]))


def of_their_own(app: LetIn, members: Iterable[Member]) -> Iterator[Human]:
    """Who has let it in for themselves."""
    return (
        human
        for human, use in members
        if app.every and use.status != "disabled" and human.number % app.every == 0
    )


def _told(app: LetIn, today: datetime, admins: list[Human], people: list[Member]) -> Iterator[Row]:
    number = APPS.index(app)
    by = list(of_their_own(app, people)) if app.every else [admins[number % len(admins)]]
    for human in by:
        for days, change in app.story:
            at = today - timedelta(days=days, minutes=13 * number + human.number % 60)
            yield _row(app, human, change, at)


def _row(app: LetIn, human: Human, change: str, at: datetime) -> Row:
    kind = "service" if app.is_service else "app"
    scope = app.grown if change == "expanded" else app.scopes
    return {
        f"{kind}_id": int(app.id) if app.is_service else app.id,
        f"{kind}_type": app.name,
        "user_id": f"U0{human.number:07d}",
        "user_name": human.uses["slack"].username,
        "date": str(int(at.timestamp())),
        "change_type": change,
        "scope": scope,
        **app.more,
    }
