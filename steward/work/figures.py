"""The figures of today, told again and again until the day is over; trends are drawn from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from steward.insight import trends
from steward.inventory.figure import DailyFigure

EVERY = timedelta(hours=1)


def tell_today(now: datetime | None = None) -> None:
    """Nothing is told of a company that has not been read yet: an unknown day is no zero."""
    day = (now or datetime.now(UTC)).date()
    rows = [
        DailyFigure(day=day, name=name, value=Decimal(value))
        for name, value in trends.figures_now().items()
    ]
    DailyFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["name", "day"],
        update_fields=["value"],
    )
