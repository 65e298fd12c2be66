"""Charts as data: what is drawn, what it says in words, and the table behind it.

A point that is not known is None and drawn as a gap. Axes of numbers begin at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from steward.inventory import money

Point: TypeAlias = int | float | Decimal | None


@dataclass(frozen=True)
class Series:
    """`links` are the addresses of the rows that each point counts."""

    name: str
    points: Sequence[Point]
    links: Sequence[str] = ()


@dataclass(frozen=True)
class Cell:
    """Of the table behind a chart."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Chart:
    """`said` is the sentence for whoever does not see it. `unit` is a currency's code, "%", or the
    word for what is counted. `labels` name the points; of a heat map the columns, and each series
    is a row of it. Days as labels are written 2026-11-01. `href` opens the rows behind it.
    `rank` draws lying bars, one a label, for names that are compared. `if_empty` is said where
    there is no point."""

    title: str
    said: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["line", "bar", "rank", "heat"] = "line"
    unit: str = ""
    href: str = ""
    stacked: bool = False
    if_empty: str = "Nothing is known yet."

    @property
    def drawn(self) -> dict[str, Any]:
        """For the browser."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "series": [_drawn(series) for series in self.series],
            "unit": self.unit,
            "stacked": self.stacked,
            "most": self.most,
        }

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        """The table behind it."""
        by_series = [self._cells(series) for series in self.series]
        if self.kind == "heat":
            return [(s.name, cells) for s, cells in zip(self.series, by_series, strict=True)]
        by_label = [list(cells) for cells in zip(*by_series, strict=True)]
        return [(_day(label), cells) for label, cells in zip(self.labels, by_label, strict=True)]

    @property
    def headings(self) -> list[str]:
        is_heat = self.kind == "heat"
        return [_day(label) for label in self.labels] if is_heat else [s.name for s in self.series]

    @property
    def most(self) -> int | float:
        known = [_number(point) for series in self.series for point in series.points]
        return max((point for point in known if point is not None), default=0)

    @property
    def most_written(self) -> str:
        return self.written(self.most)

    @property
    def is_point(self) -> bool:
        """Nothing to draw yet: what is said says it all."""
        return self.kind == "line" and len(self.labels) == 1

    @property
    def is_empty(self) -> bool:
        return all(point is None for series in self.series for point in series.points)

    @property
    def has_gaps(self) -> bool:
        """Of a heat map, cells; else labels of which nothing is known."""
        if self.kind == "heat":
            return any(point is None for series in self.series for point in series.points)
        points = zip(*(series.points for series in self.series), strict=True)
        return any(all(point is None for point in at) for at in points)

    def written(self, point: Point) -> str:
        if point is None:
            return "–"
        if money.is_currency(self.unit):
            return money.text(Decimal(point), self.unit)
        return f"{point:g}%" if self.unit == "%" else f"{point:,}"

    def _cells(self, series: Series) -> list[Cell]:
        links = series.links or [""] * len(series.points)
        return [Cell(self.written(p), at) for p, at in zip(series.points, links, strict=True)]


def _drawn(series: Series) -> dict[str, Any]:
    drawn = {"name": series.name, "points": list(map(_number, series.points))}
    return drawn | {"links": list(series.links)} if series.links else drawn


def _number(point: Point) -> int | float | None:
    return float(point) if isinstance(point, Decimal) else point


def _day(label: str) -> str:
    try:
        return f"{date.fromisoformat(label):%-d %B %Y}"
    except ValueError:
        return label
