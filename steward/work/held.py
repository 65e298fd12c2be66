"""Which runs this process has taken, so that its heartbeat can speak for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_held: set[int] = set()


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
