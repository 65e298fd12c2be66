"""The budget of an instance: who must wait, waits here, all threads of it together."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from steward.sdk.errors import Unavailable

# Longer than this, waiting is for the engine to plan and not for a thread to sleep through.
LONGEST_NAP = 60.0


class Limiter:
    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait(self) -> None:
        """Before a request: sleep until the budget allows it.
        Raises Unavailable where that takes longer than a nap."""
        with self._lock:
            left = self._free_at - self._clock()
        if left > LONGEST_NAP:
            raise Unavailable(
                f"The app asks to wait {round(left / 60)} minutes before the next request.",
                retry_after=left,
            )
        if left > 0:
            self._sleep(left)

    def pause(self, seconds: float) -> None:
        """No request of this instance before that many seconds have passed."""
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + seconds)

    def back_off(self, attempt: int) -> None:
        """A growing pause with full jitter, for an app that fails without saying how long."""
        self._sleep(random.uniform(0.1, min(0.5 * 2**attempt, 20.0)))  # noqa: S311
