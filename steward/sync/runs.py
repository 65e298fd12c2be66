"""Asking for a run, stopping one, and the times of those that come by themselves."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from steward.inventory.instance import Instance
from steward.inventory.lifecycle import Act, State
from steward.inventory.run import OPEN, Run
from steward.sync.problems import Conflict


def request_sync(instance: Instance, *, by: str, trigger: str = "person") -> Run:
    """The open run where there is one, else a new one that a worker takes up."""
    instance.refresh_from_db(fields=["state", "reason", "connection", "book"])
    if not instance.may(Act.SYNC):
        raise Conflict(_why_not(instance), "not_allowed", instance)
    try:
        with transaction.atomic():
            return open_run(instance) or _new_run(instance, by, trigger)
    except IntegrityError:
        run = open_run(instance)
        if run is None:
            raise
        return run


def _why_not(instance: Instance) -> str:
    if instance.state != State.REVOKED:
        return f"{instance.name} is {instance.status.lower()}. Set its status to Live first."
    return (
        f"{instance.name} does not sync: {instance.reason.rstrip('.')}. Put that right in the app "
        "and set the status of the instance to Live, or enter a new credential."
    )


def open_run(instance: Instance) -> Run | None:
    found: Run | None = Run.objects.filter(instance=instance, state__in=OPEN).first()
    return found


def _new_run(instance: Instance, by: str, trigger: str) -> Run:
    run: Run = Run.objects.create(
        instance=instance,
        book=instance.book,
        connection=instance.connection,
        trigger=trigger,
        requested_by=by,
    )
    return run


def stop_run(run: Run, *, by: str) -> Run:
    """A run that nobody has taken up ends here; a running one is asked to, and ends at its next
    page."""
    now = timezone.now()
    waiting = Run.objects.filter(pk=run.pk, state__in=(Run.QUEUED, Run.PARKED))
    if not waiting.update(state=Run.STOPPED, stop_requested_by=by, finished_at=now):
        Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(stop_requested_by=by)
    run.refresh_from_db()
    return run


def end_open_runs(instance: Instance, by: str) -> None:
    """For an instance whose credential or data is no longer what the run began with."""
    rows = Run.objects.filter(instance=instance, state__in=OPEN)
    rows.update(state=Run.STOPPED, stop_requested_by=by, finished_at=timezone.now())


def next_sync(every_hours: int, now: datetime | None = None) -> datetime:
    """A tenth of the interval is left to chance, so that instances spread over the day."""
    hours = every_hours * random.uniform(0.9, 1.0)  # noqa: S311 (no secret: it only spreads load)
    return (now or timezone.now()) + timedelta(hours=hours)


def request_due(now: datetime | None = None) -> int:
    """Ask for a run of every instance whose time has come; how many there were."""
    now = now or timezone.now()
    count = 0
    for instance in Instance.objects.due(now):
        claimed = Instance.objects.due(now).filter(pk=instance.pk)
        if claimed.update(next_sync_at=next_sync(instance.every_hours, now)):
            request_sync(instance, by="", trigger="schedule")
            count += 1
    return count
