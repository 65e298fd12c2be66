"""Reports as files. Rows stream through; memory does not grow with their number.

A cell that a spreadsheet would take for a formula is made harmless by an apostrophe before it
(OWASP, "CSV Injection"): names come from apps, and whoever may name themselves there could
otherwise run something on the desk of whoever opens the export.
"""

from __future__ import annotations

import csv as csv_writer
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

import msgspec
import xlsxwriter

from steward.insight.facts import moment_text
from steward.insight.reports.results import Result, as_json, provenance_facts
from steward.inventory import money

BATCH = 1_000
CHUNK = 64 * 1024
_DANGEROUS = ("=", "+", "-", "@")


def harmless(text: str) -> str:
    """Leading formula signs and control characters lose their power; inner ones are kept."""
    if not text or text[0].isalnum():
        return text
    dangerous = text.lstrip().startswith(_DANGEROUS) or not text[0].isprintable()
    return f"'{text}" if dangerous else text


def csv(result: Result) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, by which spreadsheets know it for what it is."""
    yield b"\xef\xbb\xbf"
    yield _csv_lines([[c.label for c in result.columns]])
    rows = iter(result.rows())
    while batch := list(islice(rows, BATCH)):
        yield _csv_lines(zip(*map(_csv_cells, zip(*batch, strict=True)), strict=True))


def _csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv_writer.writer(text).writerows(rows)
    return text.getvalue().encode()


def _csv_cells(values: Sequence[Any]) -> list[str]:
    """Of a column, which mostly holds one kind of value: a million rows pass here."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return [text if text[:1].isalnum() else harmless(text) for text in values]
    if len(kinds) == 1:
        return list(map(_WRITTEN.get(type(values[0]), str), values))
    return [_WRITTEN.get(type(value), str)(value) for value in values]


_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: harmless,
    type(None): lambda value: "",
    bool: lambda value: "yes" if value else "no",
    datetime: lambda value: moment_text(value) or "",
    date: lambda value: value.isoformat(),
    Decimal: money.plain,
    list: lambda value: harmless(", ".join(map(str, value))),
}


def xlsx(result: Result) -> Iterator[bytes]:
    """Real dates, numbers and booleans, a frozen heading, and where the data comes from."""
    with TemporaryFile() as file:
        _write_workbook(file, result)
        file.seek(0)
        while part := file.read(CHUNK):
            yield part


def _write_workbook(file: Any, result: Result) -> None:
    options = {
        "constant_memory": True,
        "remove_timezone": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Report")
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": f}) for kind, f in _FORMATS.items()}
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(result.columns) - 1, 24)
        for number, column in enumerate(result.columns):
            sheet.write_string(0, number, column.label, bold)
        for line, row in enumerate(result.rows(), start=1):
            for number, value in enumerate(row):
                _write_cell(sheet, line, number, value, formats)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 100)
        for line, text in enumerate(_about(result)):
            about.write_string(line, 0, harmless(text))


_FORMATS: dict[type, str] = {
    datetime: "yyyy-mm-dd hh:mm",
    date: "yyyy-mm-dd",
    Decimal: "#,##0.00##",
}


def _write_cell(sheet: Any, line: int, number: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, number, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, number, value, formats[type(value)])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, number, value, formats.get(type(value)))
    elif isinstance(value, list):
        sheet.write_string(line, number, harmless(", ".join(map(str, value))))
    else:
        sheet.write_string(line, number, harmless(str(value)))


def _about(result: Result) -> list[str]:
    """The same line that stands under the report in the page, and the question that was asked."""
    asked = [f"{name}: {value}" for name, value in result.question.filters.items() if value]
    day = [f"As of {result.question.as_of}"] if result.question.as_of else []
    report = result.report
    return [report.title, report.description, *day, *asked, result.provenance.sentence()]


def json(result: Result) -> Iterator[bytes]:
    """One document, written as it comes."""
    head = {
        "report": result.report.slug,
        "as_of": str(result.question.as_of) if result.question.as_of else None,
        "total": result.total,
        "provenance": provenance_facts(result.provenance),
    }
    yield msgspec.json.encode(head)[:-1] + b',"items":['
    records, before = result.records(), b"\n"
    while batch := [as_json(record, result.all_columns) for record in islice(records, BATCH)]:
        yield before + b",\n".join(map(msgspec.json.encode, batch))
        before = b",\n"
    yield b"\n]}\n"
