"""/imports: bringing one's own data in files, and taking it back. For admins' tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from steward.api.access import actor, only_admins
from steward.api.description import also
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Listed, Text
from steward.insight.imports import facts_of, facts_of_row
from steward.inventory.imports import Import
from steward.ledger.imports import bringing, undoing
from steward.ledger.imports.bringing import Brought
from steward.ledger.imports.shown import facts_of_all
from steward.ledger.imports.templates import template
from steward.ledger.imports.upload import Row
from steward.sync.anew import describe_soon

router = Router(tags=["imports"])

Kind: TypeAlias = Literal["people", "applications", "licenses", "contracts", "charges", "rates"]
ROWS = 1_000


class ImportOut(Schema):
    """`counts` are of rows: `new`, `changed`, `same`, `error` (left out); after an undo also
    `undone` and `kept`. `mapping` gives the field of each column by its heading."""

    id: int
    as_: Annotated[Kind, Field(alias="as")]
    file_name: str
    sha256: str
    mapping: dict[str, str]
    counts: dict[str, int]
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class ImportChangeOut(Schema):
    field: str
    before: Any
    after: Any


class RowOut(Schema):
    line: int
    verdict: Literal["new", "changed", "same", "error"]
    name: str
    changes: list[ImportChangeOut]
    errors: list[str]


class BroughtOut(Schema):
    """`id` is null where nothing was changed (`dry_run`). `rows` are the first 1,000 that are not
    the same; `rows_left_off` says how many more there are."""

    id: int | None
    as_: Annotated[Kind, Field(alias="as")]
    dry_run: bool
    mapping: dict[str, str]
    counts: dict[str, int]
    rows: list[RowOut]
    rows_left_off: int


class ImportedRowOut(Schema):
    """What a row did to one object. `before` is null where it made it; `kept` says why an undo has
    left it."""

    id: int
    line: int
    model: str
    object: int
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    kept: str


class NewImport(Schema):
    """`mapping` is JSON, the field of each column by its heading ("" is not imported); columns it
    does not name are recognised. `good_rows` leaves out rows with errors, where otherwise nothing
    is imported; `again` takes a file of charges that was imported before."""

    model_config = ConfigDict(extra="forbid")

    as_: Annotated[Kind, Field(alias="as")]
    dry_run: bool = False
    mapping: str = "{}"
    good_rows: bool = False
    again: bool = False
    dates: Literal["auto", "day", "month"] = "auto"
    decimals: Literal["auto", "point", "comma"] = "auto"
    sheet: Annotated[Text, Field(max_length=100)] = ""
    encoding: Annotated[Text, Field(max_length=20)] = ""


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


@router.post("/imports", response=created(BroughtOut) | {200: BroughtOut}, by_alias=True)
def bring(request: HttpRequest, data: Form[NewImport], file: File[UploadedFile]) -> Any:
    """All of it or nothing. 422 names what is wrong by row, as `rows.LINE.FIELD`."""
    options = {n: getattr(data, n) for n in ("dates", "decimals", "sheet", "encoding")}
    said = {name: value for name, value in options.items() if value not in ("", "auto")}
    brought = Brought.of(data.as_, file.name or "upload", file.read(), _mapping(data), said)
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
