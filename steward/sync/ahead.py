"""Reading ahead: the next page is fetched in a thread of its own while those before are written.

The run's own thread never waits for the app, so it can say that it lives, and notice that it was
asked to stop, however slow the app is. A thread that is left behind in the middle of a request
ends with that request; nothing it brings is looked at any more.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Any

from django.db import connections

from steward.sdk.connector import Page
from steward.sdk.errors import Unavailable

# Pages that may be waiting to be written; 0 reads in the
# run's own thread.
AHEAD = 2
TICK = 0.5


class Halt:
    """Set when nobody waits for the readers of a run any more; it wakes the one that naps for the
    app's sake."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __enter__(self) -> Halt:
        return self

    def __exit__(self, *_: object) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def nap(self, seconds: float) -> None:
        if self._event.wait(seconds):
            raise Unavailable("The sync was stopped.")


@dataclass(frozen=True)
class _End:
    error: BaseException | None = None


def ahead(pages: Iterator[Page[Any]], halt: Halt) -> Iterator[Page[Any] | None]:
    """The pages in their order; None whenever half a second has brought nothing."""
    if not AHEAD:
        yield from pages
        return
    queue: Queue[Page[Any] | _End] = Queue(AHEAD)
    run = contextvars.copy_context().run
    threading.Thread(
        target=run, args=(_read, pages, queue, halt), name="reader", daemon=True
    ).start()
    yield from _received(queue)


def _received(queue: Queue[Page[Any] | _End]) -> Iterator[Page[Any] | None]:
    while True:
        try:
            found = queue.get(timeout=TICK)
        except Empty:
            yield None
            continue
        if isinstance(found, _End):
            if found.error is not None:
                raise found.error
            return
        yield found


def _read(pages: Iterator[Page[Any]], queue: Queue[Page[Any] | _End], halt: Halt) -> None:
    end = _End()
    try:
        for page in pages:
            _put(queue, page, halt)
            if halt.is_set():
                return
    except BaseException as error:
        end = _End(error)
    finally:
        connections.close_all()
    _put(queue, end, halt)


def _put(queue: Queue[Page[Any] | _End], found: Page[Any] | _End, halt: Halt) -> None:
    while not halt.is_set():
        with suppress(Full):
            queue.put(found, timeout=TICK)
            return
