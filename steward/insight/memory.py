"""Remembering what takes long to count, until something changes.

Every act and every end of a sync leaves a trace (see `insight.traces`); as long as the newest are
the same, so is the answer. While an app is being read accounts change without one, and an answer
is good for some seconds. "30 days ago" moves: none is kept longer than minutes.

What took long is not waited for when an app has been read: the answer from before is given once
more, while the new one is counted behind. What people do themselves shows at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import structlog
from django.db import connection

from steward.insight.traces import Minds, Traces, newest
from steward.inventory.run import Run

log = structlog.get_logger(__name__)

KEPT = 2_000
GOOD_FOR, WHILE_READING = 600.0, 5.0
# Seconds: what takes longer is counted behind, as long as what is known is no older than this.
SLOW, OLDEST = 0.2, 1200.0
# So many times as long as it took lie between two such countings.
RESTS = 4
# Seconds since somebody asked for it, and how many such answers are counted again unasked.
LATELY, UNASKED = 1800.0, 50

Make: TypeAlias = Callable[[], Any]


@dataclass(frozen=True)
class _Answer:
    """`made`, `asked` and `good_until` by the monotonic clock."""

    value: Any
    make: Make
    minds: Minds
    traces: Traces
    made: float
    asked: float
    good_until: float
    took: float

    @property
    def rests_until(self) -> float:
        """Where it changes again and again, counting it may not take all of the time."""
        return self.made + RESTS * self.took

    def is_good(self, now: float, seen: Traces) -> bool:
        return self.traces == seen and now < self.good_until

    def will_do(self, now: float, seen: Traces) -> bool:
        """While a better one is counted."""
        is_slow = self.took >= SLOW and now < self.made + OLDEST
        return is_slow and self.traces.done == seen.done


_kept: OrderedDict[Hashable, _Answer] = OrderedDict()
_counting: dict[Hashable, threading.Lock] = {}
_lock = threading.Lock()
_here = threading.local()


def remembered(key: Hashable, make: Make, minds: Minds = Minds.EVERYTHING) -> Any:
    """`make` is called when it is not known, or not any more; by one at a time of those who ask."""
    now, seen = time.monotonic(), _seen(minds)
    known = _asked_for(key, now)
    if known and known.is_good(now, seen):
        return known.value
    if known and known.will_do(now, seen) and not _is_behind():
        if now > known.rests_until and not _turn(key).locked():
            threading.Thread(target=_behind, args=(key, make, minds), daemon=True).start()
        _here.from_before = _from_before() + 1
        return known.value
    with _turn(key):
        return _counted(key, make, minds)


def recount() -> None:
    """What took long, was asked for lately and is not right any more, before somebody asks."""
    now = time.monotonic()
    with _lock:
        slow = [(key, one) for key, one in _kept.items() if one.took >= SLOW]
    lately = [(key, one) for key, one in slow if now < one.asked + LATELY]
    with behind():
        for key, one in lately[-UNASKED:]:
            with _turn(key):
                _counted(key, one.make, one.minds)


def forget() -> None:
    with _lock:
        _kept.clear()


@contextmanager
def behind() -> Iterator[None]:
    """What is counted in here is made of what holds now: nothing in it is from before."""
    already, _here.is_behind = _is_behind(), True
    try:
        yield
    finally:
        _here.is_behind = already


@contextmanager
def one_look() -> Iterator[None]:
    """For who only looks: of all the figures of one page the traces are asked for once."""
    _here.looked = {}
    try:
        yield
    finally:
        _here.looked = None


def _seen(minds: Minds, *, again: bool = False) -> Traces:
    looked: dict[Minds, Traces] | None = getattr(_here, "looked", None)
    if looked is None:
        return newest(minds)
    if again or minds not in looked:
        looked[minds] = newest(minds)
    return looked[minds]


def _is_behind() -> bool:
    return getattr(_here, "is_behind", False)


def _from_before() -> int:
    """How often this thread was given an answer from before."""
    return getattr(_here, "from_before", 0)


def _asked_for(key: Hashable, now: float) -> _Answer | None:
    with _lock:
        known = _kept.get(key)
        if known and not _is_behind():
            known = _kept[key] = replace(known, asked=now)
        return known


def _turn(key: Hashable) -> threading.Lock:
    with _lock:
        return _counting.setdefault(key, threading.Lock())


def _behind(key: Hashable, make: Make, minds: Minds) -> None:
    """Nothing to be done where somebody is at it."""
    turn = _turn(key)
    if not turn.acquire(blocking=False):
        return
    try:
        with behind():
            _counted(key, make, minds)
    except Exception:
        log.exception("could not be counted behind")
    finally:
        turn.release()
        connection.close()


def _counted(key: Hashable, make: Make, minds: Minds) -> Any:
    """In one's turn: somebody else may have counted it meanwhile. What is made of another answer
    from before is made again when it is asked for again."""
    began, seen, given = time.monotonic(), _seen(minds, again=True), _from_before()
    known = _kept.get(key)
    if known and known.is_good(began, seen):
        return known.value
    value = make()
    now = time.monotonic()
    good_for = 0.0 if _from_before() > given else _good_for()
    asked = known.asked if known and _is_behind() else now
    made = _Answer(value, make, minds, seen, now, asked, now + good_for, now - began)
    with _lock:
        _kept[key] = made
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            forgotten, _ = _kept.popitem(last=False)
            _counting.pop(forgotten, None)
    return value


def _good_for() -> float:
    return WHILE_READING if Run.objects.filter(state=Run.RUNNING).exists() else GOOD_FOR
