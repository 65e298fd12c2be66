"""Conditions, groups and measures asked of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    Q,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import (
    Cast,
    ExtractYear,
    NullIf,
    Round,
    TruncDay,
    TruncMonth,
)

from steward.insight.reports.datasets.definition import Condition
from steward.insight.reports.datasets.measures import COUNT, SHARE, Group, Measure
from steward.insight.reports.question import Column
from steward.inventory.amounts import ExactField

_NOTHING = Value("", TextField())
_EMPTY_LIST = ("[]", "null", "")


def narrowed(rows: Any, conditions: Sequence[Condition], ready: Mapping[str, str]) -> Any:
    for number, condition in enumerate(conditions):
        rows = _narrowed(rows, condition, f"asked_{number}", ready)
    return rows


def _narrowed(rows: Any, condition: Condition, name: str, ready: Mapping[str, str]) -> Any:
    kind = condition.column.kind
    value: Any = F(ready.get(condition.column.name, condition.column.name))
    if kind in ("text", "list"):
        value = Cast(value, TextField())
    rows = rows.alias(**{name: value})
    asked = _days if kind in ("date", "moment", "month") else _PLAIN[condition.how.name]
    if kind == "list" and condition.how.values == 0:
        asked = _of_list
    return rows.filter(asked(name, condition))


def _of_list(name: str, condition: Condition) -> Q:
    empty = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__in": _EMPTY_LIST})
    return empty if condition.how.name == "is_empty" else ~empty


def _is(name: str, condition: Condition) -> Q:
    lookup = "iexact" if condition.column.kind == "text" else "exact"
    return Q(**{f"{name}__{lookup}": condition.values[0]})


def _is_empty(name: str, condition: Condition) -> Q:
    unknown = Q(**{f"{name}__isnull": True})
    return unknown | Q(**{name: ""}) if condition.column.kind == "text" else unknown


def _but_not(asked: Callable[[str, Condition], Q]) -> Callable[[str, Condition], Q]:
    """What is not known is not it either."""
    return lambda name, condition: Q(**{f"{name}__isnull": True}) | ~asked(name, condition)


def _like(lookup: str) -> Callable[[str, Condition], Q]:
    return lambda name, condition: Q(**{f"{name}__{lookup}": condition.values[0]})


_PLAIN: dict[str, Callable[[str, Condition], Q]] = {
    "is": _is,
    "is_not": _but_not(_is),
    "contains": _like("icontains"),
    "contains_not": _but_not(_like("icontains")),
    "begins_with": _like("istartswith"),
    "more_than": _like("gt"),
    "less_than": _like("lt"),
    "between": lambda name, c: Q(**{f"{name}__gte": c.values[0], f"{name}__lte": c.values[1]}),
    "is_empty": _is_empty,
    "is_not_empty": lambda name, condition: ~_is_empty(name, condition),
}


def _days(name: str, condition: Condition) -> Q:
    """Days and moments: from the first of the days, and before the day after the last."""
    if condition.how.values == 0:
        return _PLAIN[condition.how.name](name, condition)
    return in_days(name, condition.column, *span(condition, datetime.now(UTC).date()))


def span(condition: Condition, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that fit; None where it is open."""
    how, values = condition.how.name, condition.values
    if condition.how.is_days:
        since = today - timedelta(days=values[0] - 1)
        return (since, None) if how == "in_last" else (None, since - timedelta(days=1))
    if how == "before":
        return None, values[0] - timedelta(days=1)
    if how == "after":
        return values[0] + timedelta(days=1), None
    return values[0], values[-1]


def in_days(name: str, column: Column, first: date | None, last: date | None) -> Q:
    at = _at if column.kind == "moment" else lambda day: day
    found = Q(**{f"{name}__isnull": False})
    if first:
        found &= Q(**{f"{name}__gte": at(first)})
    if last:
        found &= Q(**{f"{name}__lt": at(last + timedelta(days=1))})
    return found


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def grouped(
    rows: Any, groups: Sequence[Group], measures: Sequence[Measure], ready: Mapping[str, str]
) -> Any:
    """A row a group, with the fields of the groups and of the measures."""
    by = {g.field: _by(g, ready.get(g.column.name, g.column.name)) for g in groups}
    numbers = [g.number for g in groups if g.number]
    rows = rows.order_by()
    total = Total(rows)
    if not by:
        by = {"all_": Case(When(pk__isnull=False, then=_NOTHING))}
    shaped = rows.annotate(**by).values(*by, *dict.fromkeys(numbers))
    told = {m.field: _measured(m, ready, total) for m in measures}
    return shaped.annotate(**told)


def _by(group: Group, name: str) -> Any:
    if group.part == "year":
        return Cast(ExtractYear(name), CharField())
    if group.part:
        cut = TruncDay if group.part == "day" else TruncMonth
        return cut(name, output_field=DateField())
    if group.column.kind == "text":
        return NullIf(Cast(F(name), TextField()), _NOTHING)
    return F(name)


class Total:
    """What the share of a group is a share of; asked only where somebody wants to know."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def of(self, expression: Any) -> float:
        found = self._rows.aggregate(total_=expression)["total_"]
        return float(found or 0)


def _measured(measure: Measure, ready: Mapping[str, str], total: Total) -> Any:
    if measure.column is None:
        counted = Count("pk")
        return counted if measure.how == COUNT else _share(counted, total.of(counted))
    name = ready.get(measure.column.name, measure.column.name)
    if measure.how == SHARE:
        return _share_of(measure.column, name, total)
    if measure.how == "average":
        return _average(measure.column, name)
    if measure.how == "distinct":
        return Count(NullIf(Cast(F(name), TextField()), _NOTHING), distinct=True)
    # Where no price is known at all, an amount is a NULL of no type.
    value = Cast(F(name), ExactField(null=True)) if measure.column.kind == "money" else F(name)
    return {"sum": Sum, "min": Min, "max": Max}[measure.how](value)


def _share_of(column: Column, name: str, total: Total) -> Any:
    if column.kind == "bool":
        known = Count("pk", filter=Q(**{f"{name}__isnull": False}))
        yes = Count("pk", filter=Q(**{name: True}))
        return Cast(Round(yes * Value(100.0) / NullIf(known, Value(0))), IntegerField())
    summed = Sum(Cast(F(name), FloatField()))
    return _share(summed, total.of(summed))


def _share(part: Any, whole: float) -> Any:
    if not whole:
        return Max(Value(None, IntegerField()))
    share = ExpressionWrapper(part * Value(100.0) / Value(whole), FloatField())
    return Cast(Round(share), IntegerField())


def _average(column: Column, name: str) -> Any:
    """Of amounts to the last digit that is kept; of numbers to the hundredth."""
    average = Avg(Cast(F(name), FloatField()))
    if column.kind == "money":
        return Cast(Round(average), ExactField(null=True))
    hundredths = ExpressionWrapper(average * Value(100.0), FloatField())
    return ExpressionWrapper(Round(hundredths) / Value(100.0), FloatField())
