"""The same conditions, groups and measures, of rows that are few and computed in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from steward.insight.reports.datasets.definition import Condition
from steward.insight.reports.datasets.measures import COUNT, SHARE, Group, Measure
from steward.insight.reports.datasets.queried import span
from steward.inventory.amounts import rounded

Row = Mapping[str, Any]


def fits(row: Row, conditions: Iterable[Condition]) -> bool:
    return all(_fits(row[condition.column.name], condition) for condition in conditions)


def _fits(value: Any, condition: Condition) -> bool:
    how = condition.how.name
    unknown = value is None or value in ("", [])
    if how in ("is_empty", "is_not_empty"):
        return unknown == (how == "is_empty")
    if unknown:
        return how in ("is_not", "contains_not")
    if condition.column.kind in ("date", "moment", "month"):
        return in_days(value, *span(condition, datetime.now(UTC).date()))
    return _COMPARED[how](_folded(value), tuple(map(_folded, condition.values)))


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value)).casefold()
    return value.casefold() if isinstance(value, str) else value


_COMPARED: dict[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": lambda value, asked: bool(value == asked[0]),
    "is_not": lambda value, asked: bool(value != asked[0]),
    "contains": lambda value, asked: asked[0] in value,
    "contains_not": lambda value, asked: asked[0] not in value,
    "begins_with": lambda value, asked: bool(value.startswith(asked[0])),
    "more_than": lambda value, asked: bool(value > asked[0]),
    "less_than": lambda value, asked: bool(value < asked[0]),
    "between": lambda value, asked: bool(asked[0] <= value <= asked[1]),
}


def in_days(value: Any, first: date | None, last: date | None) -> bool:
    if value is None:
        return False
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return (first is None or day >= first) and (last is None or day <= last)


def grouped(
    rows: Sequence[Row], groups: Sequence[Group], measures: Sequence[Measure]
) -> list[dict[str, Any]]:
    numbers = [group.number for group in groups if group.number]
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = (*(_by(group, row) for group in groups), *(row[number] for number in numbers))
        found.setdefault(key, []).append(row)
    return [
        {
            **_named(groups, key, some[0]),
            **{m.field: _measured(m, some, rows) for m in measures},
        }
        for key, some in found.items()
    ]


def _named(groups: Sequence[Group], key: tuple[Any, ...], row: Row) -> dict[str, Any]:
    numbers = {group.number: row[group.number] for group in groups if group.number}
    return {**numbers, **{group.field: part for group, part in zip(groups, key, strict=False)}}


def _by(group: Group, row: Row) -> Any:
    value = row[group.column.name]
    if value is None or value == "":
        return None
    if not group.part:
        return value
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    if group.part == "year":
        return str(day.year)
    return day.replace(day=1) if group.part == "month" else day


def _measured(measure: Measure, rows: Sequence[Row], every: Sequence[Row]) -> Any:
    if measure.column is None:
        return len(rows) if measure.how == COUNT else _percent(len(rows), len(every))
    values = _known(measure, rows)
    if measure.how == SHARE and measure.column.kind == "bool":
        return _percent(sum(values), len(values))
    if measure.how == SHARE:
        return _percent(sum(values), sum(_known(measure, every)))
    if measure.how == "distinct":
        return len({*values})
    return _TOLD[measure.how](values) if values else None


def _known(measure: Measure, rows: Sequence[Row]) -> list[Any]:
    name = measure.column.name if measure.column else ""
    values = (row[name] for row in rows)
    return [value for value in values if value is not None and value != ""]


def _percent(part: Any, whole: Any) -> int | None:
    return round(100 * float(part) / float(whole)) if whole else None


def _average(values: list[Any]) -> Any:
    if isinstance(values[0], Decimal):
        return rounded(sum(values, Decimal()) / len(values))
    return round(sum(values) / len(values), 2)


_TOLD: dict[str, Callable[[list[Any]], Any]] = {
    "sum": sum,
    "average": _average,
    "min": min,
    "max": max,
}
