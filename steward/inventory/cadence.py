"""When something is due: a time of day in a time zone, daily, on weekdays or once a month.

Pure. A local time that a change of the clock leaves out comes at the next minute there is; one
that it brings twice comes at the first.
"""

from __future__ import annotations

from calendar import day_name, monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
KINDS = (DAILY, WEEKLY, MONTHLY)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST = 31
# A month and the days around it; between two days that fit lie 30 at most.
_REACH = 64


@dataclass(frozen=True)
class Cadence:
    """`weekdays` are names of `WEEKDAYS`, for weekly; `day` is the day of the month, for monthly:
    one that a month does not have is its last. `at` is local in `zone`, an IANA name."""

    kind: str
    at: time
    zone: str
    weekdays: tuple[str, ...] = ()
    day: int = 1

    @property
    def tz(self) -> tzinfo:
        """To show times in; UTC where this machine does not know the zone."""
        try:
            return ZoneInfo(self.zone)
        except ZoneInfoNotFoundError:
            return UTC

    def words(self) -> str:
        return f"{self._days()} at {self.at:%H:%M} ({self.zone})"

    def _days(self) -> str:
        if self.kind == WEEKLY:
            chosen = [d for d in WEEKDAYS if d in self.weekdays]
            return "on " + ", ".join(day_name[WEEKDAYS.index(d)] for d in chosen)
        if self.kind == MONTHLY:
            last = self.day == LAST
            return "on the last day of the month" if last else f"on day {self.day} of the month"
        return "every day"


def next_after(cadence: Cadence, now: datetime) -> datetime:
    """The first moment after `now` that is due, in UTC. Raises `ZoneInfoNotFoundError`."""
    zone = ZoneInfo(cadence.zone)
    today = now.astimezone(zone).date()
    for ahead in range(-1, _REACH):
        day = today + timedelta(days=ahead)
        if _fits(cadence, day) and (found := moment(day, cadence.at, zone)) > now:
            return found
    raise AssertionError("unreachable")


def _fits(cadence: Cadence, day: date) -> bool:
    if cadence.kind == WEEKLY:
        return WEEKDAYS[day.weekday()] in cadence.weekdays
    if cadence.kind == MONTHLY:
        return day.day == min(cadence.day, monthrange(day.year, day.month)[1])
    return True


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """In UTC."""
    local = datetime.combine(day, at)
    while True:
        found = local.replace(tzinfo=zone).astimezone(UTC)
        if found.astimezone(zone).replace(tzinfo=None) == local:
            return found
        local += timedelta(minutes=1)


@cache
def zones() -> tuple[str, ...]:
    """Those of places, and UTC; without the old names and those of files."""
    areas = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia",
             "Europe", "Indian", "Pacific")  # fmt: skip
    found = sorted(z for z in available_timezones() if z.split("/")[0] in areas)
    return ("UTC", *found)


def is_zone(name: str) -> bool:
    return name in zones()
