"""Telling books together, where several syncs end at about the same time.

Their accounts are often those of the same people, and of the same application, which are counted
anew for each book that is told. So one thread at a time tells, and whoever comes meanwhile is told
by the next one, along with all others who wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from steward.sync.tallies import tell_books

# Seconds after which a run that waits says that it lives.
TICK = 1.0


@dataclass(eq=False)
class _Asked:
    book: int
    only: Collection[int] | None


_turn = threading.Lock()
_guard = threading.Lock()
_waiting: list[_Asked] = []


def tell(book: int, between: Callable[[], Any], only: Collection[int] | None) -> None:
    """As `tell_books`, of one. Not within a transaction: whoever has the turn has to write."""
    mine = _Asked(book, only)
    with _guard:
        _waiting.append(mine)
    try:
        while not _turn.acquire(timeout=TICK):
            between()
        try:
            _tell_those_waiting(mine, between)
        finally:
            _turn.release()
    finally:
        _take_out([mine])


def waiting() -> int:
    """How many there are. What they have read is written; they need an app no more."""
    with _guard:
        return len(_waiting)


def _tell_those_waiting(mine: _Asked, between: Callable[[], Any]) -> None:
    """Unless somebody has told this one meanwhile. Who fails leaves the others to the next."""
    with _guard:
        several = list(_waiting)
    if mine in several:
        tell_books(_joined(several), between)
        _take_out(several)


def _joined(several: Sequence[_Asked]) -> dict[int, Collection[int] | None]:
    found: dict[int, Collection[int] | None] = {}
    for one in several:
        found[one.book] = None if one.book in found else one.only
    return found


def _take_out(several: Iterable[_Asked]) -> None:
    with _guard:
        _waiting[:] = [one for one in _waiting if one not in several]
