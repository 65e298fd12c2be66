"""Counting how many were active each day, from who was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from steward.inventory.account import Account
from steward.inventory.usage import KEPT, NAMES, WIDTH, Use, UseOfDay, UseTold, bits_of, first_kept
from steward.sync.usage_origin import Known
from steward.sync.writers.upsert import upsert
from steward.sync.writers.usage import alone

PERIODS = (30, 60, 90)
WEEK = 7
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]
_ALL = (1 << KEPT * WIDTH) - 1


class PerDay:
    """How many of the numbers that were added have each bit: bytes are counted, not bits, as
    there are 256 of them and a byte holds eight days."""

    def __init__(self) -> None:
        self._bytes = (KEPT * WIDTH + 7) // 8
        self._counts = [[0] * 256 for _ in range(self._bytes)]

    def add(self, bits: int) -> None:
        for counts, byte in zip(self._counts, bits.to_bytes(self._bytes, "little"), strict=True):
            counts[byte] += 1

    def totals(self) -> list[int]:
        totals = [0] * 8 * self._bytes
        for place, counts in enumerate(self._counts):
            for byte, count in enumerate(counts):
                if count:
                    for bit in _BITS[byte]:
                        totals[8 * place + bit] += count
        return totals


def within(bits: int, days: int) -> int:
    """Each bit, and those of the days after it for which it lies within so many days."""
    reach = 1
    while reach < days:
        step = min(reach, days - reach)
        bits |= bits << step
        reach += step
    return bits & _ALL


def count(application: int, known: Known, today: date) -> None:
    base = first_kept(today)
    daily, weekly, told = PerDay(), PerDay(), _Told(today, base)
    rows = Use.objects.filter(application=application).order_by()
    for status, last, *days in rows.values_list("status", "last_active", *NAMES).iterator(2_000):
        bits = bits_of(tuple(days), base)
        if bits:
            daily.add(bits)
            weekly.add(within(bits, WEEK))
        if status != Account.REMOVED:
            told.add(bits, last)
    with transaction.atomic():
        alone()
        _save_days(application, known, base, daily.totals(), weekly.totals())
        span = {"source": known.source, "since": known.since, "until": known.until}
        upsert(UseTold, {**span, **told.counts}, pk=application)


def forget(application: int) -> None:
    """Nothing shows it any more."""
    UseOfDay.objects.filter(application=application).delete()
    UseTold.objects.filter(pk=application).delete()


class _Told:
    def __init__(self, today: date, base: date) -> None:
        self.counts: dict[str, Any] = {"day": today, "users": 0}
        self._spans = []
        for days in PERIODS:
            first = today - timedelta(days=days - 1)
            self.counts |= {f"in_{days}": 0, f"before_{days}": 0}
            place = (first - base).days
            earlier = ((1 << place) - 1) >> place - days << place - days
            self._spans.append((f"in_{days}", f"before_{days}", first, earlier))

    def add(self, bits: int, last: date | None) -> None:
        self.counts["users"] += 1
        for now, before, first, earlier in self._spans:
            self.counts[now] += last is not None and last >= first
            self.counts[before] += bits & earlier > 0


def _save_days(
    application: int, known: Known, base: date, daily: list[int], weekly: list[int]
) -> None:
    """Days that nobody tells of have no row; a week is known when all its days are. Most are told
    already."""
    wanted = _wanted(known, base, daily, weekly)
    rows = UseOfDay.objects.filter(application=application)
    there = {day: (active, week) for day, active, week in rows.values_list("day", "active", "in_7")}
    gone = [day for day in there if day not in wanted]
    if gone:
        rows.filter(day__in=gone).delete()
    differ = [day for day, counts in wanted.items() if there.get(day) != counts]
    UseOfDay.objects.bulk_create(
        [
            UseOfDay(application=application, day=day, active=wanted[day][0], in_7=wanted[day][1])
            for day in differ
        ],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["application", "day"],
        update_fields=["active", "in_7"],
    )


def _wanted(
    known: Known, base: date, daily: list[int], weekly: list[int]
) -> dict[date, tuple[int, int | None]]:
    if known.since is None or known.until is None:
        return {}
    first, whole = max(known.since, base), known.since + timedelta(days=WEEK - 1)
    days = [first + timedelta(days=number) for number in range((known.until - first).days + 1)]
    return {
        day: (daily[(day - base).days], weekly[(day - base).days] if day >= whole else None)
        for day in days
    }
