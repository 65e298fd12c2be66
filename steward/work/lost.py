"""Runs that their worker has left under way: taken back, or set aside when they kill every worker,
so that the others go on."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from steward.inventory.run import Run
from steward.sync.verdict import crashed
from steward.work import held, naming

log = structlog.get_logger(__name__)

TRIES = 3
POISONED = (
    "The sync has crashed its worker three times and was set aside. "
    "The log of the worker says more; start it again when the cause is known."
)


def take_back(left: Iterable[Run]) -> None:
    """The next attempt's number shuts out whoever had them. With each batch that was written the
    tries begin anew."""
    for run in left:
        if run.attempt - run.moved >= TRIES:
            crashed(run, POISONED)
        else:
            same = Run.objects.filter(pk=run.pk, attempt=run.attempt, state=Run.RUNNING)
            same.update(state=Run.QUEUED, heartbeat_at=None)
        facts = {"run": run.pk, "instance": run.instance_id, "attempt": run.attempt}
        log.warning("run lost its worker", **facts)


def take_back_own() -> None:
    """At the start: a worker that is back under its name need not wait until it counts as
    silent."""
    mine = Run.objects.filter(worker=naming.name()).exclude(pk__in=held.held_runs())
    take_back(mine.filter(state=Run.RUNNING).select_related("instance"))
    mine.filter(state=Run.QUEUED).update(heartbeat_at=None)
