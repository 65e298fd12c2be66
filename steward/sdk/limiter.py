"""Waiting for the app: whoever must, waits here, within what the budget of the instance allows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from steward.sdk.budget import Budget, OwnBudget
from steward.sdk.errors import Unavailable

# Longer than this, waiting is for the engine to plan and not for a thread to sleep through.
LONGEST_NAP = 60.0


class Limiter:
    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        budget: Budget | None = None,
        slot: AbstractContextManager[Any] | None = None,
    ) -> None:
        """`slot` is held while a request is under way, and not while one waits for its time."""
        self._sleep = sleep
        self._slot = slot or nullcontext()
        self._budget: Budget = budget or OwnBudget()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around a request: sleeps until the budget allows it.
        Raises Unavailable where that takes longer than a nap."""
        self._wait()
        well = False
        try:
            with self._slot:
                yield
            well = True
        finally:
            self._budget.change(lambda window: window.answered(well=well))

    def _wait(self) -> None:
        now = self._budget.clock()
        while left := self._take(now):
            if left > LONGEST_NAP:
                raise Unavailable(
                    f"The app asks to wait {round(left / 60)} minutes before the next request.",
                    retry_after=left,
                )
            self._sleep(left)
            now = max(self._budget.clock(), now + left)

    def _take(self, now: float) -> float:
        return self._budget.change(lambda window: window.take(now))

    def told(self, remaining: int, seconds: float) -> None:
        """The app says how many requests it still takes before so many seconds have passed."""
        now = self._budget.clock()
        self._budget.change(lambda window: window.told(now, remaining, seconds))

    def refused(self, seconds: float) -> None:
        """It was asked too much, and says how long it wants to be left alone."""
        now = self._budget.clock()
        self._budget.change(lambda window: window.refused(now, seconds))

    def pause(self, seconds: float) -> None:
        """No request before that many seconds have passed."""
        now = self._budget.clock()
        self._budget.change(lambda window: window.paused(now, seconds))

    def back_off(self, attempt: int) -> None:
        """A growing pause with full jitter, for an app that fails without saying how long."""
        self._sleep(random.uniform(0.1, min(0.5 * 2**attempt, 20.0)))  # noqa: S311
