"""Events in words, for pages and terminals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from steward.insight.timeline import Event
from steward.inventory.account import Account

# One reading writes what an account holds within moments.
_TOGETHER = timedelta(minutes=5)
_HELD = {
    "joined": "joined",
    "left": "left",
    "seat_got": "got the paid seat",
    "seat_lost": "lost the paid seat",
    "app_given": "was given",
    "app_taken": "no longer has",
    "access_given": "let in",
    "access_taken": "no longer lets in",
}
_FOR_ALL = {
    "access_given": "let in for everybody:",
    "access_taken": "no longer let in for everybody:",
}
_WORDS = {
    "appeared": "first seen",
    "disabled": "disabled",
    "enabled": "enabled",
    "removed": "removed",
    "returned": "came back",
}


@dataclass
class Line:
    """`what` is left to the page where it is an instance's own moment (`sentence` is "")."""

    at: datetime
    what: str
    account: Account | None
    sentence: str
    actor: str = ""
    reason: str = ""
    subjects: list[str] = field(default_factory=list)


def lines(events: Iterable[Event]) -> list[Line]:
    """What an account got or lost in one go is one line."""
    told: list[Line] = []
    for event in events:
        last = told[-1] if told else None
        if last and event.what in _HELD and _belongs(event, last):
            last.subjects.append(event.subject)
            last.sentence = _of_holdings(event, last.subjects)
        else:
            told.append(_line(event))
    return told


def _belongs(event: Event, last: Line) -> bool:
    same = (event.what, event.account) == (last.what, last.account)
    return same and last.at - event.at < _TOGETHER


def _line(event: Event) -> Line:
    return Line(
        event.at,
        event.what,
        event.account,
        _sentence(event),
        event.actor,
        event.reason,
        [event.subject],
    )


def _sentence(event: Event) -> str:
    if event.what in _HELD:
        return _of_holdings(event, [event.subject])
    if event.what == "access_changed":
        return f"{event.subject} may do other things, {event.changes[0].sentence()}"
    parts = [_WORDS[event.what]] if event.what in _WORDS else []
    parts += [c.sentence() for c in event.changes if not (parts and c.field == "status")]
    if event.counts:
        parts.append("sync: " + ", ".join(f"{number} {name}" for name, number in event.counts))
    if event.what == "changed" and not parts:
        return "details changed"
    return ", ".join(parts)


def _of_holdings(event: Event, subjects: list[str]) -> str:
    named = sorted(subjects)
    shown = ", ".join(named[:8])
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    said = _HELD if event.account else _FOR_ALL
    return f"{said[event.what]} {shown}{more}"
