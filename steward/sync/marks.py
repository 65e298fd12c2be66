"""Where a read of changes alone may begin: the mark with which the last complete read ended.

What it brings is only true on top of all that was read before, so a mark is bound to that: to the
book, to the connection, and to the salt (code, settings, way of signing in). A week after the last
whole list the next one is due: it proves what changes only promise.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from steward.inventory.instance import StreamState
from steward.inventory.run import Run
from steward.sync.progress import StreamProgress
from steward.sync.writers.upsert import upsert

WHOLE_EVERY = timedelta(days=7)


def choose(run: Run, name: str, stream: StreamProgress, salt: bytes) -> dict[str, Any]:
    """The marks for the connector. What was chosen goes with the checkpoint: whoever goes on with
    a read must read the same list; where that has lost its ground, the whole list is begun."""
    bound = f"{salt.hex()} {run.connection} {run.book}"
    lost = stream.given is not None and stream.bound_to != bound
    if stream.cursor is None or lost:
        stream.cursor, stream.bound_to = None, bound
        stream.given = _mark_of(run, name, bound)
    return {} if stream.given is None else {name: stream.given}


def _mark_of(run: Run, name: str, bound: str) -> Any:
    since = timezone.now() - WHOLE_EVERY
    rows = StreamState.objects.filter(instance=run.instance_id, name=name, mark_for=bound)
    row = rows.filter(whole_at__gt=since).first()
    return row.mark if row else None


def settle(run: Run, name: str, stream: StreamProgress, *, complete: bool) -> None:
    """In the transaction that ends a read: the mark of a complete one is kept, and no other."""
    if complete:
        values: dict[str, Any] = {"mark": stream.mark, "mark_for": stream.bound_to}
        if not stream.changes:
            values["whole_at"] = timezone.now()
        upsert(StreamState, values, instance=run.instance, name=name)
    stream.given = stream.mark = None
