"""When a schedule is due, across changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.inventory.cadence import (
    DAILY,
    KINDS,
    MONTHLY,
    WEEKDAYS,
    WEEKLY,
    Cadence,
    is_zone,
    next_after,
    zones,
)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(cadence, now, count=3):
    found = []
    for _ in range(count):
        now = next_after(cadence, now)
        found.append(f"{now:%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("zone", "at", "now", "said"),
    [
        # Berlin goes from 02:00 to 03:00 on 29 March 2026: what would be 02:30 comes at 03:00.
        ("Europe/Berlin", "02:30", "2026-03-28 00:00",
         ["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"]),
        ("Europe/Berlin", "08:00", "2026-03-28 00:00",
         ["2026-03-28 07:00", "2026-03-29 06:00", "2026-03-30 06:00"]),
        # And back from 03:00 to 02:00 on 25 October: 02:30 is twice, and the first one counts.
        ("Europe/Berlin", "02:30", "2026-10-24 00:00",
         ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        ("America/New_York", "02:15", "2026-03-07 08:00",
         ["2026-03-08 07:00", "2026-03-09 06:15", "2026-03-10 06:15"]),
        ("America/New_York", "01:30", "2026-10-31 12:00",
         ["2026-11-01 05:30", "2026-11-02 06:30", "2026-11-03 06:30"]),
        # Half an hour, on Lord Howe: 02:00 to 02:30 on 4 October, 02:00 to 01:30 on 5 April.
        ("Australia/Lord_Howe", "02:10", "2026-10-02 20:00",
         ["2026-10-03 15:30", "2026-10-04 15:10", "2026-10-05 15:10"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-04 00:00",
         ["2026-04-04 14:45", "2026-04-05 15:15", "2026-04-06 15:15"]),
        # Samoa left out 30 December 2011.
        ("Pacific/Apia", "08:00", "2011-12-29 12:00",
         ["2011-12-29 18:00", "2011-12-30 10:00", "2011-12-30 18:00"]),
    ],
)  # fmt: skip
def test_a_time_of_day_is_that_of_the_place(zone, at, now, said):
    assert due(Cadence(DAILY, time.fromisoformat(at), zone), utc(now)) == said


def test_the_second_of_two_equal_times_does_not_fire_again():
    cadence = Cadence(DAILY, time(2, 30), "Europe/Berlin")
    first = next_after(cadence, utc("2026-10-24 12:00"))
    assert next_after(cadence, first + timedelta(minutes=59)) == utc("2026-10-26 01:30")


def test_weekdays():
    cadence = Cadence(WEEKLY, time(8), "UTC", ("mon", "fri"))
    assert due(cadence, utc("2026-11-25 00:00"), 3) == [
        "2026-11-27 08:00", "2026-11-30 08:00", "2026-12-04 08:00",
    ]  # fmt: skip


def test_the_weekday_is_the_one_of_the_place():
    cadence = Cadence(WEEKLY, time(0, 30), "Asia/Tokyo", ("mon",))
    assert due(cadence, utc("2026-11-25 00:00"), 1) == ["2026-11-29 15:30"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (31, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (29, ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        (1, ["2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"]),
    ],
)
def test_a_day_that_a_month_does_not_have_is_its_last(day, said):
    cadence = Cadence(MONTHLY, time(8), "UTC", day=day)
    assert [t[:10] for t in due(cadence, utc("2027-01-01 09:00"), 4)] == said


def test_february_of_a_leap_year():
    assert due(Cadence(MONTHLY, time(8), "UTC", day=30), utc("2028-02-01 00:00"), 1) == [
        "2028-02-29 08:00"
    ]


@given(
    st.sampled_from(zones()),
    st.times(),
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
    st.sampled_from(KINDS),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.integers(1, 31),
)
@settings(max_examples=300, deadline=None)
def test_it_is_later_and_at_the_time_or_at_the_next_there_is(zone, at, now, kind, days, day):
    at, now = at.replace(second=0, microsecond=0), now.replace(tzinfo=UTC)
    found = next_after(Cadence(kind, at, zone, tuple(days), day), now)
    assert now < found < now + timedelta(days=34)
    local = found.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) != (at.hour, at.minute):
        before = (found - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        assert before.utcoffset() != local.utcoffset()


def test_words():
    assert Cadence(WEEKLY, time(8), "UTC", ("fri", "mon")).words() == (
        "on Monday, Friday at 08:00 (UTC)"
    )
    assert Cadence(MONTHLY, time(8), "UTC", day=31).words() == (
        "on the last day of the month at 08:00 (UTC)"
    )


def test_zones_are_those_of_places():
    assert is_zone("Europe/Berlin")
    assert not is_zone("Europe/berlin\x00")
    assert not is_zone("../etc/passwd")
