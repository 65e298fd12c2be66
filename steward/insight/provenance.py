"""Where a figure comes from, how old its oldest part is, and what is missing in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from django.db.models import QuerySet
from django.utils import timezone

from steward.inventory.books import standing_lags
from steward.inventory.instance import Instance, StreamState

# Its name, its state, and what is not permitted.
_Stream: TypeAlias = tuple[str, str, list[str]]
LAGS = "Who has left is being told anew: whom a deleted directory knew counts as neither yet."


@dataclass(frozen=True)
class Provenance:
    """`oldest` is None where nothing was read yet. `missing` holds whole sentences. `said` is the
    sentence where no instance is asked: what people have entered. `needed` are the streams that
    were asked about. With a `day`, `instances` are those that had been read by the end of it."""

    instances: tuple[Instance, ...]
    oldest: datetime | None
    held_back_by: Instance | None
    missing: tuple[str, ...] = field(default=())
    said: str = ""
    files: int = 0
    needed: frozenset[str] = frozenset()
    day: date | None = None

    @property
    def uploads(self) -> str:
        return f"{self.files} uploaded file{'s' if self.files > 1 else ''}"

    def sentence(self) -> str:
        if not self.instances:
            return " ".join([self.source, *self.missing])
        count = len(self.instances)
        said = f"From {count} instance{'s' if count > 1 else ''}"
        said += f" and {self.uploads}" if self.files else ""
        if self.oldest is None:
            return f"{said}, none of which has been read yet."
        said += f"; the oldest data {self._age(self.oldest)}"
        if self.held_back_by and count > 1:
            said += f" ({self.held_back_by.name})"
        return " ".join([f"{said}.", *self.missing])

    @property
    def is_before_any(self) -> bool:
        return self.day is not None and not self.instances

    @property
    def source(self) -> str:
        """Where no instance is named."""
        if self.day:
            return f"Nothing had been read by the end of {self.day:%-d %B %Y}."
        nobody = (
            f"From {self.uploads}." if self.files else "No instance that could tell is connected."
        )
        return self.said or nobody

    def _age(self, oldest: datetime) -> str:
        return f"was read on {oldest:%-d %B %Y}" if self.day else f"is {age(oldest)} old"


def provenance(
    streams: Iterable[str],
    only: Iterable[int] | None = None,
    also: Iterable[str] = (),
    files: int = 0,
) -> Provenance:
    """Of figures that need these streams; `only` narrows to instances by id. `files` were brought
    in by people and count as well."""
    needed = frozenset(streams)
    rows = Instance.objects.present().defer("settings", "scopes").order_by("name")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    offered = _offered(rows, needed)
    sources = [i for i in rows if i.pk in offered]
    ages = [(i.last_synced_at, i) for i in sources if i.last_synced_at]
    oldest, behind = min(ages, key=lambda pair: pair[0], default=(None, None))
    missing = [sentence for i in sources for sentence in _missing(i, offered[i.pk])]
    if "accounts" in needed and standing_lags():
        missing.append(LAGS)
    said = (*missing, *also)
    return Provenance(tuple(sources), oldest, behind, said, files=files, needed=needed)


def _offered(instances: QuerySet[Instance], needed: frozenset[str]) -> dict[int, list[_Stream]]:
    """By instance, as plain rows: every page tells where its figures come from."""
    found = defaultdict(list)
    rows = StreamState.objects.filter(instance__in=instances.order_by(), name__in=needed)
    columns = ("instance", "name", "state", "missing")
    for instance, *stream in rows.order_by("pk").values_list(*columns):
        found[instance].append(tuple(stream))
    return found


def _missing(instance: Instance, streams: Iterable[_Stream]) -> Iterable[str]:
    if not instance.syncs:
        since = f" since {instance.state_since:%-d %B %Y}"
        yield f"{instance.name} is inactive{since}, so what it shows ages."
    elif instance.is_stale():
        yield f"{instance.name} has not been read as often as it should be."
    if instance.last_synced_at is None:
        yield f"{instance.name} has not been read yet."
    if instance.removals_held:
        yield f"{instance.removals_held} removals are held for {instance.name}."
    yield from filter(None, (unread(instance.name, *stream) for stream in streams))


def unread(instance: str, stream: str, state: str, missing: Sequence[str]) -> str:
    """Why a stream tells nothing; "" where it does."""
    if state == StreamState.NOT_PERMITTED:
        scopes = f" ({', '.join(missing)})" if missing else ""
        return f"{instance} does not permit reading {stream}{scopes}."
    if state == StreamState.FAILED:
        return f"{instance}: {stream} could not be read last time."
    return ""


def age(moment: datetime, now: datetime | None = None) -> str:
    """In the largest unit that fits: 40 minutes, 3 hours, 12 days."""
    past = max((now or timezone.now()) - moment, timedelta())
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(past.total_seconds() // seconds)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
