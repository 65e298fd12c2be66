"""Where a figure of a past day comes from: what had been read by the end of it, and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from steward.insight.provenance import Provenance, unread
from steward.inventory.history import end_of
from steward.inventory.instance import Instance
from steward.inventory.run import Run

NAMED = 5


def as_of(found: Provenance, day: date) -> Provenance:
    """What is `found` of today, as of the end of that day."""
    if not found.instances:
        return found
    runs = _last_runs(found.instances, day)
    read = tuple(i for i in found.instances if i.pk in runs)
    ages = [(runs[i.pk].finished_at, i) for i in read]
    oldest, behind = min(ages, key=lambda pair: pair[0], default=(None, None))
    missing = (*_never_read(found.instances, runs), *_unread(read, runs, found.needed))
    return Provenance(read, oldest, behind, missing, needed=found.needed, day=day)


def _last_runs(instances: Sequence[Instance], day: date) -> dict[int, Run]:
    """By instance."""
    ended = _succeeded().filter(finished_at__lt=end_of(day)).order_by("-created_at")
    return {run.instance_id: run for run in _one_each(instances, ended)}


def _succeeded() -> QuerySet[Run]:
    """What an emptied instance had been told before is gone, and so does not count."""
    mine = Run.objects.filter(instance=OuterRef("pk"), book=OuterRef("book"))
    return mine.filter(state=Run.SUCCEEDED)


def _one_each(instances: Sequence[Instance], runs: QuerySet[Run]) -> QuerySet[Any]:
    rows = Instance.objects.filter(pk__in=[i.pk for i in instances])
    chosen = rows.annotate(run=Subquery(runs.values("pk")[:1])).values_list("run", flat=True)
    return Run.objects.filter(pk__in=[pk for pk in chosen if pk])


def _never_read(instances: Sequence[Instance], runs: dict[int, Run]) -> Iterator[str]:
    if not runs:
        firsts = _one_each(instances, _succeeded().order_by("created_at"))
        if first := min((run.finished_at for run in firsts), default=None):
            yield f"The first was read on {first:%-d %B %Y}."
    elif names := [i.name for i in instances if i.pk not in runs]:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"Not read by then: {', '.join(names[:NAMED])}{more}."


def _unread(
    read: Sequence[Instance], runs: dict[int, Run], needed: frozenset[str]
) -> Iterator[str]:
    for instance in read:
        for name, stream in runs[instance.pk].progress.items():
            said = unread(instance.name, name, stream["state"], stream["missing"])
            if name in needed and said:
                yield said
