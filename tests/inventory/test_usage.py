"""Days as bits in a ring of columns."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from steward.inventory import usage
from steward.sync.usage_days import PerDay, within

TODAYS = st.dates(date(2024, 1, 1), date(2040, 1, 1))
PLACES = st.sets(st.integers(0, usage.KEPT * usage.WIDTH - 1), max_size=40)


@given(TODAYS, PLACES)
def test_days_come_back_as_they_went_in(today, places):
    base = usage.first_kept(today)
    bits = sum(1 << place for place in places)
    columns = usage.columns_of(bits, base)
    assert usage.bits_of(columns, base) == bits
    assert all(0 <= column < 1 << usage.WIDTH for column in columns)
    for place in places:
        day = base + timedelta(days=place)
        ((name, mask),) = usage.masks(day, day)
        assert columns[usage.NAMES.index(name)] & mask


@given(TODAYS, PLACES, st.integers(0, 419), st.integers(1, 100))
def test_a_mask_takes_the_days_of_a_period_and_no_others(today, places, first, length):
    base = usage.first_kept(today)
    last = min(first + length - 1, usage.KEPT * usage.WIDTH - 1)
    columns = usage.columns_of(sum(1 << place for place in places), base)
    masks = usage.masks(base + timedelta(days=first), base + timedelta(days=last))
    held = sum((columns[usage.NAMES.index(n)] & mask).bit_count() for n, mask in masks)
    assert held == sum(first <= place <= last for place in places)


@given(TODAYS)
def test_the_year_and_today_fit_and_the_next_column_is_empty(today):
    base = usage.first_kept(today)
    assert base <= today - timedelta(days=359)
    assert (today - base).days < usage.KEPT * usage.WIDTH
    after = today + timedelta(days=usage.WIDTH)
    ((name, _),) = usage.masks(after, after)
    everything = usage.columns_of((1 << usage.KEPT * usage.WIDTH) - 1, base)
    assert everything[usage.NAMES.index(name)] == 0


@given(st.lists(PLACES, max_size=20), st.integers(1, 40))
def test_active_within_some_days(humans, days):
    counted = PerDay()
    for places in humans:
        counted.add(within(sum(1 << place for place in places), days))
    totals = counted.totals()
    for day in (0, 1, 8, 200, 419):
        assert totals[day] == sum(any(day - days < p <= day for p in h) for h in humans)
