"""What a row of a file does to one object, and doing it: for many at once, with an `Edit` and an
`ImportedRow` each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.db import models

from steward.inventory.edit import Edit
from steward.inventory.imports import Import, ImportedRow
from steward.ledger.imports.upload import Row
from steward.ledger.trail import CHANGED, MADE, written

NEW, SAME, ERROR, DIFFERENT = "new", "same", "error", "changed"


@dataclass(eq=False)
class Work:
    """`row` is None where the object is made. A value may be another work, whose object it is once
    that is done. One without a `kind` leaves no trace, since it goes with another one; what is not
    `shown` would be said twice."""

    kind: str
    model: type[models.Model]
    row: Any
    values: dict[str, Any]
    shown: bool = True
    done: bool = False
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def differing(self) -> dict[str, Any]:
        if self.row is None:
            return self.values
        return {n: v for n, v in self.values.items() if now(self.row, n) != _plain(v)}

    def changes(self) -> Iterator[tuple[str, Any, Any]]:
        """The fields that change, with what they are and will be."""
        for name, value in self.differing.items():
            yield name, None if self.row is None else getattr(self.row, name), value


def now(row: Any, name: str) -> Any:
    """References by their number."""
    return getattr(row, row._meta.get_field(name).attname)


def _plain(value: Any) -> Any:
    if isinstance(value, Work):
        return value.row.pk if value.row is not None else None
    return value.pk if isinstance(value, models.Model) else value


def object_of(value: Any) -> Any:
    return value.row if isinstance(value, Work) else value


def verdict_of(works: Sequence[Work]) -> str:
    if works and works[0].row is None:
        return NEW
    return DIFFERENT if any(work.differing for work in works) else SAME


def carry_out(rows: Sequence[Row], entered: Import, by: str) -> None:
    """In the order of each row's works: one may need the object of another."""
    for at_once in zip_longest(*(row.works for row in rows)):
        todo = [(row, w) for row, w in zip(rows, at_once, strict=True) if w and not w.done]
        unique = {id(work): (row, work) for row, work in todo}
        _do(list(unique.values()), entered, by)


def _do(todo: Sequence[tuple[Row, Work]], entered: Import, by: str) -> None:
    traces, edits = [], []
    todo = [(row, work) for row, work in todo if work.differing]
    made = {id(work) for _, work in todo if work.row is None}
    left = {id(work): written(_resolved(work.differing)) for _, work in todo}
    _make([work for _, work in todo if id(work) in made])
    _change([work for _, work in todo if id(work) not in made])
    for row, work in todo:
        work.done = True
        if not work.kind:
            continue
        before = None if id(work) in made else work.before
        traces.append(_trace(row, work, entered, before, left[id(work)]))
        edits.append(_edit(work, MADE if before is None else CHANGED, by, before, left[id(work)]))
    ImportedRow.objects.bulk_create(traces, batch_size=500)
    Edit.objects.bulk_create(edits, batch_size=500)


def _resolved(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: object_of(value) for name, value in values.items()}


def _make(works: Iterable[Work]) -> None:
    for model, some in _by_model(works).items():
        rows = [model(**_resolved(work.values)) for work in some]
        made = model._default_manager.bulk_create(rows, batch_size=500)
        for work, row in zip(some, made, strict=True):
            work.row = row


def _change(works: Iterable[Work]) -> None:
    for model, some in _by_model(works).items():
        fields: set[str] = set()
        for work in some:
            differing = work.differing
            work.before = written({n: getattr(work.row, n) for n in differing})
            for name, value in differing.items():
                setattr(work.row, name, object_of(value))
            fields |= set(differing)
        rows = [work.row for work in some]
        model._default_manager.bulk_update(rows, sorted(fields), batch_size=200)


def _by_model(works: Iterable[Work]) -> dict[type[models.Model], list[Work]]:
    found: dict[type[models.Model], list[Work]] = defaultdict(list)
    for work in works:
        found[work.model].append(work)
    return found


def _trace(
    row: Row, work: Work, entered: Import, before: Any, after: Mapping[str, Any]
) -> ImportedRow:
    return ImportedRow(
        imported=entered,
        line=row.line,
        model=work.model._meta.model_name,
        object=work.row.pk,
        name=row.name[:300],
        before=before,
        after=after,
    )


def _edit(work: Work, what: str, by: str, before: Any, after: Mapping[str, Any]) -> Edit:
    facts = {"what": what, "by": by, "before": before or {}, "after": after}
    return Edit(kind=work.kind, object=work.row.pk, name=str(work.row)[:300], **facts)
