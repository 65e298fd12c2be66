"""For commands that wait until a worker has done their work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 3600.0


def until_done(row: Any, is_done: Callable[[], bool], patience: float = PATIENCE) -> None:
    """The row is then as it is when it is done, or when the time (seconds) is up. Where no worker
    is, this process is one meanwhile."""
    # Reading what a worker is made of takes longer than most commands, which need none.
    from steward.work import worker

    end = time.monotonic() + patience
    with worker.borrowed():
        while not is_done() and time.monotonic() < end:
            time.sleep(0.2)
            row.refresh_from_db()
