from datetime import UTC, datetime, timedelta

import pytest

from steward.sdk.ratelimit import left_of, wait_asked

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
IN_30 = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"retry-after": "30"}, None),
        ({"retry-after": IN_30.strftime("%a, %d %b %Y %H:%M:%S GMT")}, None),
        ({"retry-after": "2026-11-20T12:00:30Z"}, None),
        ({"x-rate-limit-reset": str(int(IN_30.timestamp()))}, None),
        ({"x-ratelimit-requests-reset": str(int(IN_30.timestamp() * 1000))}, None),
        ({"x-ratelimit-reset": "30"}, None),
        ({"ratelimit-reset": "30"}, None),
        ({"x-ratelimit-reset-requests": "30000ms"}, None),
        ({"x-ratelimit-reset-requests": "0m30s"}, None),
        ({"ratelimit": '"minuteRate";r=0;t=30'}, None),
        ({}, {"error": {"retry_after": 30}}),
        ({}, {"errors": [{"extensions": {"retry_in_seconds": 30}}]}),
    ],
)
def test_every_spelling_of_a_wait(headers, body):
    assert wait_asked(headers, body, NOW) == pytest.approx(30, abs=1)


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "-5"}])
def test_no_hint_is_no_hint(headers):
    assert wait_asked(headers, None, NOW) is None


def test_a_moment_that_has_passed_is_no_wait():
    assert wait_asked({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, None, NOW) == 0


def test_what_is_left_is_read_with_when_it_is_counted_anew():
    reset = {"x-rate-limit-reset": str(int(IN_30.timestamp()))}
    assert left_of({"x-rate-limit-remaining": "1", **reset}, NOW) == (1, pytest.approx(30))
    assert left_of({"ratelimit": '"minute";r=0;t=12'}, NOW) == (0, 12)
    several = {"x-ratelimit-remaining-requests": "9", "x-ratelimit-remaining": "4"}
    assert left_of({**several, "x-ratelimit-reset": "20"}, NOW) == (4, 20)


@pytest.mark.parametrize(
    "headers", [{}, {"x-ratelimit-remaining": "3"}, {"x-ratelimit-reset": "3"}]
)
def test_half_of_a_budget_is_none(headers):
    assert left_of(headers, NOW) is None
