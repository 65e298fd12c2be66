"""/imports: bringing one's own data in files, and taking it back. For admins' tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from steward.api.access import actor, only_admins
from steward.api.description import also
from steward.api.import_schemas import (
    BroughtOut,
    ImportedRowOut,
    ImportOut,
    ImportTaskOut,
    Kind,
    NewImport,
)
from steward.api.import_tasks import of_task
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Listed
from steward.insight.imports import facts_of, facts_of_row
from steward.inventory.imports import Import, ImportTask
from steward.ledger.imports import behind, bringing, drafts, undoing
from steward.ledger.imports.bringing import Brought
from steward.ledger.imports.shown import facts_of_all
from steward.ledger.imports.templates import template
from steward.ledger.imports.upload import Row
from steward.sync.anew import describe_soon

router = Router(tags=["imports"])

ROWS = 1_000


class _Seen:
    """The rows that are told, and how many are not."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.left_off = 0

    def __call__(self, rows: Sequence[Row]) -> None:
        telling = [row for row in rows if row.verdict != "same"]
        room = max(ROWS - len(self.rows), 0)
        self.rows += facts_of_all(telling[:room])
        self.left_off += len(telling[room:])


@router.post(
    "/imports",
    response=created(BroughtOut) | {200: BroughtOut, 202: ImportTaskOut},
    by_alias=True,
)
def bring(
    request: HttpRequest,
    response: HttpResponse,
    data: Form[NewImport],
    file: File[UploadedFile],
) -> Any:
    """All of it or nothing. 422 names what is wrong by row, as `rows.LINE.FIELD`. A file of more
    than 2,000 rows is done behind: 202, and `Location` says where to look how far it is."""
    options = {n: getattr(data, n) for n in ("dates", "decimals", "sheet", "encoding")}
    said = {name: value for name, value in options.items() if value not in ("", "auto")}
    brought = Brought.of(data.as_, file.name or "upload", file.read(), _mapping(data), said)
    if behind.is_large(brought):
        return _behind(request, response, brought, data)
    seen, number = _Seen(), None
    if data.dry_run:
        counts = bringing.look(brought, seen)
    else:
        how = {"good_rows": data.good_rows, "again": data.again}
        entered = bringing.bring(brought, by=actor(request), sink=seen, **how)
        number, counts = entered.pk, entered.counts
        describe_soon()
    return (200 if data.dry_run else 201), {
        "id": number,
        "as": data.as_,
        "dry_run": data.dry_run,
        "mapping": brought.mapping,
        "counts": counts,
        "rows": seen.rows,
        "rows_left_off": seen.left_off,
    }


def _behind(request: HttpRequest, response: HttpResponse, brought: Brought, data: NewImport) -> Any:
    what = ImportTask.LOOK if data.dry_run else ImportTask.BRING
    how = {"good_rows": data.good_rows, "again": data.again}
    brought.check()
    task = behind.ask(drafts.keep(brought, None), what, by=actor(request), **how)
    response["Location"] = f"/api/v1/imports/tasks/{task.pk}"
    return 202, of_task(task)


def _mapping(data: NewImport) -> dict[str, str]:
    try:
        found = json.loads(data.mapping or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise wrong("mapping", 'This must be JSON such as {"Column": "field"}.')
    return found


@router.get("/imports", response=read(Listed[ImportOut]), by_alias=True)
def list_imports(request: HttpRequest, page: Page) -> Any:
    """Newest first."""
    only_admins(request)
    return page_of(Import.objects.all(), page, lambda rows: map(facts_of, rows), newest_first=True)


@router.get(
    "/imports/templates/{kind}.csv",
    response=read_one(None),
    openapi_extra=also(200, "text/csv"),
)
def get_template(request: HttpRequest, kind: Kind) -> HttpResponse:
    """A file to begin with: the headings that are understood, and one row as an example."""
    only_admins(request)
    return HttpResponse(template(kind), content_type="text/csv; charset=utf-8")


@router.get("/imports/{id}", response=read_one(ImportOut), by_alias=True)
def get_import(request: HttpRequest, id: Id) -> Any:
    only_admins(request)
    return facts_of(_import(id))


@router.get("/imports/{id}/rows", response=read_one(Listed[ImportedRowOut]))
def list_rows(request: HttpRequest, id: Id, page: Page) -> Any:
    """What each row did."""
    only_admins(request)
    return page_of(_import(id).rows.all(), page, lambda rows: map(facts_of_row, rows))


@router.post("/imports/{id}/undo", response=accepted(ImportOut, 200), by_alias=True)
def undo(request: HttpRequest, id: Id) -> Any:
    """The last one of its kind. What somebody has changed since stays: see `kept` in its rows."""
    entered = _import(id)
    undoing.undo(entered, by=actor(request))
    describe_soon()
    return facts_of(entered)


def _import(number: int) -> Import:
    found = Import.objects.filter(pk=number).first()
    if found is None:
        raise not_found("import")
    return found
