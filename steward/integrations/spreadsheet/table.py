"""An uploaded file as a list of accounts: which column is what, and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from steward.integrations.spreadsheet.columns import chosen, placed, telling
from steward.sdk import files
from steward.sdk.errors import Unexpected
from steward.sdk.sheets import sheet
from steward.sdk.sheets.delimited import Row
from steward.sdk.sheets.sheet import FILE_BYTES, Sheet, sheet_of


@dataclass(frozen=True)
class Table:
    """`digest` tells one upload from another."""

    sheet: Sheet
    places: Mapping[str, int]

    @property
    def digest(self) -> str:
        return self.sheet.digest[:16]

    def rows(self) -> Iterator[Row]:
        return self.sheet.rows()

    def cell(self, cells: Sequence[str], name: str) -> str:
        return sheet.cell(cells, self.places.get(name))


def table_of(upload: str, settings: Mapping[str, Any]) -> Table:
    by_hand = chosen(settings)
    found = sheet_of(
        _content(upload),
        partial(telling, by_hand=by_hand),
        encoding=str(settings.get("encoding") or "auto"),
        name=str(settings.get("sheet") or ""),
    )
    return Table(found, placed(found.header, by_hand))


def _content(upload: str) -> bytes:
    if len(upload) > FILE_BYTES * 2:
        raise Unexpected(sheet.too_large())
    try:
        return files.from_text(upload).content
    except ValueError as problem:
        raise Unexpected(str(problem)) from None
