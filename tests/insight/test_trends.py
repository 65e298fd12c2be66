"""Trends: what was told each day, gaps where nobody told, and what holds now."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.insight import trends
from steward.inventory.figure import DailyFigure
from steward.sync import usage
from steward.work.figures import tell_today
from tests.insight.conftest import LATELY, LONG_AGO, account

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def points(title):
    chart = next(c for c in trends.charts() if c.title.startswith(title))
    return list(chart.series[0].points)


def test_nothing_is_told_of_a_company_that_was_not_read():
    tell_today()
    assert not DailyFigure.objects.exists()
    assert all(chart.is_empty for chart in trends.charts())


def test_a_day_without_a_worker_is_a_gap_and_today_is_as_it_is_now(app):
    one = app("App", account("ann", last_active_at=LATELY), account("bob", last_active_at=LONG_AGO))
    usage.tell_everything()
    tell_today(datetime.now(UTC) - timedelta(days=3))
    one.now_says(account("ann", last_active_at=LATELY), account("bob", last_active_at=LONG_AGO))
    tell_today(datetime.now(UTC) - timedelta(days=1))
    one.now_says(*(account(name, last_active_at=LATELY) for name in ("ann", "cid", "dan")))
    usage.tell_everything()
    assert points("People") == [2, None, 2, 4]
    assert points("Share") == [50, None, 50, 100]
    chart = trends.charts()[0]
    assert chart.said.endswith(f"2 on {TODAY - timedelta(days=3):%-d %B %Y}, 4 on "
                               f"{TODAY:%-d %B %Y}.")  # fmt: skip
    assert chart.rows[1][1][0].text == "–"


def test_a_day_is_told_anew_until_it_is_over(app):
    one = app("App", account("ann"))
    tell_today()
    one.now_says(account("ann"), account("bob"))
    tell_today()
    assert DailyFigure.objects.get(name=trends.PEOPLE).value == 2


def test_where_no_app_tells_of_activity_the_share_is_not_known(app):
    app("App", account("ann"))
    tell_today()
    assert not DailyFigure.objects.filter(name=trends.ACTIVE).exists()
    assert points("Share") == [None]
