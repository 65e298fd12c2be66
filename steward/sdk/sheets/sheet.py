"""A file as one table: where its headings are, and the rows below them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from steward.sdk.errors import Unexpected
from steward.sdk.sheets import delimited, workbook
from steward.sdk.sheets.delimited import Row

FILE_BYTES = 20 * 1024 * 1024
ROWS = 1_000_000
_HEADING_ROWS = 20
_NOT_A_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")
Telling: TypeAlias = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Sheet:
    """`digest` tells one file from another. `start` is the number of the row with headings, and
    `telling` counts the headings in a row, by which it and the separator are recognised."""

    content: bytes
    digest: str
    start: int
    header: list[str]
    telling: Telling
    encoding: str = "auto"
    name: str = ""

    @property
    def is_workbook(self) -> bool:
        return workbook.is_workbook(self.content)

    def rows(self) -> Iterator[Row]:
        """The rows below the headings that are not blank."""
        read = _rows(self.content, self.telling, self.encoding, self.name)
        for count, (number, cells) in enumerate(read):
            if count > ROWS:
                raise Unexpected(f"The list has more than {ROWS:,} rows; split it.")
            if number > self.start and (cells is None or any(cell.strip() for cell in cells)):
                yield number, cells


def sheet_of(
    content: bytes,
    telling: Telling,
    *,
    encoding: str = "auto",
    name: str = "",
    largest: int = FILE_BYTES,
) -> Sheet:
    """`name` is that of the sheet in a workbook, and `largest` the most bytes that are read.
    Unexpected, with what to do, for what is no list."""
    check(content, largest)
    first = islice(_rows(content, telling, encoding, name), _HEADING_ROWS)
    head = [(line, cells) for line, cells in first if cells and any(c.strip() for c in cells)]
    if not head:
        raise Unexpected("The file is empty.")
    start, header = max(head, key=lambda row: telling(row[1]))
    digest = hashlib.sha256(content).hexdigest()
    return Sheet(content, digest, start, header, telling, encoding, name)


def check(content: bytes, largest: int = FILE_BYTES) -> None:
    if len(content) > largest:
        raise Unexpected(too_large(largest))
    if content.startswith(_NOT_A_LIST):
        raise Unexpected("This file is no list; upload CSV, XLSX, XLS or ODS.")
    if content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise Unexpected("This file holds a web page; open it and save it as CSV or XLSX.")


def too_large(largest: int = FILE_BYTES) -> str:
    return f"The file is larger than {largest // 1024**2} MB; split it, or leave columns out."


def cell(cells: Sequence[str], place: int | None) -> str:
    """ "" where a row ends before the place."""
    if place is None or place >= len(cells):
        return ""
    return cells[place].replace("\x00", "").strip()


def _rows(content: bytes, telling: Telling, encoding: str, name: str) -> Iterator[Row]:
    if workbook.is_workbook(content):
        return workbook.rows_of(content, name)
    return delimited.rows_of(delimited.decoded(content, encoding), telling)
