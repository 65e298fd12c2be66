"""Text with separators, in whatever encoding, separator and quoting a program exported it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from steward.sdk.errors import Unexpected

# The line on which a record begins, and its cells; None where its quotes are broken.
Row = tuple[int, list[str] | None]
ENCODINGS = (
    ("auto", "Recognise it"),
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252 (Western Europe)"),
    ("cp1250", "Windows-1250 (Central Europe)"),
    ("cp1251", "Windows-1251 (Cyrillic)"),
    ("cp1253", "Windows-1253 (Greek)"),
    ("cp1254", "Windows-1254 (Turkish)"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
    ("big5", "Big5"),
    ("euc_kr", "EUC-KR"),
    ("mac_roman", "Mac Roman"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t|"
_HEAD_LINES = 30
_GIVEN_UP = 1000


def decoded(content: bytes, encoding: str) -> str:
    """The text of the file. `encoding` is a codec or "auto"; then a byte order mark decides, then
    the zero bytes that betray UTF-16, then UTF-8 if it fits at all, and Windows-1252 is what is
    left. A few broken bytes in a UTF-8 file cost those characters, not all others."""
    if encoding != "auto":
        return _strictly(content, encoding)
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content.decode(codec, "replace")
    if codec := _zeros(content[:4096]):
        return content.decode(codec, "replace")
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = sum(1 for c in text if c > "\x7f") - broken if broken else 0
    if broken and beyond_ascii <= broken * 2:
        return content.decode("cp1252", "replace")
    return text


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Unexpected(
            f"The file is not in the chosen encoding ({encoding}): byte {problem.start + 1} "
            "does not fit. Choose another, or let it be recognised."
        ) from None
    return text.removeprefix("\ufeff")


def _zeros(start: bytes) -> str:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def rows_of(text: str, telling: Callable[[Sequence[str]], int]) -> Iterator[Row]:
    """Every record with the number of the line on which it begins. `telling` counts the headings
    in a row, by which the separator is recognised."""
    lines = list(io.StringIO(text, newline=""))
    start, separator = 0, ""
    if lines and (first := lines[0].strip().lower()).startswith("sep="):
        start, separator = 1, first[4:5] or "\t"
    if not separator:
        separator = separator_of(lines[:_HEAD_LINES], telling)
    return _records(lines, start, separator)


def separator_of(head: list[str], telling: Callable[[Sequence[str]], int]) -> str:
    def score(separator: str) -> tuple[int, int]:
        rows = [row for row in _lenient(head, separator) if row]
        widths = [len(row) for row in rows if len(row) > 1]
        usual = max((widths.count(width) for width in widths), default=0)
        return max((telling(row) for row in rows), default=0), usual

    return max(_SEPARATORS, key=score)


def _lenient(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return [line.split(separator) for line in lines]


def _records(lines: list[str], start: int, separator: str) -> Iterator[Row]:
    """A quote that is never closed would swallow the lines that follow it. When a record spans
    lines and does not fit, its first line is given up and reading goes on with the next."""
    width, given_up = 0, 0
    while start < len(lines):
        rest = (lines[number] for number in range(start, len(lines)))
        for row, used in _counted(csv.reader(rest, delimiter=separator)):
            if row is None or (used > 1 and not _fits(lines[start : start + used], row, width)):
                yield start + 1, None
                start, given_up = start + 1, given_up + 1
                break
            width = max(width, len(row))
            yield start + 1, row
            start += used
        if given_up > _GIVEN_UP:
            raise Unexpected("The quotes in this file are not closed; export the list again.")


def _counted(reader: Any) -> Iterator[tuple[list[str] | None, int]]:
    """Each record and how many lines it took; None where it is too long to be one."""
    before = 0
    while True:
        try:
            row: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        yield row, reader.line_num - before
        before = reader.line_num


def _fits(taken: list[str], row: list[str], width: int) -> bool:
    closed = sum(line.count('"') for line in taken) % 2 == 0
    return closed and width in (0, len(row))
