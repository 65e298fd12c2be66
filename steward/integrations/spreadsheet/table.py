"""An uploaded file as one table: where its headings are, which column is what, and its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from steward.integrations.spreadsheet import delimited, workbook
from steward.integrations.spreadsheet.columns import chosen, placed, telling
from steward.integrations.spreadsheet.delimited import Row
from steward.sdk import files
from steward.sdk.errors import Unexpected

FILE_BYTES = 20 * 1024 * 1024
ROWS = 1_000_000
_HEADING_ROWS = 20
_NOT_A_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")


@dataclass(frozen=True)
class Table:
    """`digest` tells one upload from another. `start` is the number of the row with headings."""

    content: bytes
    digest: str
    settings: Mapping[str, Any]
    start: int
    places: Mapping[str, int]

    def rows(self) -> Iterator[Row]:
        """The rows below the headings that are not blank."""
        for count, (number, cells) in enumerate(_rows(self.content, self.settings)):
            if count > ROWS:
                raise Unexpected(f"The list has more than {ROWS:,} rows; split it.")
            if number > self.start and (cells is None or any(cell.strip() for cell in cells)):
                yield number, cells

    def cell(self, cells: Sequence[str], name: str) -> str:
        place = self.places.get(name, len(cells))
        return cells[place].replace("\x00", "").strip() if place < len(cells) else ""


def table_of(upload: str, settings: Mapping[str, Any]) -> Table:
    content = _content(upload)
    by_hand = chosen(settings)
    head = [row for row in islice(_rows(content, settings), _HEADING_ROWS) if row[1]]
    if not head:
        raise Unexpected("The file is empty.")
    start, header = max(head, key=lambda row: telling(row[1] or [], by_hand))
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Table(content, digest, settings, start, placed(header or [], by_hand))


def _content(upload: str) -> bytes:
    if len(upload) > FILE_BYTES * 2:
        raise Unexpected(_too_large())
    try:
        content = files.from_text(upload).content
    except ValueError as problem:
        raise Unexpected(str(problem)) from None
    if len(content) > FILE_BYTES:
        raise Unexpected(_too_large())
    if content.startswith(_NOT_A_LIST):
        raise Unexpected("This file is no list; upload CSV, XLSX, XLS or ODS.")
    if content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise Unexpected("This file holds a web page; open it and save it as CSV or XLSX.")
    return content


def _too_large() -> str:
    return f"The file is larger than {FILE_BYTES // 1024**2} MB; split it, or leave columns out."


def _rows(content: bytes, settings: Mapping[str, Any]) -> Iterator[Row]:
    if workbook.is_workbook(content):
        return workbook.rows_of(content, str(settings.get("sheet") or ""))
    text = delimited.decoded(content, str(settings.get("encoding") or "auto"))
    return delimited.rows_of(text, partial(telling, by_hand=chosen(settings)))
