"""/imports/tasks: large files under way. For admins' tokens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from steward.api.access import actor, only_admins
from steward.api.import_schemas import ImportTaskOut
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found
from steward.api.responses import accepted, read, read_one
from steward.api.schemas import Listed
from steward.insight.facts import moment_text
from steward.inventory.imports import ImportTask
from steward.ledger.imports import behind

router = Router(tags=["imports"])

ROWS = 1_000


@router.get("/imports/tasks", response=read(Listed[ImportTaskOut]), by_alias=True)
def list_tasks(request: HttpRequest, page: Page) -> Any:
    """Newest first, for a week after they have ended."""
    only_admins(request)
    rows = ImportTask.objects.all()
    return page_of(rows, page, lambda found: map(of_task, found), newest_first=True)


@router.get("/imports/tasks/{id}", response=read_one(ImportTaskOut), by_alias=True)
def get_task(request: HttpRequest, id: Id) -> Any:
    """How far it is, and what has become of it."""
    only_admins(request)
    row = _found(id)
    return {**of_task(row), "items": _rows(row)}


@router.post("/imports/tasks/{id}/cancel", response=accepted(ImportTaskOut, 200), by_alias=True)
def cancel_task(request: HttpRequest, id: Id) -> Any:
    """409 when it is written already, which is done all at once; undo the import then."""
    row = _found(id)
    behind.cancel(row, by=actor(request))
    return of_task(row)


def of_task(row: ImportTask) -> dict[str, Any]:
    return {
        "id": row.pk,
        "as": row.kind,
        "file_name": row.file_name,
        "dry_run": row.what == ImportTask.LOOK,
        "state": row.state,
        "rows": row.rows,
        "checked": row.checked,
        "counts": row.counts,
        "import": row.imported_id,
        "problem": row.problem,
        "errors": row.errors,
        "items": [],
        "by": row.by,
        "asked_at": moment_text(row.asked_at),
        "ended_at": moment_text(row.ended_at),
    }


def _rows(row: ImportTask) -> list[dict[str, Any]]:
    if row.is_open or row.what == ImportTask.BRING or row.draft is None:
        return []
    found = row.draft.rows.exclude(verdict="same").order_by("line")[:ROWS]
    return list(found.values("line", "verdict", "name", "changes", "errors"))


def _found(number: int) -> ImportTask:
    row: ImportTask | None = ImportTask.objects.filter(pk=number).first()
    if row is None:
        raise not_found("import")
    return row
