"""Charts as data: what is drawn, what it says in words, and the table behind it.

A point that is not known is None and drawn as a gap. Axes of numbers begin at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from steward.inventory import money

Point: TypeAlias = int | float | Decimal | None


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """`said` is the sentence for whoever does not see it. `unit` is a currency's code, "%", or the
    word for what is counted. `labels` name the points; of a heat map the columns, and each series
    is a row of it. `href` opens the rows behind it."""

    title: str
    said: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["line", "bar", "heat"] = "line"
    unit: str = ""
    href: str = ""

    @property
    def drawn(self) -> dict[str, Any]:
        """For the browser."""
        series = [{"name": s.name, "points": list(map(_number, s.points))} for s in self.series]
        labels = list(self.labels)
        return {"kind": self.kind, "labels": labels, "series": series, "unit": self.unit}

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table behind it."""
        columns = [series.points for series in self.series]
        if self.kind == "heat":
            return [(s.name, [self.written(p) for p in s.points]) for s in self.series]
        return [
            (label, [self.written(points[n]) for points in columns])
            for n, label in enumerate(self.labels)
        ]

    @property
    def headings(self) -> list[str]:
        return list(self.labels) if self.kind == "heat" else [s.name for s in self.series]

    @property
    def is_empty(self) -> bool:
        return all(point is None for series in self.series for point in series.points)

    def written(self, point: Point) -> str:
        if point is None:
            return "–"
        if money.is_currency(self.unit):
            return money.text(Decimal(point), self.unit)
        return f"{point:g}%" if self.unit == "%" else f"{point:,}"


def _number(point: Point) -> int | float | None:
    return float(point) if isinstance(point, Decimal) else point
