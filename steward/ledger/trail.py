"""Every act on what people enter leaves an `Edit`, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from steward.inventory.edit import Edit

MADE, CHANGED, REMOVED = "made", "changed", "removed"
# Of a file its name, size and checksum are written down, never what is in it.
FILE = "content"


@transaction.atomic
def make(kind: str, model: type[models.Model], values: Mapping[str, Any], *, by: str) -> Any:
    row = model._default_manager.create(**values)
    Edit.note(kind, row, MADE, by, after=written({n: v for n, v in values.items() if n != FILE}))
    return row


@transaction.atomic
def change(
    kind: str,
    row: models.Model,
    values: Mapping[str, Any],
    *,
    by: str,
    comment: str = "",
    what: str = CHANGED,
) -> bool:
    """Only what differs from what is there now is written; False where nothing does."""
    now = type(row)._default_manager.select_for_update().get(pk=row.pk)
    differing = {name: value for name, value in values.items() if getattr(now, name) != value}
    if not differing and not comment:
        return False
    before = written({name: getattr(now, name) for name in differing})
    for name, value in differing.items():
        setattr(row, name, value)
    row.save(update_fields=list(differing))
    after = written(differing)
    Edit.note(kind, row, what, by, before=before, after=after, comment=comment)
    return True


@transaction.atomic
def change_many(
    kind: str,
    rows: Sequence[tuple[models.Model, Mapping[str, Any]]],
    *,
    by: str,
    comment: str = "",
) -> int:
    """As `change`, of rows of one model that are locked already. How many have an edit now."""
    edits: list[Edit] = []
    changed: list[models.Model] = []
    fields: set[str] = set()
    for row, values in rows:
        differing = {n: value for n, value in values.items() if getattr(row, n) != value}
        if not differing and not comment:
            continue
        before = written({name: getattr(row, name) for name in differing})
        for name, value in differing.items():
            setattr(row, name, value)
        more = {"before": before, "after": written(differing), "comment": comment}
        edits.append(Edit.of(kind, row, CHANGED, by, **more))
        changed += [row] if differing else []
        fields |= set(differing)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, sorted(fields), batch_size=200)
    Edit.objects.bulk_create(edits, batch_size=500)
    return len(edits)


@transaction.atomic
def remove(kind: str, row: models.Model, *, by: str) -> None:
    fields = [f.name for f in row._meta.concrete_fields if f.name != FILE]
    Edit.note(kind, row, REMOVED, by, before=written({n: getattr(row, n) for n in fields}))
    row.delete()


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it: rows by their number, amounts and days as text."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date | time) else value
