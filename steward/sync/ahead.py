"""Reading ahead: the next pages are fetched in a thread of its own while those before are written.

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
from steward.sdk.unread import UnreadPage

# Records that may be waiting to be written, as many as make a batch; 0 reads in the run's own
# thread. A page counts as no fewer than `SMALLEST`, as each costs the app a request.
AHEAD, SMALLEST = 2_000, 200
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


def decoded(pages: Iterator[Page[Any]]) -> Iterator[Page[Any]]:
    """Pages of which all is needed. So the thread that reads ahead decodes them, which else would
    only wait."""
    for page in pages:
        _ = page.records
        yield page


def printed(pages: Iterator[Page[Any]], salt: bytes) -> Iterator[Page[Any]]:
    """Pages that are compared with what is stored. When the last of them has come, little is left
    to do but to look."""
    for page in pages:
        if isinstance(page, UnreadPage):
            page.keys()
            page.prints(salt)
        yield page


@dataclass(frozen=True)
class _End:
    error: BaseException | None = None


class _Waiting(Queue["Page[Any] | _End"]):
    """As large as the records on its pages are many."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._records = 0

    def _qsize(self) -> int:
        return self._records

    def _put(self, item: Page[Any] | _End) -> None:
        self._records += _size(item)
        super()._put(item)

    def _get(self) -> Page[Any] | _End:
        item = super()._get()
        self._records -= _size(item)
        return item


def _size(item: Page[Any] | _End) -> int:
    return SMALLEST if isinstance(item, _End) else max(SMALLEST, len(item) + len(item.gone))


def ahead(pages: Iterator[Page[Any]], halt: Halt) -> Iterator[Page[Any] | None]:
    """The pages in their order; None whenever half a second has brought nothing."""
    if not AHEAD:
        yield from pages
        return
    queue = _Waiting(AHEAD)
    run = contextvars.copy_context().run
    threading.Thread(
        target=run, args=(_read, pages, queue, halt), name="reader", daemon=True
    ).start()
    yield from _received(queue)


def _received(queue: _Waiting) -> Iterator[Page[Any] | None]:
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


def _read(pages: Iterator[Page[Any]], queue: _Waiting, halt: Halt) -> None:
    end = _End()
    try:
        for page in pages:
            _hand_over(queue, page, halt)
            if halt.is_set():
                return
    except BaseException as error:
        end = _End(error)
    finally:
        connections.close_all()
    _hand_over(queue, end, halt)


def _hand_over(queue: _Waiting, found: Page[Any] | _End, halt: Halt) -> None:
    while not halt.is_set():
        with suppress(Full):
            queue.put(found, timeout=TICK)
            return
