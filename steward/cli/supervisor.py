"""Keeping the web server and the worker alive in processes of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

PATIENCE = 10.0
LONGEST_PAUSE = 30.0


@dataclass
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    crashes: int = 0
    start_at: float | None = None


@contextmanager
def supervised(commands: Sequence[str]) -> Iterator[threading.Event]:
    """Run them until the block is left; one that crashes is started again after a growing pause.
    The event is set when a signal asks to end."""
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    children = [_Child(name, _start(name)) for name in commands]
    left = threading.Event()
    watch = threading.Thread(target=_watch, args=(children, left), daemon=True)
    watch.start()
    try:
        yield ended
    finally:
        left.set()
        watch.join()
        _end(children)


def _watch(children: Sequence[_Child], left: threading.Event) -> None:
    while not left.wait(0.2):
        for child in children:
            _look_after(child)


def _start(name: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the supervisor, which ends its children in order.
    return subprocess.Popen(
        [sys.executable, "-m", "steward", name],
        start_new_session=True,
    )


def _look_after(child: _Child) -> None:
    now = time.monotonic()
    if child.start_at is not None:
        if now >= child.start_at:
            child.process, child.start_at = _start(child.name), None
    elif child.process.poll() is not None:
        child.crashes += 1
        pause = min(2.0**child.crashes / 2, LONGEST_PAUSE)
        code = child.process.returncode
        log.error("process ended", process=child.name, code=code, again_in=pause)
        child.start_at = now + pause


def _end(children: Sequence[_Child]) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
