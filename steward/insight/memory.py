"""Remembering what takes long to count, until something changes.

Every act and every end of a sync leaves a trace in one of a few small tables; as long as the
newest traces are the same, so is the answer. While an app is being read accounts change without
one, and an answer is good for some seconds. "30 days ago" moves: none is kept longer than minutes.

What took long is not waited for when an app has been read: the answer from before is given once
more, while the new one is counted behind. What people do themselves shows at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog
from django.db import connection
from django.db.models import Max, Sum

from steward.inventory.edit import Edit
from steward.inventory.finding import FindingsTold
from steward.inventory.identity import IdentityChange
from steward.inventory.instance import Book, Moment
from steward.inventory.person import Describing
from steward.inventory.run import Run
from steward.inventory.spend import SpendMonth

log = structlog.get_logger(__name__)

KEPT = 2_000
GOOD_FOR, WHILE_READING = 600.0, 5.0
# Seconds: what takes longer is counted behind, as long as what is known is no older than this.
SLOW, OLDEST = 0.5, 600.0

Make: TypeAlias = Callable[[], Any]


@dataclass(frozen=True)
class _Traces:
    """Of what was read and told, and of what people have done or instances have come to."""

    read: Hashable
    done: Hashable


@dataclass(frozen=True)
class _Answer:
    value: Any
    traces: _Traces
    made: float
    good_until: float
    took: float

    def is_good(self, now: float, newest: _Traces) -> bool:
        return self.traces == newest and now < self.good_until

    def will_do(self, now: float, newest: _Traces) -> bool:
        """While a better one is counted."""
        is_slow = self.took >= SLOW and now < self.made + OLDEST
        return is_slow and self.traces.done == newest.done


_kept: OrderedDict[Hashable, _Answer] = OrderedDict()
_counting: dict[Hashable, threading.Lock] = {}
_lock = threading.Lock()


def remembered(key: Hashable, make: Make) -> Any:
    """`make` is called when it is not known, or not any more; by one at a time of those who ask."""
    now, newest = time.monotonic(), _newest_traces()
    known = _kept.get(key)
    if known and known.is_good(now, newest):
        return known.value
    if known and known.will_do(now, newest):
        if not _turn(key).locked():
            threading.Thread(target=_behind, args=(key, make), daemon=True).start()
        return known.value
    with _turn(key):
        return _counted(key, make)


def forget() -> None:
    with _lock:
        _kept.clear()


def _turn(key: Hashable) -> threading.Lock:
    with _lock:
        return _counting.setdefault(key, threading.Lock())


def _behind(key: Hashable, make: Make) -> None:
    """Nothing to be done where somebody is at it."""
    turn = _turn(key)
    if not turn.acquire(blocking=False):
        return
    try:
        _counted(key, make)
    except Exception:
        log.exception("could not be counted behind")
    finally:
        turn.release()
        connection.close()


def _counted(key: Hashable, make: Make) -> Any:
    """In one's turn: somebody else may have counted it meanwhile."""
    began, newest = time.monotonic(), _newest_traces()
    known = _kept.get(key)
    if known and known.is_good(began, newest):
        return known.value
    value = make()
    now = time.monotonic()
    good_for = WHILE_READING if Run.objects.filter(state=Run.RUNNING).exists() else GOOD_FOR
    with _lock:
        _kept[key] = _Answer(value, newest, now, now + good_for, now - began)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            forgotten, _ = _kept.popitem(last=False)
            _counting.pop(forgotten, None)
    return value


def _newest_traces() -> _Traces:
    found = FindingsTold.objects.aggregate(Max("changed_at"))
    return _Traces((*_read(), *_values(found)), _done())


def traces() -> tuple[Any, ...]:
    """The newest of what people and syncs have changed."""
    return (*_read(), *_done())


def _read() -> tuple[Any, ...]:
    books = Book.objects.aggregate(Max("told_at"))
    return _values(books, SpendMonth.objects.aggregate(Sum("changes"), Max("told_at")))


def _done() -> tuple[Any, ...]:
    books = Book.objects.aggregate(Max("pk"), Max("closed_at"))
    moments = Moment.objects.aggregate(Max("pk"))
    decisions = IdentityChange.objects.aggregate(Max("pk"), Max("undone_at"))
    described = Describing.objects.aggregate(Max("done_to"))
    edits = Edit.objects.aggregate(Max("pk"))
    return _values(books, moments, decisions, described, edits)


def _values(*found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for newest in found for value in newest.values())
