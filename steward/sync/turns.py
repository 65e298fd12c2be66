"""Whose turn it is, among the syncs of one process."""

from __future__ import annotations

import threading

# Requests that are under way at once. More syncs than that may be open, so that nobody waits for
# an app's sake while another one writes or begins.
REQUESTS = 8


class Slots:
    """A thread that has one needs no other: a request may ask for a token on its way."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)
        self._mine = threading.local()

    def __enter__(self) -> None:
        depth = getattr(self._mine, "depth", 0)
        if not depth:
            self._free.acquire()
        self._mine.depth = depth + 1

    def __exit__(self, *_: object) -> None:
        self._mine.depth -= 1
        if not self._mine.depth:
            self._free.release()


requesting = Slots(REQUESTS)
