"""Files over HTTP: taken in no further than a document may reach, and given out so that no browser
opens them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse

from steward.inventory.contract import Document
from steward.ledger import documents

FIELD = "file"
_NOTHING_RUNS = "default-src 'none'; sandbox"


class Bounded(FileUploadHandler):
    """Reads no more of a request's files than one document may have, and lets the rest run past."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.is_too_large, self._seen = False, 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._seen += len(raw_data)
        if self._seen > documents.largest():
            self.is_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bound(request: HttpRequest) -> None:
    """Before anything has been read of the request."""
    request.upload_handlers.insert(0, Bounded(request))


def taken(request: HttpRequest) -> tuple[str, bytes]:
    """The name and content of the file that is uploaded; `Invalid` where it is too large."""
    file: Any = request.FILES.get(FIELD)
    if any(h.is_too_large for h in request.upload_handlers if isinstance(h, Bounded)):
        raise documents.too_large()
    return (file.name or "", file.read()) if file else ("", b"")


def given_out(document: Document) -> HttpResponse:
    """As a file to be saved (RFC 6266), of no type that a browser would show or run, with its
    checksum (RFC 9530)."""
    content = documents.content_of(document)
    response = HttpResponse(content, content_type="application/octet-stream")
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in document.name)
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(document.name, safe='')}"
    response["Content-Disposition"] = f"attachment; {named}"
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    digest = b64encode(bytes.fromhex(document.sha256)).decode()
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    return response
