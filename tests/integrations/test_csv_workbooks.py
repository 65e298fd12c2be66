"""Uploaded workbooks, honest ones and bombs; and the dates that lists hold."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlsxwriter

from steward.sdk.errors import Unexpected
from steward.sdk.sheets.dates import date_of
from tests.integrations.test_csv import read, reasons, upload


def xlsx(fill: Callable[[Any, Any], None]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        fill(book, book.add_worksheet("Users"))
    return content.getvalue()


AT_SIX = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def export(book: Any, sheet: Any) -> None:
    sheet.write(1, 1, "Members of Northwind")
    sheet.write_row(3, 1, ["User ID", "E-mail", "Last active", "Active", "Created"])
    sheet.write_row(4, 1, [1001, "ann@x.com"])
    sheet.write_datetime(
        4, 3, AT_SIX.replace(tzinfo=None), book.add_format({"num_format": "d/m/yy"})
    )
    sheet.write_boolean(4, 4, False)
    sheet.write_datetime(4, 5, date(2025, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_formula(5, 1, "=1000+2", None, 1002)
    sheet.write(5, 2, "김@x.com")
    sheet.write_row(7, 1, ["", "nobody@x.com"])


def test_a_workbook_keeps_its_types_and_row_numbers() -> None:
    page = read(xlsx(export))
    ann, kim = page.records
    assert (ann.id, ann.email, ann.status) == ("1001", "ann@x.com", "disabled")
    assert ann.last_active_at == AT_SIX
    assert ann.created_at == datetime(2025, 1, 31, tzinfo=UTC)
    assert (kim.id, kim.email, kim.last_active_at) == ("1002", "김@x.com", None)
    assert reasons(page) == {"row 8": "Id is empty"}


def test_the_sheet_is_the_first_that_is_visible_and_not_empty() -> None:
    def fill(book: Any, sheet: Any) -> None:
        book.add_worksheet("Notes").hide()
        for name in ("List", "Old"):
            book.add_worksheet(name).write_column(0, 0, ["email", f"{name}@x.com"])
        sheet.activate()

    assert read(xlsx(fill)).records[0].email == "List@x.com"
    assert read(xlsx(fill), sheet="old").records[0].email == "Old@x.com"
    with pytest.raises(Unexpected, match="“Users”, “Notes”, “List”, “Old”"):
        upload(xlsx(fill), sheet="New").check()


def test_an_open_document_is_read() -> None:
    rows = [["email", "name"], ["ann@x.com", "Ann Þóra"]]
    assert [(a.email, a.name) for a in read(ods(rows)).records] == [("ann@x.com", "Ann Þóra")]


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "table", "text")
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            (
                "<manifest:manifest "
                'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
            ),
        )
        archive.writestr(
            "content.xml",
            (
                f"<office:document-content {spaces}><office:body><office:spreadsheet>"
                f'<table:table table:name="Sheet">{cells}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ),
        )
    return content.getvalue()


def test_a_cell_at_the_far_end_of_the_sheet_is_no_reason_to_die() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_column(0, 0, ["email", "ann@x.com"])
        sheet.write(1_048_575, 16_383, "x")

    with pytest.raises(Unexpected, match="unpacks to more than"):
        upload(xlsx(fill)).check()


@pytest.mark.parametrize("lies", [False, True])
def test_a_zip_bomb_is_refused(lies: bool) -> None:
    """1.5 GB of letters in 1.5 MB; the second bomb says of itself that it is small."""
    bomb = swollen(xlsx(lambda book, sheet: sheet.write_column(0, 0, ["email", "ann@x.com"])))
    if lies:
        bomb = bomb.replace(struct.pack("<L", SWOLLEN), struct.pack("<L", 1000))
    with pytest.raises(Unexpected, match=r"unpacks to more than|cannot be read"):
        upload(bomb).check()


SWOLLEN = 1_500_000_000


def swollen(honest: bytes) -> bytes:
    content, start = io.BytesIO(), b"<sst><si><t>"
    with (
        zipfile.ZipFile(io.BytesIO(honest)) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in source.namelist():
            if name != "xl/sharedStrings.xml":
                bomb.writestr(name, source.read(name))
        with bomb.open("xl/sharedStrings.xml", "w") as strings:
            strings.write(start)
            for _ in range(1499):
                strings.write(b"x" * 1_000_000)
            strings.write(b"x" * (1_000_000 - len(start)))
    return content.getvalue()


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04" + bytes(500), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)]
)
def test_a_workbook_that_is_none(content: bytes) -> None:
    with pytest.raises(Unexpected, match="cannot be read; save it again"):
        upload(content).check()


AT_NOON = datetime(2026, 4, 3, 14, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-04-03", MIDNIGHT),
        ("2026/4/3", MIDNIGHT),
        ("20260403", MIDNIGHT),
        ("3.4.2026", MIDNIGHT),
        ("03.04.26", MIDNIGHT),
        ("Apr 3, 2026", MIDNIGHT),
        ("April 3rd, 2026", MIDNIGHT),
        ("3 April 2026", MIDNIGHT),
        ("03-Apr-2026", MIDNIGHT),
        ("3. April 2026", MIDNIGHT),
        ("3 de abril de 2026", MIDNIGHT),
        ("46115", MIDNIGHT),
        ("2026-04-03T14:05:00Z", AT_NOON),
        ("2026-04-03 14:05:00.123456 UTC", AT_NOON),
        ("2026-04-03T16:05:00+02:00", AT_NOON),
        ("2026-04-03 14:05", AT_NOON),
        ("03.04.2026, 14:05 Uhr", AT_NOON),
        ("3 Apr 2026 2:05 PM", AT_NOON),
        ("Fri, 03 Apr 2026 14:05:00 +0000", AT_NOON),
        ("Apr 3, 2026 at 2:05 pm", AT_NOON),
        ("1775225100", AT_NOON),
        ("1775225100000", AT_NOON),
        ("20260403140500", AT_NOON),
        ("2026-02-30", None),
        ("31/31/2026", None),
        ("yesterday", None),
        ("7", None),
    ],
)
def test_dates_are_read_as_written(text: str, moment: datetime | None) -> None:
    if moment is None:
        with pytest.raises(ValueError):  # noqa: PT011
            date_of(text, "day")
    else:
        found = date_of(text, "day")
        assert found is not None
        assert found.replace(microsecond=0) == moment


@pytest.mark.parametrize(
    "text", ["", " ", "-", "never", "Nie", "N/A", "1970-01-01", "0", "0001-01-01T00:00:00Z"]
)
def test_never_is_written_in_many_ways(text: str) -> None:
    assert date_of(text, None) is None
