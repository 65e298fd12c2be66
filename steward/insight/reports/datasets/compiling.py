"""A report out of a definition: as any other, for page, files, API, command line and schedules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from steward.insight.reports.core import Report
from steward.insight.reports.datasets import computed, queried
from steward.insight.reports.datasets.definition import (
    Condition,
    Definition,
    first_and_last,
)
from steward.insight.reports.datasets.measures import COUNT, Group, Measure
from steward.insight.reports.datasets.operations import operation
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.traces import Minds
from steward.inventory.books import is_told

Made: TypeAlias = tuple[Sequence[Column], tuple[str, ...]]
# The page on which a report is made, and the part of its address that holds one.
BUILDER, ASKED = "new-report", "definition"


def previewed(definition: Definition, title: str = "Preview") -> Report:
    """One that is not saved; its slug is its own, so that it is remembered apart from others."""
    written = json.dumps(definition.written(), sort_keys=True)
    slug = f"preview-{sha256(written.encode()).hexdigest()}"
    return compiled(definition, slug=slug, title=title)


def compiled(definition: Definition, *, slug: str, title: str, description: str = "") -> Report:
    base = definition.dataset.base()
    columns, order = _grouped(definition) if definition.is_grouped else _plain(definition, base)
    shaped: dict[str, Any] = {
        "slug": slug,
        "title": title,
        "description": description or definition.dataset.description,
        "columns": tuple(columns),
        "order": order,
        "filters": _filters(definition, base),
        "costly": True,
        "minds": Minds.EVERYTHING,
        "about_money": definition.about_money,
        "sections": None,
        "counted": None if definition.is_narrowed else base.counted,
        "length": None if definition.is_narrowed else base.length,
        "short": definition.is_grouped,
        "keyed": base.keyed and not definition.is_grouped,
        "empty": "Nothing fits this report.",
    }
    if isinstance(base, Listed):
        return replace(base, **shaped, made=_made(definition, base))
    return replace(base, **shaped, parts=_parts(definition, base))


def _filters(definition: Definition, base: Report) -> tuple[Filter, ...]:
    """Those of the list itself, with what was asked for as what holds where nothing is given."""
    asked = dict(definition.asked)
    if definition.dataset.asks_period:
        asked.update(_asked_period(definition, base))
    return tuple(replace(f, default=asked.get(f.name, f.default)) for f in base.filters)


def _asked_period(definition: Definition, base: Report) -> Mapping[str, str]:
    """In days where the list takes any number of them, else from one day to another."""
    period = definition.period
    takes_days = any(f.name == "days" and f.choices is None for f in base.filters)
    if "days" not in period or takes_days:
        return period
    first, last = first_and_last(period, _today())
    return {"from": str(first), "to": str(last)}


def _today() -> date:
    return datetime.now(UTC).date()


def _plain(definition: Definition, base: Report) -> Made:
    """The columns that were chosen, and unseen those that they and the order need."""
    every = {c.name: c for c in (*base.columns, *(c for c, _ in definition.dataset.more))}
    names = [c.name for c in definition.columns] or list(definition.dataset.usual())
    chosen = [replace(every[name], aside=False, hidden=False) for name in names]
    order = _order(definition, base.order)
    needed = [c.link_by for c in chosen] + [c.currency_by for c in chosen]
    needed += [name.removeprefix("-") for name in order]
    if any(c.opens for c in chosen):
        needed += list(every)
    unseen = dict.fromkeys(name for name in needed if name in every and name not in names)
    return [*chosen, *(replace(every[name], hidden=True) for name in unseen)], order


def _order(definition: Definition, usual: tuple[str, ...]) -> tuple[str, ...]:
    if not definition.sort:
        return usual
    name = definition.sort.removeprefix("-")
    return (definition.sort, *(o for o in usual if o.removeprefix("-") != name))


def _grouped(definition: Definition) -> Made:
    groups, measures = definition.groups, told(definition)
    links = {g.number for g in groups if g.number}
    columns = [_of_group(group) for group in groups]
    columns += [_of_measure(measure, definition) for measure in measures]
    numbers = [c for c in definition.dataset.base().columns if c.name in links]
    columns += [replace(c, hidden=True) for c in numbers]
    fields = {g.name: g.field for g in groups} | {m.name: m.field for m in measures}
    by_day = bool(groups) and bool(groups[0].part)
    usual = groups[0].field if by_day else f"-{measures[0].field}"
    sort = definition.sort
    first = sort.replace(sort.removeprefix("-"), fields[sort.removeprefix("-")]) if sort else usual
    rest = [*(g.field for g in groups), *sorted(links)]
    return columns, (first, *(name for name in rest if name != first.removeprefix("-")))


def told(definition: Definition) -> tuple[Measure, ...]:
    """Where nothing is said, rows are counted."""
    return definition.measures or (Measure(COUNT),)


def _of_group(group: Group) -> Column:
    link = group.column.link if group.number else ""
    return Column(group.field, group.label, group.kind, link=link, link_by=group.number)


def _of_measure(measure: Measure, definition: Definition) -> Column:
    opens = _rows_of(definition) if measure.name == COUNT else None
    money = measure.is_about_money
    return Column(measure.field, measure.label, measure.kind, about_money=money, opens=opens)


def _rows_of(definition: Definition) -> Callable[[Mapping[str, Any], Question], Any]:
    """The rows that a group counts, as a report of their own."""

    def opened(record: Mapping[str, Any], asked: Question) -> tuple[str, dict[str, str]]:
        more = [c for g in definition.groups for c in _conditions(g, record[g.field])]
        rows = definition.of_group(more)
        narrowed = {name: value for name, value in asked.filters.items() if value}
        period = {"from", "to", "days"} if definition.dataset.asks_period else set()
        kept = {name: value for name, value in narrowed.items() if name not in period}
        text = json.dumps(replace(rows, asked=kept).written())
        return BUILDER, {ASKED: text}

    return opened


def _conditions(group: Group, value: Any) -> Iterator[Condition]:
    column = group.column
    if value is None:
        yield Condition(column, operation(column.kind, "is_empty"))
    elif not group.part:
        yield Condition(column, operation(column.kind, "is"), (value,))
    else:
        yield Condition(column, operation(column.kind, "between"), _span(group, value))


def _span(group: Group, value: Any) -> tuple[date, date]:
    if group.part == "year":
        year = int(value)
        return date(year, 1, 1), date(year, 12, 31)
    if group.part == "day":
        return value, value
    following = date(value.year + value.month // 12, value.month % 12 + 1, 1)
    return value, date.fromordinal(following.toordinal() - 1)


def _made(definition: Definition, base: Listed) -> Callable[[Question], Sequence[Any]]:
    def made(question: Question) -> Sequence[Any]:
        rows = [row for row in base.made(question) if computed.fits(row, definition.conditions)]
        if first_last := _own_period(definition):
            name = definition.dataset.period
            rows = [row for row in rows if computed.in_days(row[name], *first_last)]
        if not definition.is_grouped:
            return rows
        return computed.grouped(rows, definition.groups, told(definition))

    return made


def _parts(definition: Definition, base: Report) -> Callable[[Question], Sequence[Any]]:
    dataset = definition.dataset
    more = {column.name: expression for column, expression in dataset.more}

    def parts(question: Question) -> Sequence[Any]:
        ready = dataset.ready if question.as_of is None and is_told() else {}
        return [_part(rows, ready) for rows in base.parts(question)]

    def _part(rows: Any, ready: Mapping[str, str]) -> Any:
        rows = queried.narrowed(rows.annotate(**more), definition.conditions, ready)
        if span := _own_period(definition):
            column = dataset.columns()[dataset.period]
            name = ready.get(column.name, column.name)
            rows = rows.filter(queried.in_days(name, column, *span))
        if not definition.is_grouped:
            return rows
        return queried.grouped(rows, definition.groups, told(definition), ready)

    return parts


def _own_period(definition: Definition) -> tuple[date | None, date | None] | None:
    """Where the list does not ask for a period itself."""
    if not definition.period or definition.dataset.asks_period:
        return None
    return first_and_last(definition.period, _today())
