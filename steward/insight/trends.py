"""How the company's figures went: people, applications and the share that is active, as each day
was told by the worker (see `work.figures`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from steward.insight.applications import applications
from steward.insight.charts import Chart, Series
from steward.insight.people import how_many
from steward.inventory.figure import DailyFigure
from steward.inventory.instance import Instance
from steward.inventory.usage import EVERYWHERE, UseTold

Known: TypeAlias = dict[tuple[date, str], int | Decimal | None]
PEOPLE, APPLICATIONS = "people", "applications"
USERS, ACTIVE = "users", "active_users"
DAYS = 90


@dataclass(frozen=True)
class Trend:
    """`share_of` makes it a percentage of another figure."""

    title: str
    figure: str
    href: str
    share_of: str = ""


TRENDS = (
    Trend("People", PEOPLE, "/people/"),
    Trend("Applications", APPLICATIONS, "/applications/"),
    Trend("Share of people active in 30 days", ACTIVE, "/usage/", share_of=USERS),
)


def figures_now() -> dict[str, int]:
    """What nobody can tell is left out; everything is while nothing has been read."""
    if not Instance.objects.present().filter(last_synced_at__isnull=False).exists():
        return {}
    found = {PEOPLE: how_many(), APPLICATIONS: applications().count()}
    return found | _used()


def _used() -> dict[str, int]:
    """As the pages of usage tell it, of all applications together."""
    told = UseTold.objects.filter(pk=EVERYWHERE).exclude(since=None).first()
    return {USERS: told.users, ACTIVE: told.in_30} if told else {}


def charts(days: int = DAYS, today: date | None = None) -> list[Chart]:
    """The last so many days, and what holds now; a day on which no worker ran is a gap."""
    end = today or datetime.now(UTC).date()
    span = [end - timedelta(days=n) for n in reversed(range(days))]
    known = _known(span[0]) | {(end, name): value for name, value in figures_now().items()}
    first = min((day for day, _ in known), default=end)
    shown = [day for day in span if day >= first]
    return [_chart(trend, shown, known) for trend in TRENDS]


def _known(since: date) -> Known:
    rows = DailyFigure.objects.filter(day__gte=since).values_list("day", "name", "value")
    return {(day, name): value for day, name, value in rows}


def _chart(trend: Trend, span: Sequence[date], known: Known) -> Chart:
    points = [_point(trend, day, known) for day in span]
    labels = [day.isoformat() for day in span]
    unit = "%" if trend.share_of else ""
    series = [Series(trend.title, points)]
    return Chart(
        trend.title, said(trend.title, span, points, unit), labels, series, unit=unit,
        href=trend.href,
    )  # fmt: skip


def _point(trend: Trend, day: date, known: Known) -> int | Decimal | None:
    value = known.get((day, trend.figure))
    if value is None or not trend.share_of:
        return None if value is None else int(value)
    whole = known.get((day, trend.share_of))
    return round(100 * Decimal(value) / Decimal(whole), 1) if whole else None


def said(
    title: str, span: Sequence[date], points: Sequence[int | Decimal | None], unit: str
) -> str:
    """The sentence for whoever does not see the line."""
    there = [(day, point) for day, point in zip(span, points, strict=True) if point is not None]
    if not there:
        return f"{title}: not known yet."
    (first, before), (last, now) = there[0], there[-1]
    if first == last:
        return f"{title}: {now}{unit} on {last:%-d %B %Y}; the trend begins here."
    return f"{title}: {before}{unit} on {first:%-d %B %Y}, {now}{unit} on {last:%-d %B %Y}."
