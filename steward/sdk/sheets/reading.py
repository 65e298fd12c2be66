"""Runs alone, in a process of its own: a workbook on standard input, its rows as JSON lines on
standard output. A workbook made to exhaust memory or time ends this process and no other.

    argument 1      name of the sheet; empty for the first that is visible and not empty
    first line      {"row": number of the first row, from 1} or {"error": code, "sheets": [names]}
    further lines   the cells of a row, as text; dates in ISO 8601
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from datetime import date, datetime
from typing import Any

import python_calamine as calamine

MEMORY, SECONDS, UNPACKED = 2 * 1024**3, 120, 1024**3


def main(wanted: str) -> None:
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(limit, (value, value))
    content = sys.stdin.buffer.read()
    try:
        if unpacked(content) > UNPACKED:
            say({"error": "size"})
            return
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = chosen(book, wanted)
    except calamine.PasswordError:
        say({"error": "password"})
        return
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError):
        say({"error": "unreadable"})
        return
    if sheet is None:
        say({"error": "sheet", "sheets": book.sheet_names[:20]})
        return
    say({"row": 1})
    say_rows(sheet)


def say_rows(sheet: calamine.CalamineSheet) -> None:
    below = merged(sheet)
    for number, row in enumerate(sheet.iter_rows()):
        cells = [text(cell) for cell in row]
        for column, (last, above) in list(below.get(number, {}).items()):
            cells[column] = cells[column] if above is None else above
            if number < last:
                below.setdefault(number + 1, {})[column] = (last, cells[column])
        say(cells)


Below = dict[int, dict[int, tuple[int, str | None]]]


def merged(sheet: calamine.CalamineSheet) -> Below:
    """Where cells of several rows are merged, all of these rows have the value of the first: by
    row and column, the last row and the value (None where it is read yet)."""
    below: Below = {}
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > first and column < (sheet.width or 0):
            below.setdefault(first, {})[column] = (last, None)
    return below


def unpacked(content: bytes) -> int:
    """As the archive itself claims; one that lies is stopped by the limits on this process."""
    if not content.startswith(b"PK"):
        return len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(part.file_size for part in archive.infolist())


def chosen(book: calamine.CalamineWorkbook, wanted: str) -> calamine.CalamineSheet | None:
    if wanted:
        name = next((n for n in book.sheet_names if n.casefold() == wanted.casefold()), None)
        return book.get_sheet_by_name(name) if name is not None else None
    visible = [
        book.get_sheet_by_name(about.name)
        for about in book.sheets_metadata
        if about.visible == calamine.SheetVisibleEnum.Visible
        and about.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    return next((sheet for sheet in visible if sheet.height), None)


def text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)


def say(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
