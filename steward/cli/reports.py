"""steward report …: answers for a terminal, a script or a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from steward.cli import saved_reports
from steward.cli.output import Json, example, print_json, show, table
from steward.cli.problems import Failed
from steward.insight import reports
from steward.insight.formats import FORMATS
from steward.insight.paper import Paper
from steward.insight.reports import Report, Result
from steward.insight.reports.datasets.saved import facts
from steward.inventory.report import SavedReport

app = typer.Typer(
    help="Answers: who has what, what is wasted, what is risky.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ON_SCREEN = 200
saved_reports.register(app)


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


@app.command("list", epilog=example("steward report list"))
def list_(as_json: Json = False) -> None:
    """All reports: built-in ones, then those that people have saved."""
    rows = [{**report.facts(), "saved": False} for report in reports.catalogue()]
    for saved in SavedReport.objects.select_related("owner").order_by("name", "pk"):
        found = reports.report(saved.slug)
        rows.append({**(found.facts() if found else {}), **facts(saved)})
    listed = [(r["slug"], r["title"], "saved" if r["saved"] else "built in") for r in rows]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(("Report", "Title", "Kind"), listed),
    )


@app.command(epilog=example("steward report run paid-seats-unused --format csv --output seats.csv"))
def run(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="The report, as `report list` shows.")
    ],
    format: Annotated[
        Format, typer.Option(metavar="table|json|csv|xlsx|pdf", help="How to print it.")
    ] = Format.TABLE,
    as_of: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="A past day: 2026-11-01."),
    ] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", metavar="NAME=VALUE", help="As in the web page.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A file to write to.")] = None,
    as_json: Json = False,
) -> None:
    """Run a report, today or as of a past day."""
    found = _report(slug)
    day: date | None = as_of.date() if as_of else None
    result = found.run(dict(_filter(text) for text in filters or ()), as_of=day)
    chosen = Format.JSON if as_json else format
    if chosen is Format.TABLE and output is None:
        print_table(result)
    elif chosen is Format.JSON and output is None:
        print_json(result.facts())
    else:
        write(result, chosen, output)


def _report(slug: str) -> Report:
    found = reports.report(slug)
    if found is None:
        names = ", ".join(report.slug for report in reports.catalogue())
        raise Failed(f"There is no report “{slug}”. There are: {names}.")
    return found


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter("a filter looks like NAME=VALUE")
    return name, value


def print_table(result: Result, names: Sequence[str] = ()) -> None:
    """With all columns, or with these."""
    columns = [c for c in result.columns if not names or c.name in names]
    rows = [[r[c.name] for c in columns] for r in result.page(0, ON_SCREEN)]
    table([c.label for c in columns], rows, "No rows.")
    if result.total > ON_SCREEN:
        typer.echo(f"… {result.total - ON_SCREEN} more rows; --format csv gives them all.")
    typer.echo(f"\n{result.provenance.sentence()}")


def write(result: Result, format: Format, output: Path | None) -> None:
    if output is None:
        if format in (Format.XLSX, Format.PDF) and sys.stdout.isatty():
            raise Failed(f"This cannot be shown on a screen; say where to: --output FILE.{format}")
        _to(sys.stdout.buffer, result, format)
        return
    try:
        with output.open("wb") as file:
            _to(file, result, format)
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror}.") from None
    typer.echo(f"Written to {output}: {result.total} rows.")


def _to(file: BinaryIO | Any, result: Result, format: Format) -> None:
    if format is Format.TABLE:
        known = ", ".join(FORMATS)
        raise Failed(f"A table is for the screen; for a file choose --format: {known}.")
    for part in FORMATS[format].write(result):
        file.write(part)
        say_boxes(part)


def say_boxes(part: bytes) -> None:
    """Beside the file, as whoever made it may not look into it."""
    if isinstance(part, Paper) and part.boxes:
        typer.echo(part.boxes, err=True)
