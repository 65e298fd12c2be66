"""Where a figure comes from, how old its oldest part is, and what is missing in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from steward.inventory.books import standing_lags
from steward.inventory.instance import Instance, StreamState

LAGS = "Who has left is being told anew: whom a deleted directory knew counts as neither yet."


@dataclass(frozen=True)
class Provenance:
    """`oldest` is None where nothing was read yet. `missing` holds whole sentences. `said` is the
    sentence where no instance is asked: what people have entered."""

    instances: tuple[Instance, ...]
    oldest: datetime | None
    held_back_by: Instance | None
    missing: tuple[str, ...] = field(default=())
    said: str = ""
    files: int = 0

    @property
    def uploads(self) -> str:
        return f"{self.files} uploaded file{'s' if self.files > 1 else ''}"

    def sentence(self) -> str:
        if self.said:
            return " ".join([self.said, *self.missing])
        if not self.instances:
            nobody = "No instance that could tell is connected."
            return " ".join([f"From {self.uploads}." if self.files else nobody, *self.missing])
        count = len(self.instances)
        said = f"From {count} instance{'s' if count > 1 else ''}"
        said += f" and {self.uploads}" if self.files else ""
        if self.oldest is None:
            return f"{said}, none of which has been read yet."
        said += f"; the oldest data is {age(self.oldest)} old"
        if self.held_back_by and count > 1:
            said += f" ({self.held_back_by.name})"
        return " ".join([f"{said}.", *self.missing])


def provenance(
    streams: Iterable[str],
    only: Iterable[int] | None = None,
    also: Iterable[str] = (),
    files: int = 0,
) -> Provenance:
    """Of figures that need these streams; `only` narrows to instances by id. `files` were brought
    in by people and count as well."""
    needed = set(streams)
    rows = Instance.objects.present().prefetch_related("streams").order_by("name")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    sources = [i for i in rows if needed & _offered(i)]
    ages = [(i.last_synced_at, i) for i in sources if i.last_synced_at]
    oldest, behind = min(ages, key=lambda pair: pair[0], default=(None, None))
    missing = [sentence for i in sources for sentence in _missing(i, needed)]
    if "accounts" in needed and standing_lags():
        missing.append(LAGS)
    return Provenance(tuple(sources), oldest, behind, (*missing, *also), files=files)


def _offered(instance: Instance) -> set[str]:
    return {stream.name for stream in instance.streams.all()}


def _missing(instance: Instance, needed: set[str]) -> Iterable[str]:
    if not instance.syncs:
        since = f" since {instance.state_since:%-d %B %Y}"
        yield f"{instance.name} is inactive{since}, so what it shows ages."
    elif instance.is_stale():
        yield f"{instance.name} has not been read as often as it should be."
    if instance.last_synced_at is None:
        yield f"{instance.name} has not been read yet."
    if instance.removals_held:
        yield f"{instance.removals_held} removals are held for {instance.name}."
    streams = [stream for stream in instance.streams.all() if stream.name in needed]
    yield from filter(None, (_unread(instance, stream) for stream in streams))


def _unread(instance: Instance, stream: StreamState) -> str:
    if stream.state == StreamState.NOT_PERMITTED:
        scopes = f" ({', '.join(stream.missing)})" if stream.missing else ""
        return f"{instance.name} does not permit reading {stream.name}{scopes}."
    if stream.state == StreamState.FAILED:
        return f"{instance.name}: {stream.name} could not be read last time."
    return ""


def age(moment: datetime, now: datetime | None = None) -> str:
    """In the largest unit that fits: 40 minutes, 3 hours, 12 days."""
    past = max((now or timezone.now()) - moment, timedelta())
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(past.total_seconds() // seconds)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
