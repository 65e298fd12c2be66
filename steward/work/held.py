"""Which runs this process has taken, so that its heartbeat can speak for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_held: set[int] = set()


@contextmanager
def holding(run: int) -> Iterator[None]:
    with _lock:
        _held.add(run)
    try:
        yield
    finally:
        with _lock:
            _held.discard(run)


@contextmanager
def begun(run: int) -> Iterator[None]:
    """Held from the moment that its workflow is asked for; who carries it out lets go."""
    with _lock:
        _held.add(run)
    try:
        yield
    except BaseException:
        with _lock:
            _held.discard(run)
        raise


def held_runs() -> list[int]:
    with _lock:
        return list(_held)
