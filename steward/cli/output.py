"""Printing: tables for people, JSON for machines, one sentence for what went wrong."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDE = 1_000
# A time as the API writes it, which programs want to the microsecond and people do not.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z")


def example(command: str) -> str:
    """For the end of a command's help, on one line however narrow the screen, to be copied."""
    return f"\b\nExample: {command}"


Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs to read.")]


def show(as_json: bool, facts: Any, for_people: Callable[[], None]) -> None:
    if as_json:
        print_json(facts)
    else:
        for_people()


def print_json(facts: Any) -> None:
    typer.echo(json.dumps(facts, indent=2, ensure_ascii=False, default=str))


def table(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], nothing: str = "Nothing."
) -> None:
    """Cells are data: what looks like markup in them is shown as it is."""
    made = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(escape(_plain(cell)) for cell in row))
    if made.row_count:
        _console().print(made)
    else:
        typer.echo(nothing)


def _console() -> Console:
    """A pipe or a file has no width into which cells would have to be pressed."""
    is_screen = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console() if is_screen else Console(width=WIDE)


def details(facts: Mapping[str, Any]) -> None:
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {_plain(value)}")


def _plain(value: Any) -> str:
    """Control characters in an app's data could drive the terminal."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, str) and (at := _MOMENT.fullmatch(value)):
        return f"{at[1]} {at[2]} UTC"
    if isinstance(value, Mapping):
        value = [f"{name}={part}" for name, part in value.items()]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "".join(c if c.isprintable() else "�" for c in str(value))
