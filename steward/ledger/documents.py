"""The papers of a contract: kept in the database with their checksum, given out unchanged."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from django.conf import settings

from steward.inventory.contract import Contract, Document
from steward.inventory.problems import Conflict, Invalid
from steward.ledger import trail
from steward.sdk.fields import FieldError

KIND = "document"
LONGEST = 255
_MEGABYTE = 1024 * 1024


def largest() -> int:
    return int(settings.STEWARD_DOCUMENT_BYTES)


def too_large() -> Invalid:
    said = f"The file is larger than {largest() // _MEGABYTE} MB, the most a document may have."
    return Invalid([FieldError("file", said)])


def add(contract: Contract, name: str, content: bytes, *, by: str) -> Document:
    if not content:
        raise Invalid([FieldError("file", "The file is empty." if name else "Choose a file.")])
    if len(content) > largest():
        raise too_large()
    values = {
        "contract": contract,
        "name": safe_name(name),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "by": by,
        "content": content,
    }
    made: Document = trail.make(KIND, Document, values, by=by)
    return made


def content_of(document: Document) -> bytes:
    """As it was given; a database that has lost some of it is found out."""
    content = bytes(document.content)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Conflict(
            f"{document.name} is damaged: it has not its checksum any more. "
            "Take it from a backup of the database.",
            "damaged",
        )
    return content


def remove(document: Document, *, by: str) -> None:
    trail.remove(KIND, document, by=by)


def safe_name(given: str) -> str:
    """The name alone, without the folders before it, and without what cannot be seen: a character
    that turns the direction of writing could make an .exe look like a .pdf."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    name = " ".join(seen.split()).strip(". ")
    if len(name) <= LONGEST:
        return name or "document"
    stem, dot, ending = name.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
    return (stem if ending else name)[: LONGEST - len(ending)] + ending
