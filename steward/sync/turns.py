"""Whose turn it is, among the syncs of one process."""

from __future__ import annotations

import heapq
import threading
from itertools import count

# Requests that are under way at once. More syncs than that may be open, so that nobody waits for
# an app's sake while another one writes or begins.
REQUESTS = 8
# Requests after which a sync goes behind the others. With more of them, those that begin last end
# long after the rest, one page after another and fewer at a time; with one, all end together and
# then all write.
IN_A_ROW = 2


class Slots:
    """A thread that has one needs no other: a request may ask for a token on its way."""

    def __init__(self, number: int) -> None:
        self._free = number
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, threading.Lock]] = []
        self._number = count()
        self._mine = threading.local()

    def place(self) -> Place:
        return Place(self)

    def rank(self) -> int:
        """Behind all who have one."""
        return next(self._number)

    def take(self, rank: int) -> None:
        """Of those who wait, the lowest rank comes first."""
        depth = getattr(self._mine, "depth", 0)
        if not depth:
            self._wait(rank)
        self._mine.depth = depth + 1

    def _wait(self, rank: int) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = threading.Lock()
            called.acquire()
            heapq.heappush(self._waiting, (rank, next(self._number), called))
        called.acquire()

    def give_back(self) -> None:
        self._mine.depth -= 1
        if self._mine.depth:
            return
        with self._lock:
            if self._waiting:
                *_, called = heapq.heappop(self._waiting)
                called.release()
            else:
                self._free += 1


class Place:
    """A sync's among the others. They begin one after another and not all at once, so that some
    write while the others wait for their apps; a long one lets the rest by now and then."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._rank = self._left = 0

    def __enter__(self) -> None:
        if not self._left:
            self._rank, self._left = self._slots.rank(), IN_A_ROW
        self._left -= 1
        self._slots.take(self._rank)

    def __exit__(self, *_: object) -> None:
        self._slots.give_back()


requesting = Slots(REQUESTS)
