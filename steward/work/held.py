"""Which runs this process has taken, so that its heartbeat can speak for them, and which workflows
have come to their end in it: DBOS writes that down too, where there is room."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_held: set[int] = set()
_ended: deque[str] = deque(maxlen=1_000)


def hold(run: int) -> None:
    with _lock:
        _held.add(run)


def let_go(run: int) -> None:
    with _lock:
        _held.discard(run)


@contextmanager
def holding(run: int) -> Iterator[None]:
    hold(run)
    try:
        yield
    finally:
        let_go(run)


def held_runs() -> list[int]:
    with _lock:
        return list(_held)


def note_end(workflow: str | None) -> None:
    if workflow is not None:
        with _lock:
            _ended.append(workflow)


def has_ended(workflow: str) -> bool:
    with _lock:
        return workflow in _ended
