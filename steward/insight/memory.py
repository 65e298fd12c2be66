"""Remembering what takes long to count, until something changes.

Every act and every end of a sync leaves a trace in one of a few small tables; as long as the
newest traces are the same, so is the answer. While an app is being read accounts change without
one, and an answer is good for some seconds. "30 days ago" moves: none is kept longer than minutes.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from django.db.models import Max, Sum

from steward.inventory.edit import Edit
from steward.inventory.finding import FindingsTold
from steward.inventory.identity import IdentityChange
from steward.inventory.instance import Book, Moment
from steward.inventory.person import Describing
from steward.inventory.run import Run
from steward.inventory.spend import SpendMonth

KEPT = 2_000
GOOD_FOR, WHILE_READING = 600.0, 5.0

_kept: OrderedDict[Hashable, tuple[Hashable, float, Any]] = OrderedDict()
_lock = threading.Lock()


def remembered(key: Hashable, make: Callable[[], Any]) -> Any:
    """`make` is called when it is not known, or not any more."""
    now, newest = time.monotonic(), _newest_traces()
    with _lock:
        found = _kept.get(key)
    if found and found[0] == newest and now < found[1]:
        return found[2]
    made = make()
    good_for = WHILE_READING if Run.objects.filter(state=Run.RUNNING).exists() else GOOD_FOR
    with _lock:
        _kept[key] = (newest, now + good_for, made)
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    with _lock:
        _kept.clear()


def _newest_traces() -> Hashable:
    found = FindingsTold.objects.aggregate(Max("changed_at"))
    return (*traces(), found["changed_at__max"])


def traces() -> tuple[Any, ...]:
    """The newest of what people and syncs have changed."""
    moments = Moment.objects.aggregate(Max("pk"))
    books = Book.objects.aggregate(Max("pk"), Max("told_at"), Max("closed_at"))
    decisions = IdentityChange.objects.aggregate(Max("pk"), Max("undone_at"))
    described = Describing.objects.aggregate(Max("done_to"))
    edits = Edit.objects.aggregate(Max("pk"))
    spent = SpendMonth.objects.aggregate(Sum("changes"), Max("told_at"))
    found = (moments, books, decisions, described, edits, spent)
    return tuple(value for newest in found for value in newest.values())
