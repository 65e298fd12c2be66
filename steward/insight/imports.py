"""Imports: what was brought in which file, by whom, and what became of it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db.models import BooleanField, Case, F, IntegerField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from steward.insight.exports import harmless
from steward.insight.facts import Facts, moment_text
from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.imports import KINDS, Import, ImportedRow

_COUNTS = (("new", "New"), ("changed", "Changed"), ("same", "The same"), ("error", "Left out"))


_SAID = "From what was imported here."


def _rows(question: Question) -> Sequence[Any]:
    rows = Import.objects.all()
    if question["kind"]:
        rows = rows.filter(kind=question["kind"])
    kinds = [When(kind=slug, then=Value(name)) for slug, name in KINDS]
    counts = {
        f"count_{name}": Cast(KT(f"counts__{name}"), IntegerField(null=True)) for name, _ in _COUNTS
    }
    undone = Case(When(undone_at=None, then=False), default=True, output_field=BooleanField())
    return [rows.annotate(what=Case(*kinds), undone=undone, import_id_=F("pk"), **counts)]


IMPORTS = Report(
    slug="imports",
    title="Imports",
    description="Files that were imported, and what became of them.",
    columns=(
        Column("file_name", "File", link="import", link_by="import_id_"),
        Column("what", "As"),
        *(Column(f"count_{name}", label, "number") for name, label in _COUNTS),
        Column("by", "By"),
        Column("at", "When", "moment"),
        Column("undone", "Undone", "bool"),
        Column("import_id_", "Import number", "id", hidden=True, sort_by="pk"),
    ),
    parts=_rows,
    provenance=lambda question: Provenance((), None, None, said=_SAID),
    order=("-import_id_",),
    filters=(Filter("kind", "As", "choice", choices=lambda: KINDS),),
    has_past=False,
    keyed=True,
    empty="Nothing was imported yet.",
)


def changes_of(rows: Sequence[ImportedRow]) -> list[list[Facts]]:
    """Of each row the fields that changed, with what they were and are; who and what they refer to
    by name."""
    models = {row.model: apps.get_model("inventory", row.model) for row in rows}
    told = [(row, list(_told(row, models[row.model]))) for row in rows]
    names = _names(change for _, changes in told for change in changes)
    return [[_named(change, names) for change in changes] for _, changes in told]


_BESIDE = ("key", "source", "integration", "standing", "last_day", "licence")


def _told(row: ImportedRow, model: Any) -> Iterator[Facts]:
    before = row.before or {}
    for name, after in row.after.items():
        if name in _BESIDE or name.startswith("told_"):
            continue
        to = model._meta.get_field(name).related_model
        if isinstance(after, dict):
            old = before.get(name) or {}
            parts = [part for part in {**old, **after} if old.get(part) != after.get(part)]
            yield from (_change(part, old.get(part), after.get(part), None) for part in parts)
        elif before.get(name) or after not in (None, "", []):
            yield _change(name, before.get(name), after, to)


def _change(name: str, before: Any, after: Any, to: Any) -> Facts:
    return {"field": name, "before": before, "after": after, "to": to}


def _names(changes: Iterable[Facts]) -> dict[tuple[Any, Any], str]:
    asked: dict[Any, set[Any]] = defaultdict(set)
    for change in changes:
        if change["to"]:
            asked[change["to"]] |= {change["before"], change["after"]} - {None}
    return {
        (model, number): str(found)
        for model, numbers in asked.items()
        for number, found in model.objects.in_bulk(list(numbers)).items()
    }


def _named(change: Facts, names: dict[tuple[Any, Any], str]) -> Facts:
    to = change.pop("to")
    if to:
        for when in ("before", "after"):
            change[when] = names.get((to, change[when]), change[when])
    return change


def facts_of(entered: Import) -> Facts:
    return {
        "id": entered.pk,
        "as": entered.kind,
        "file_name": entered.file_name,
        "sha256": entered.sha256,
        "mapping": entered.mapping,
        "counts": entered.counts,
        "by": entered.by,
        "at": moment_text(entered.at),
        "undone_by": entered.undone_by or None,
        "undone_at": moment_text(entered.undone_at),
    }


def facts_of_row(row: ImportedRow) -> Facts:
    """`before` is None where it was made; `kept` says why an undo has left it."""
    return {
        "id": row.pk,
        "line": row.line,
        "model": row.model,
        "object": row.object,
        "name": row.name,
        "before": row.before,
        "after": row.after,
        "kept": row.kept,
    }


def to_mend(headings: Sequence[str], rows: Iterable[Any]) -> Iterator[bytes]:
    """Rows with errors as a file that can be mended and brought once more: every column as it was,
    and before them the line and what is wrong with it."""
    yield b"\xef\xbb\xbf" + _line(["Line", "What is wrong", *headings])
    for row in rows:
        yield _line([str(row.line), " ".join(row.errors), *row.cells])


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode()
