"""XLSX, XLSB, XLS and ODS, read in a child process with little memory and little time."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from steward.sdk.errors import Unexpected
from steward.sdk.sheets.delimited import Row

_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_READING = Path(__file__).with_name("reading.py")
_OUTPUT = 1024**3
_TOO_MUCH = (
    "This workbook unpacks to more than Steward is willing to read. Save the list alone, without "
    "empty formatted cells, as CSV or XLSX."
)
_ERRORS = {
    "size": _TOO_MUCH,
    "password": "The workbook is protected by a password; save it without one.",
    "unreadable": "The workbook cannot be read; save it again as XLSX or CSV.",
    "sheet": "The workbook has no such sheet, or nothing in it. Its sheets are: {sheets}.",
}


def is_workbook(content: bytes) -> bool:
    return content.startswith(_SIGNATURES)


def rows_of(content: bytes, sheet: str) -> Iterator[Row]:
    """Rows with their numbers as the spreadsheet program shows them; formulas give the value
    that was stored with them."""
    command = [sys.executable, "-I", str(_READING), sheet]
    child = subprocess.Popen(  # noqa: S603 our own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    )
    threading.Thread(target=_feed, args=(child.stdin, content), daemon=True).start()
    output = cast("IO[bytes]", child.stdout)
    try:
        yield from _rows(output)
    finally:
        child.kill()
        output.close()
        child.wait()


def _feed(pipe: IO[bytes], content: bytes) -> None:
    try:
        with pipe:
            pipe.write(content)
    except OSError:
        return  # the child ended early and has said why


def _rows(output: IO[bytes]) -> Iterator[Row]:
    first = _head(output.readline())
    if "error" in first:
        names = ", ".join(f"“{name}”" for name in first.get("sheets", []))
        raise Unexpected(_ERRORS[first["error"]].format(sheets=names or "none"))
    size = 0
    for number, line in enumerate(output, start=first["row"]):
        size += len(line)
        if size > _OUTPUT or not line.endswith(b"\n"):
            raise Unexpected(_TOO_MUCH)
        yield number, msgspec.json.decode(line, type=list[str])


def _head(line: bytes) -> dict[str, Any]:
    """Nothing is said when the child was ended for its memory or its time."""
    if not line.endswith(b"\n"):
        raise Unexpected(_TOO_MUCH)
    return msgspec.json.decode(line, type=dict[str, Any])
