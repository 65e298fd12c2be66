"""How many requests an app still takes, as far as it tells or shows.

An app that counts down in its headers is believed: what is left is handed out and no more. One
that only refuses is learned from: what it took before it refused is what it is given in each
window from then on, and a little more after ten windows in peace. Whoever knows no limit waits
for nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")

# What is on its way may be counted by the app already; a second look tells.
GLANCE = 0.1
# A request that nobody came back from belonged to a worker that is gone.
LOST = 15.0
# Of an app that never said anything, no more than this is remembered.
SPAN = 60.0
PEACE = 10


@dataclass
class Window:
    """Times are those of the budget's clock, in seconds; `ends` is 0 where no end is known.
    `left` is what may still be asked, None for whatever one likes; `pending` are the requests on
    their way. `size` is the most that the app ever said is left. `allowance` requests in `length`
    seconds is what was learned from a refusal, and `lesson` whether that was in this very
    window."""

    began: float = 0.0
    ends: float = 0.0
    left: int | None = None
    pending: int = 0
    taken: int = 0
    last: float = 0.0
    size: int | None = None
    allowance: int | None = None
    length: float = 0.0
    lesson: bool = False
    peace: int = 0

    def take(self, now: float) -> float:
        """0 when a request may go now, and then it counts; otherwise the seconds to wait."""
        if now >= (self.ends or self.began + SPAN):
            self._turn(now)
        if now - self.last > LOST:
            self.pending = 0
        if self.left is not None and self.left <= 0:
            return self.ends - now
        if self.left is not None and self.allowance is None and self.left <= self.pending:
            return GLANCE
        if self.left is not None and self.allowance is not None:
            self.left -= 1
        self.taken, self.pending, self.last = self.taken + 1, self.pending + 1, now
        return 0.0

    def _turn(self, now: float) -> None:
        """A new window. Nothing is known of it but what the ones before were like."""
        if self.allowance is not None and not self.lesson and self.taken >= self.allowance:
            self.peace += 1
        if self.allowance is not None and self.peace >= PEACE:
            self.allowance, self.peace = self.allowance + max(1, self.allowance // 20), 0
        self.began, self.taken, self.lesson = now, 0, False
        self.left = self.size if self.allowance is None else self.allowance
        self.ends = now + self.length if self.allowance is not None else 0.0

    def answered(self, *, well: bool) -> None:
        self.pending = max(0, self.pending - 1)
        if self.lesson and well and self.allowance is not None:
            self.allowance += 1  # it was under way when another one was refused

    def told(self, now: float, remaining: int, seconds: float) -> None:
        """The app counts by itself: its numbers stand for whatever was learned. Answers overtake
        each other, so the lowest number of a window is the newest."""
        ends, self.allowance = now + seconds, None
        self.size = max(self.size or 0, remaining + 1)
        same = self.left is not None and abs(ends - self.ends) < 1.5
        self.left = min(self.left, remaining) if same and self.left is not None else remaining
        self.ends = max(self.ends, ends) if same else ends

    def paused(self, now: float, seconds: float) -> None:
        """Nothing goes until then."""
        self.left = 0
        self.ends = max(self.ends, now + seconds)

    def refused(self, now: float, seconds: float) -> None:
        """It was one too many. Who counts aloud teaches nothing by it, and what was under way
        when another one was refused is part of the same lesson."""
        counts_aloud = self.left is not None and self.allowance is None
        if not counts_aloud and not self.lesson:
            self.allowance = max(1, self.taken - self.pending)
            self.length = now + seconds - self.began
            self.lesson, self.peace = True, 0
        self.paused(now, seconds)


class Budget(Protocol):
    """A window that several share. `change` applies the function while nobody else can."""

    clock: Callable[[], float]

    def change(self, change: Callable[[Window], T]) -> T: ...


class OwnBudget:
    """Shared by the threads of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._window = Window()
        self._lock = threading.Lock()

    def change(self, change: Callable[[Window], T]) -> T:
        with self._lock:
            return change(self._window)
