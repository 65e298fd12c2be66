"""How a run ends, and what that means for its instance. Everything of an ending is one
transaction: the run, the results of its streams, the instance's state and the moment.

The verdict of a run begun with an older credential changes no state (see `moments.move`)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from steward import tracing
from steward.inventory import moments
from steward.inventory.instance import Instance, StreamState
from steward.inventory.lifecycle import Event
from steward.inventory.run import Run
from steward.sdk.errors import ConnectorError, Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sync.opening import integration_of
from steward.sync.progress import FAILED, NOT_PERMITTED, OK, READING, Progress
from steward.sync.runs import next_sync
from steward.sync.writers.upsert import upsert

log = structlog.get_logger(__name__)

PARKED_FROM = 60.0
PARKED_TO = 24 * 3600.0
RETRY_MINUTES = (5, 15, 45, 120, 360)


def reached(progress: Progress) -> None:
    """All streams were tried; those that failed make the run a failed one."""
    broken = {n: s for n, s in progress.streams.items() if s.state == FAILED}
    if broken:
        names = ", ".join(broken)
        first = next(iter(broken.values()))
        return failed(progress, Unexpected(f"Not all could be read ({names}): {first.error}"))
    with transaction.atomic():
        _end(progress, Run.SUCCEEDED)
        due = next_sync(progress.run.instance.every_hours)
        _move(progress, Event.SUCCEEDED, last_synced_at=_true_of(progress.run), next_sync_at=due)
    return None


def _true_of(run: Run) -> datetime:
    """When what was read was true: a file is as fresh as its upload, however often it is read."""
    if integration_of(run.instance).speaks == "file":
        uploaded: datetime = run.instance.credential.updated_at
        return uploaded
    return timezone.now()


def failed(progress: Progress, error: ConnectorError) -> None:
    with transaction.atomic():
        _mark_reading(progress, error)
        sample = error.sample if isinstance(error, Unexpected) else ""
        _end(progress, Run.FAILED, error, sample=sample)
        retry = _retry_at(progress.run)
        _move(progress, Event.FAILED, error.code, error.message, next_sync_at=retry)


def unavailable(progress: Progress, error: Unavailable) -> None:
    """An app that says when to come back is taken at its word, and the run goes on from where it
    is; one that does not is tried again with growing pauses."""
    if error.retry_after is None or error.retry_after < PARKED_FROM:
        return failed(progress, error)
    at = timezone.now() + timedelta(seconds=min(error.retry_after, PARKED_TO))
    with transaction.atomic():
        progress.save(state=Run.PARKED, resume_at=at, code=error.code, error=error.message)
    log.info("run parked", until=at.isoformat())
    tracing.note(outcome=Run.PARKED, error=error.code)
    return None


def refused(progress: Progress, error: Unauthorized | Forbidden) -> None:
    with transaction.atomic():
        _mark_reading(progress, error)
        _end(progress, Run.REFUSED, error)
        _move(progress, Event.REFUSED, error.code, _sentence(error), next_sync_at=None)


def crashed(run: Run, sentence: str) -> None:
    """For a run whose worker cannot even say how it went."""
    rows = Run.objects.filter(pk=run.pk, attempt=run.attempt, state=Run.RUNNING)
    with transaction.atomic():
        if rows.update(
            state=Run.FAILED, code="crashed", error=sentence, finished_at=timezone.now()
        ):
            moments.move(
                run.instance,
                Event.FAILED,
                code="crashed",
                reason=sentence,
                connection=run.connection,
                next_sync_at=_retry_at(run),
            )


def stopped(progress: Progress) -> None:
    """What was read is kept, nothing is removed, and the instance stays as it was."""
    with transaction.atomic():
        _end(progress, Run.STOPPED)
        run = progress.run
        run.refresh_from_db(fields=["stop_requested_by"])
        moments.record(run.instance, "sync_stopped", run.stop_requested_by)


def _sentence(error: Unauthorized | Forbidden) -> str:
    if isinstance(error, Forbidden) and error.missing:
        return f"{error.message} Missing: {', '.join(error.missing)}."
    return error.message


def _end(
    progress: Progress, state: str, error: ConnectorError | None = None, sample: str = ""
) -> None:
    progress.save(
        state=state,
        finished_at=timezone.now(),
        code=error.code if error else "",
        error=error.message if error else "",
        sample=sample,
    )
    _write_streams(progress)
    log.info("run ended", state=state, error=error.message if error else "", **progress.counts)
    records = sum(stream.records for stream in progress.streams.values())
    tracing.note(outcome=state, records=records, error=error.code if error else "")


def _write_streams(progress: Progress) -> None:
    for name, stream in progress.streams.items():
        if stream.state not in (OK, NOT_PERMITTED, FAILED):
            continue
        values: dict[str, Any] = {"state": stream.state, "missing": stream.missing}
        values["error"] = stream.error or _set_aside(stream.set_aside)
        if stream.state == OK:
            values |= {"last_ok_at": timezone.now(), "records": stream.records}
        upsert(StreamState, values, instance=progress.run.instance, name=name)


def _set_aside(count: int) -> str:
    return f"{count} records could not be read and were set aside." if count else ""


def _mark_reading(progress: Progress, error: ConnectorError) -> None:
    for stream in progress.streams.values():
        if stream.state == READING:
            stream.state, stream.error = FAILED, error.message


def _move(
    progress: Progress, event: Event, code: str = "", reason: str = "", **changes: Any
) -> None:
    run = progress.run
    moments.move(
        run.instance, event, code=code, reason=reason, connection=run.connection, **changes
    )
    if progress.counts["held"] and not _told_already(run):
        moments.record(run.instance, "removals_held", held=progress.counts["held"])


def _told_already(run: Run) -> bool:
    """One word about held removals is enough until a person has decided."""
    latest = run.instance.moments.filter(event__startswith="removals_").order_by("-pk").first()
    return latest is not None and latest.event == "removals_held"


def _retry_at(run: Run) -> Any:
    """Soon at first, then less often, never later than the next sync would be anyway."""
    latest = Run.objects.filter(instance=run.instance).order_by("-pk")[: len(RETRY_MINUTES) + 1]
    failures = 0
    for earlier in latest:
        if earlier.pk != run.pk and earlier.state != Run.FAILED:
            break
        failures += 1
    minutes = RETRY_MINUTES[min(max(failures, 1), len(RETRY_MINUTES)) - 1]
    pause = timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311
    instance: Instance = run.instance
    return timezone.now() + min(pause, timedelta(hours=instance.every_hours))
