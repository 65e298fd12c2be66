"""The papers of a contract: taken in, and given out so that no browser opens them here."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from steward.inventory.contract import Document
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import documents, files
from steward.web.access import actor, for_admins, for_money
from steward.web.contracts import LARGEST, found, page


@csrf_exempt
@require_POST
@for_admins
def add(request: HttpRequest, id: int) -> HttpResponse:
    """Who may not do this is sent away before the file is read; the token against forged
    requests, which stands before the file, is checked after that."""
    files.bound(request)
    return _add(request, id)


@csrf_protect
def _add(request: HttpRequest, id: int) -> HttpResponse:
    contract = found(id)
    try:
        made = documents.add(contract, *files.taken(request), by=actor(request))
    except Invalid as invalid:
        return page(request, contract, invalid, 422)
    messages.success(request, f"{made.name} is kept.")
    return redirect("contract", contract.pk)


@require_safe
@for_money
def document(request: HttpRequest, id: int) -> HttpResponse:
    row = _document(id)
    try:
        return files.given_out(row)
    except Conflict as damaged:
        messages.error(request, damaged.message)
        return redirect("contract", row.contract_id)


@require_POST
@for_admins
def remove(request: HttpRequest, id: int) -> HttpResponse:
    row = _document(id)
    documents.remove(row, by=actor(request))
    messages.success(request, f"{row.name} is removed.")
    return redirect("contract", row.contract_id)


def _document(id: int) -> Document:
    row: Document | None = Document.objects.filter(pk=min(id, LARGEST)).first()
    if row is None:
        raise Http404
    return row
