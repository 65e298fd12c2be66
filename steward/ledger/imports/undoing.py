"""Taking back an import: what it made goes, what it changed is as it was. What somebody has changed
since stays as it is, and is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from steward.inventory.edit import Edit
from steward.inventory.imports import Import, ImportedRow
from steward.inventory.problems import Conflict
from steward.ledger.imports.kind import Kind
from steward.ledger.imports.kinds import KINDS
from steward.ledger.imports.work import now
from steward.ledger.trail import CHANGED, REMOVED, written

BATCH = 500
# The word of the trail for each model, and the model that goes with another one.
_TRAIL = {"licencetype": "licence", "licenceprice": "price", "exchangerate": "rate"}
# What goes along with an object, or follows from others.
_NO_USE = (
    ("personemail", "person"),
    ("person", "manager"),
    ("personshare", "person"),
    ("departmentshare", "application"),
)


def is_last(entered: Import) -> bool:
    """Of its kind, and not taken back: only that one can be."""
    later = Import.objects.filter(kind=entered.kind, undone_at=None, pk__gt=entered.pk)
    return entered.undone_at is None and not later.exists()


@transaction.atomic
def undo(entered: Import, *, by: str) -> None:
    """Conflict where it was taken back already, or a later one of its kind stands above it."""
    rows = Import.objects.filter(pk=entered.pk, undone_at=None)
    if not is_last(entered) or not rows.update(undone_at=timezone.now(), undone_by=by):
        entered.refresh_from_db()
        if entered.undone_at:
            raise Conflict("This import was undone already.", code="undone")
        raise Conflict("A later import of the same kind has to be undone first.", code="not_last")
    kind = KINDS[entered.kind](entered.file_name)
    kept = 0
    undone = kind.take_back(entered, by)
    if undone is None:
        undone, kept = _take_back(entered, kind, by)
    kind.undone(entered)
    entered.refresh_from_db()
    entered.counts = {**entered.counts, "undone": undone, "kept": kept}
    entered.save(update_fields=["counts"])
    facts = {"what": "undone", "by": by, "before": entered.counts}
    Edit.objects.create(kind="import", object=entered.pk, name=entered.file_name, **facts)


def _take_back(entered: Import, kind: Kind, by: str) -> tuple[int, int]:
    """The last thing it did comes first, as it may hang on those before. Numbers of lines."""
    lines: set[int] = set()
    kept: set[int] = set()
    before = ImportedRow.objects.filter(imported=entered).order_by("-pk")
    last: int | None = None
    while batch := list((before.filter(pk__lt=last) if last else before)[:BATCH]):
        last = batch[-1].pk
        for model, rows in _by_model(batch).items():
            _Taking(model, rows, entered, by, kind.touched).carry_out()
        ImportedRow.objects.bulk_update([r for r in batch if r.kept], ["kept"], batch_size=200)
        lines |= {row.line for row in batch}
        kept |= {row.line for row in batch if row.kept}
    return len(lines - kept), len(kept)


def _by_model(rows: Iterable[ImportedRow]) -> dict[str, list[ImportedRow]]:
    found: dict[str, list[ImportedRow]] = defaultdict(list)
    for row in rows:
        found[row.model].append(row)
    return found


class _Taking:
    """Some rows of one model."""

    def __init__(
        self,
        name: str,
        rows: Sequence[ImportedRow],
        entered: Import,
        by: str,
        touched: Callable[[Sequence[Any]], None],
    ) -> None:
        self.model = apps.get_model("inventory", name)
        self.kind, self.by, self.rows = _TRAIL.get(name, name), by, rows
        self.touched, self.entered = touched, entered
        self.objects = self.model._default_manager.in_bulk([row.object for row in rows])
        self.edits: list[Edit] = []

    def carry_out(self) -> None:
        there = [row for row in self.rows if self._is_there(row)]
        made = [row for row in there if row.before is None]
        changed = [row for row in there if row.before is not None]
        self._delete([row for row in made if self._is_as_left(row)])
        self._put_back(changed)
        Edit.objects.bulk_create(self.edits, batch_size=500)

    def _is_there(self, row: ImportedRow) -> bool:
        if row.object not in self.objects:
            row.kept = "It is not there any more." if row.before is not None else ""
        return row.object in self.objects

    def _is_as_left(self, row: ImportedRow) -> bool:
        return not self._different(row)

    def _different(self, row: ImportedRow) -> list[str]:
        """The fields that are not as it left them any more, which is said in the row."""
        found = [n for n, v in row.after.items() if not _follows(n) and not self._is_now(row, n, v)]
        if found:
            row.kept = f"{_listed(found)} was changed since."
        return found

    def _is_now(self, row: ImportedRow, name: str, value: Any) -> bool:
        found = now(self.objects[row.object], name)
        return bool(written({name: found})[name] == value)

    def _delete(self, rows: Sequence[ImportedRow]) -> None:
        numbers = [row.object for row in rows]
        used, edited = _used(self.model, numbers), self._edited(numbers)
        for row in rows:
            if row.object in used:
                row.kept = f"It is in use since ({used[row.object]})."
            elif row.object in edited:
                row.kept = "It was changed since."
        gone = [row for row in rows if not row.kept]
        self.touched([self.objects[row.object] for row in gone])
        self.edits += [self._edit(row, REMOVED, before=row.after) for row in gone]
        self.model._default_manager.filter(pk__in=[row.object for row in gone]).delete()

    def _edited(self, numbers: Sequence[int]) -> set[int]:
        """Those that are not what they were before they were edited for the first time since."""
        later = Edit.objects.filter(kind=self.kind, object__in=numbers, at__gt=self.entered.at)
        first: dict[tuple[int, str], Any] = {}
        for edit in later.order_by("pk"):
            for name in edit.after:
                first.setdefault((edit.object, name), edit.before.get(name))
        return {number for (number, name), value in first.items() if self._was(number, name, value)}

    def _was(self, number: int, name: str, value: Any) -> bool:
        """Something else than it is now."""
        found = self.objects[number]
        known = {field.name for field in self.model._meta.concrete_fields}
        return name not in known or written({name: now(found, name)})[name] != value

    def _put_back(self, rows: Sequence[ImportedRow]) -> None:
        fields: set[str] = set()
        changed = []
        for row in rows:
            different = self._different(row)
            back = {n: v for n, v in (row.before or {}).items() if n not in different}
            if back:
                changed.append(self._restored(row, back))
                fields |= {self.model._meta.get_field(name).attname for name in back}
        self.touched(changed)
        if changed:
            self.model._default_manager.bulk_update(changed, sorted(fields), batch_size=200)

    def _restored(self, row: ImportedRow, back: Mapping[str, Any]) -> Any:
        found = self.objects[row.object]
        for name, value in back.items():
            field = self.model._meta.get_field(name)
            setattr(found, field.attname, value if value is None else field.to_python(value))
        after = {name: row.after[name] for name in back}
        self.edits.append(self._edit(row, CHANGED, before=after, after=dict(back)))
        return found

    def _edit(self, row: ImportedRow, what: str, **more: Any) -> Edit:
        comment = f"Import {self.entered.pk} was undone."
        return Edit(
            kind=self.kind,
            object=row.object,
            name=row.name,
            what=what,
            by=self.by,
            comment=comment,
            **more,
        )


def _follows(name: str) -> bool:
    """From other fields, or from the day."""
    return name == "standing" or name.startswith("told_")


def _used(model: type[models.Model], numbers: Sequence[int]) -> dict[int, str]:
    """Those that something else refers to, with what it is."""
    found: dict[int, str] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        other: Any = relation.related_model
        name = relation.field.name
        if (other._meta.model_name, name) in _NO_USE:
            continue
        rows = other._default_manager.filter(**{f"{name}__in": numbers}).order_by()
        word = other._meta.verbose_name
        found |= {pk: str(word) for pk in rows.values_list(name, flat=True).distinct()}
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names).capitalize()
