"""Usage drawn: how many were active each day, on which weekdays, and how groups compare.

Days of which nobody tells are gaps. Today is not over and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.db.models import Count, Q, Sum, TextField, Value
from django.db.models.functions import Coalesce

from steward.insight.charts import Chart, Point, Series
from steward.insight.descriptions import grouped_by
from steward.insight.memory import remembered
from steward.insight.reports.usage import GROUPS
from steward.insight.traces import Minds
from steward.insight.usage import NOT_SAID, UNKNOWN, Period, Scope, active_in, on_day, today
from steward.insight.usage_sources import told
from steward.inventory.usage import UseOfDay, first_kept

# Gives the address of what is asked about, narrowed further.
Link: TypeAlias = Callable[..., str]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Days that are drawn one by one; of a longer period, weeks are.
DAILY = 92
WEEKS, BARS = 26, 15


class UsageCharts:
    """Of a scope. `link` makes addresses of the page, with some of what is asked for changed."""

    def __init__(self, scope: Scope, link: Link) -> None:
        self._scope, self._link = scope, link
        yesterday = today() - timedelta(days=1)
        self._period = Period(scope.period.first, min(scope.period.last, yesterday))
        self._unit = "applications" if scope.person and not scope.application else "people"

    @property
    def days(self) -> list[date]:
        return [self._period.first + timedelta(n) for n in range(self._period.length)]

    def trend(self) -> Chart:
        if self._period.length > DAILY:
            return self._by_week()
        daily = self._counts()
        points = [daily.get(day) for day in self.days]
        series = [Series("That day", points, [self._of_day(day) for day in self.days])]
        if not self._scope.is_narrowed:
            within = self._within_a_week()
            series.append(Series("Within 7 days", [within.get(day) for day in self.days]))
        return Chart(
            title=f"Active {self._unit} by day",
            said=_said(self._unit, points, "a day"),
            labels=[str(day) for day in self.days],
            series=series,
            unit=self._unit,
            if_empty=self._if_empty(),
        )

    def _by_week(self) -> Chart:
        weeks = self._whole()
        points = self._of_weeks(weeks)
        return Chart(
            title=f"Active {self._unit} by week",
            said=_said(self._unit, points, "a week"),
            labels=[str(week) for week in weeks],
            series=[Series("That week", points, [self._of_week(week) for week in weeks])],
            unit=self._unit,
            if_empty=self._if_empty(),
        )

    def heat(self) -> Chart:
        """Weekdays by week, or groups by week where groups are compared."""
        if self._scope.group_by and self._scope.group is None:
            return self._groups_by_week()
        weeks = self._weeks()[-WEEKS:]
        daily = self._whole_weeks(weeks)._counts()
        rows = []
        for number, name in enumerate(WEEKDAYS):
            days = [week + timedelta(days=number) for week in weeks]
            rows.append(Series(name, [daily.get(d) for d in days], [self._of_day(d) for d in days]))
        points = [point for row in rows for point in row.points]
        return Chart(
            title="Weekdays",
            said=_said(self._unit, points, "on a weekday"),
            labels=[str(week) for week in weeks],
            series=rows,
            kind="heat",
            unit=self._unit,
            if_empty=self._if_empty(),
        )

    def _if_empty(self) -> str:
        known = self._known()
        if known is None:
            return "Nobody tells on which days."
        if self._scope.application:
            return f"Its days are told from {known[0]:%-d %B %Y} on."
        return (
            f"Most applications tell of days from {known[0]:%-d %B %Y} on. "
            "Choose one to see what it tells of the days before."
        )

    def _whole_weeks(self, weeks: Sequence[date]) -> UsageCharts:
        """The same from the first of these days on, as far as days are kept."""
        first = max(weeks[0], first_kept(today()))
        period = replace(self._scope.period, first=first)
        return UsageCharts(replace(self._scope, period=period), self._link)

    def _groups_by_week(self) -> Chart:
        by, weeks = self._scope.group_by, self._whole()[-WEEKS:]
        groups = [row["group"] for row in self._compared()][:BARS]
        counted = self._group_weeks(by, weeks, groups)
        rows = [
            Series(
                group,
                counted.get(group, [None] * len(weeks)),
                [self._of_week(week, group=group) for week in weeks],
            )
            for group in groups
        ]
        points = [point for row in rows for point in row.points]
        return Chart(
            title=f"{_worded(by)} by week",
            said=_said(self._unit, points, "of a group in a week"),
            labels=[str(week) for week in weeks],
            series=rows,
            kind="heat",
            unit=self._unit,
        )

    def comparison(self) -> Chart:
        """Of the largest groups, how many of a hundred were active."""
        by = self._scope.compared_by
        rows = self._compared()
        shown = rows[:BARS]
        more = f" Of {len(rows)}, the {BARS} largest." if len(rows) > BARS else ""
        links = [self._link(list="people", group_by=by, group=row["group"]) for row in shown]
        known = [r for r in shown if r["share"] is not None and r["group"] != NOT_SAID]
        best = max(known, key=lambda row: row["share"], default=None)
        said = (
            f"Most are active in {best['group']}: {best['share']}%."
            if best
            else "Nobody tells who was active."
        )
        return Chart(
            title=f"Share active by {_worded(by).lower()}",
            said=f"{said}{more}",
            labels=[row["group"] for row in shown],
            series=[Series("Share active", [row["share"] for row in shown], links)],
            kind="rank",
            unit="%",
        )

    def _compared(self) -> list[dict[str, Any]]:
        filters = filters_of(self._scope) | {"group_by": self._scope.compared_by}
        return GROUPS.run(filters).page(0, 500)

    def _weeks(self) -> list[date]:
        first = self._period.first - timedelta(days=self._period.first.weekday())
        count = (self._period.last - first).days // 7 + 1
        return [first + timedelta(weeks=n) for n in range(count)]

    def _whole(self) -> list[date]:
        """Without the week that goes on: it would look like a fall."""
        weeks = self._weeks()
        return [week for week in weeks if week + timedelta(days=6) < today()] or weeks

    def _of_day(self, day: date) -> str:
        return self._narrowed(day, day)

    def _of_week(self, week: date, **more: Any) -> str:
        return self._narrowed(week, week + timedelta(days=6), **more)

    def _narrowed(self, first: date, last: date, **more: Any) -> str:
        asked = {"list": "people", "who": "was-active", "days": "", **more}
        return self._link(**{"from": first, "to": last}, **asked)

    def _known(self) -> tuple[date, date] | None:
        """Of which days it is told at all."""
        row = told(self._scope.application)
        return (row.since, row.until) if row and row.since and row.until else None

    def _counts(self) -> dict[date, Point]:
        """Days that are not known are not in it."""
        if not self._scope.is_narrowed:
            rows = self._told_days()
            return dict(rows.values_list("day", "active"))
        known = self._known()
        days = [day for day in self.days if known and known[0] <= day <= known[1]]
        return self._remember("days", lambda: self._count_days(days))

    def _count_days(self, days: Sequence[date]) -> dict[date, Point]:
        if not days:
            return {}
        sums = {f"d{day.toordinal()}": Coalesce(Sum(on_day(day)), 0) for day in days}
        found = self._scope.all_rows().aggregate(**sums)
        return {day: found[f"d{day.toordinal()}"] for day in days}

    def _within_a_week(self) -> dict[date, Point]:
        return dict(self._told_days().values_list("day", "in_7"))

    def _told_days(self) -> Any:
        days = (self._period.first, self._period.last)
        return UseOfDay.objects.filter(application=self._scope.application, day__range=days)

    def _of_weeks(self, weeks: Sequence[date]) -> list[Point]:
        known = self._known_weeks(weeks)
        counts = {f"week{n}": Count("pk", filter=Q(_week(week))) for n, week in known.items()}
        found = self._remember("weeks", lambda: self._scope.all_rows().aggregate(**counts))
        return [found.get(f"week{n}") for n in range(len(weeks))]

    def _group_weeks(
        self, by: str, weeks: Sequence[date], groups: Sequence[str]
    ) -> dict[str, list[Point]]:
        known = self._known_weeks(weeks)
        counts = {f"week{n}": Count("pk", filter=Q(_week(week))) for n, week in known.items()}
        named = Coalesce(grouped_by(by), Value(NOT_SAID), output_field=TextField())

        def found() -> dict[str, list[Point]]:
            rows = self._scope.all_rows().exclude(UNKNOWN).order_by().annotate(group=named)
            told = rows.filter(group__in=groups).values("group").annotate(**counts)
            return {r["group"]: [r.get(f"week{n}") for n in range(len(weeks))] for r in told}

        return self._remember(f"groups {by}", found)

    def _known_weeks(self, weeks: Sequence[date]) -> dict[int, date]:
        """Weeks that are told from their first day on, by their place."""
        known = self._known()
        if known is None:
            return {}
        return {n: week for n, week in enumerate(weeks) if known[0] <= week <= known[1]}

    def _remember(self, what: str, make: Callable[[], Any]) -> Any:
        return remembered(("usage", what, self._scope, today()), make, Minds.FIGURES)


def _week(first: date) -> Any:
    kept = max(first, first_kept(today()))
    return active_in(Period(kept, min(first + timedelta(days=6), today())))


def _worded(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(unit: str, points: Sequence[Point], each: str) -> str:
    known = [point for point in points if point is not None]
    if not known:
        return "Nobody tells of these days."
    gaps = ", where it is known" if len(known) < len(points) else ""
    return f"Between {min(known):,} and {max(known):,} {unit} {each}{gaps}."


def filters_of(scope: Scope) -> dict[str, str]:
    """As a report is asked about the same."""
    period = scope.period
    given: dict[str, Any] = {
        "application": scope.application or "",
        "person": scope.person or "",
        "department": scope.department,
        "days": period.days or "",
        "from": "" if period.days else period.first,
        "to": "" if period.days else period.last,
        "group_by": scope.group_by,
        "group": scope.group or "",
    }
    return {name: str(value) for name, value in given.items()}
