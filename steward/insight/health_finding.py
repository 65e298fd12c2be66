"""What a look at Steward's own health can find, and from when something is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.inventory.instance import Instance

LATE = timedelta(minutes=10)
SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """`grave` is "bad" (nothing works until somebody acts), "warn", or "note" (it passes by
    itself). `todo` says what to do. It may be of an instance, or of a schedule or a webhook, by
    their numbers."""

    kind: str
    grave: str
    said: str
    todo: str
    instance: Instance | None = None
    since: datetime | None = None
    schedule: int | None = None
    webhook: int | None = None


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
