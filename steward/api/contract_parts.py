"""/contracts/{id}/lines and /documents: what a contract is about, and its papers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from steward.api.access import actor, only_with_money
from steward.api.contract_schemas import DocumentOut, LineChange, LineOut, NewLine
from steward.api.contracts import found
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read_one
from steward.api.schemas import Accepted, Listed, ProblemOut
from steward.insight.contracts import of_document, of_line
from steward.inventory.contract import ContractLine, Document
from steward.ledger import contracts as acts
from steward.ledger import documents, files

router = Router(tags=["contracts"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {files.FIELD: _BINARY["schema"]},
                    "required": [files.FIELD],
                }
            }
        },
    }
}
_DOWNLOAD = {"responses": {200: {"content": {"application/octet-stream": _BINARY}}}}


@router.post("/{id}/lines", response=created(LineOut))
def add_line(request: HttpRequest, id: Id, data: NewLine) -> Any:
    """So many seats of a licence, at that price a seat for `months`."""
    given = data.dict()
    contract = found(id)
    given["licence"] = given.pop("license")
    line = acts.add_line(contract, given, by=actor(request))
    return 201, of_line(line, contract, True)


@router.patch("/{id}/lines/{line}", response=created(LineOut, 200))
def edit_line(request: HttpRequest, id: Id, line: Id, data: LineChange) -> Any:
    row = _line(id, line)
    acts.edit_line(row, data.dict(exclude_unset=True), by=actor(request))
    return of_line(row, row.contract, True)


@router.delete("/{id}/lines/{line}", response=accepted(Accepted, 200))
def remove_line(request: HttpRequest, id: Id, line: Id) -> Any:
    acts.remove_line(_line(id, line), by=actor(request))
    return {"accepted": True}


@router.get("/{id}/documents", response=read_one(Listed[DocumentOut]) | {403: ProblemOut})
def list_documents(request: HttpRequest, id: Id, page: Page) -> Any:
    only_with_money(request)
    rows = found(id).documents.defer("content")
    return page_of(rows, page, lambda rows: map(of_document, rows))


@router.post("/{id}/documents", response=created(DocumentOut), openapi_extra=_UPLOAD)
def add_document(request: HttpRequest, id: Id) -> Any:
    """A form with one file, called `file`."""
    files.bound(request)
    contract = found(id)
    return 201, of_document(documents.add(contract, *files.taken(request), by=actor(request)))


@router.get(
    "/{id}/documents/{document}",
    response=accepted(None, 200),
    openapi_extra=_DOWNLOAD,
)
def get_document(request: HttpRequest, id: Id, document: Id) -> HttpResponse:
    """The file itself, unchanged. 409 `damaged` where it has not its checksum any more."""
    only_with_money(request)
    return files.given_out(_document(id, document))


@router.delete("/{id}/documents/{document}", response=accepted(Accepted, 200))
def remove_document(request: HttpRequest, id: Id, document: Id) -> Any:
    documents.remove(_document(id, document), by=actor(request))
    return {"accepted": True}


def _line(contract: int, line: int) -> ContractLine:
    rows = ContractLine.objects.select_related("contract", "licence")
    row: ContractLine | None = rows.filter(pk=line, contract=contract).first()
    if row is None:
        raise not_found("line")
    return row


def _document(contract: int, document: int) -> Document:
    row: Document | None = Document.objects.filter(pk=document, contract=contract).first()
    if row is None:
        raise not_found("document")
    return row
