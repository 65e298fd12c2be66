"""An uploaded file as one text value: a data URL (RFC 2397) that carries its name."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import quote, unquote

_START = "data:application/octet-stream;name="


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


def to_text(name: str, content: bytes) -> str:
    return f"{_START}{quote(name, safe='')};base64,{base64.b64encode(content).decode()}"


def from_text(value: str) -> File:
    """A value that is no data URL is taken as the text of the file itself."""
    if not value.startswith("data:"):
        return File("upload.csv", value.encode())
    head, _, body = value.partition(",")
    name = next((p[5:] for p in head.split(";") if p.startswith("name=")), "upload")
    try:
        return File(unquote(name), base64.b64decode(body, validate=True))
    except binascii.Error:
        raise ValueError("The file did not arrive whole; upload it again.") from None
