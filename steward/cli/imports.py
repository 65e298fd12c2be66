"""steward import …: bringing one's own data in files, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight.imports import facts_of
from steward.inventory.imports import Import
from steward.ledger.imports import bringing, undoing
from steward.ledger.imports.bringing import Brought
from steward.ledger.imports.kinds import KINDS
from steward.ledger.imports.shown import facts_of_all
from steward.ledger.imports.upload import Row
from steward.sync.anew import describe_listed

BY, MOST, ON_SCREEN, TOLD = "command line", 2**63 - 1, 50, 1_000


class _FileFirst(TyperGroup):
    """`steward import FILE` is `steward import file FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["file", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=_FileFirst,
    help="Bring your own data: steward import FILE --as people|applications|licenses|contracts|"
    "charges|rates.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("file", epilog=example("steward import staff.xlsx --as people --dry-run"))
def file_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, XLSB, XLS or ODS.")],
    as_: Annotated[str, typer.Option("--as", metavar="|".join(KINDS), help="What is in it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Which field a column is; empty: none."),
    ] = None,
    good_rows: Annotated[
        bool, typer.Option("--good-rows", help="Leave out rows with errors, and take the others.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Take a file of charges that was imported before.")
    ] = False,
    dates: Annotated[
        str, typer.Option(metavar="day|month", help="What comes first in 3/4/2026.")
    ] = "",
    decimals: Annotated[
        str, typer.Option(metavar="point|comma", help="What comes before the decimals.")
    ] = "",
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook.")] = "",
    encoding: Annotated[str, typer.Option(help="The encoding of a text file.")] = "",
    as_json: Json = False,
) -> None:
    """Import a file: all of its rows, or none where some are wrong."""
    given = {"dates": dates, "decimals": decimals, "sheet": sheet, "encoding": encoding}
    options = {name: value for name, value in given.items() if value}
    brought = Brought.of(as_, file.name, _content(file), _mapping(map_ or ()), options)
    rows: list[Row] = []

    def seen(batch: Sequence[Row]) -> None:
        telling = [row for row in batch if row.verdict != "same"]
        rows.extend(telling[: max(TOLD - len(rows), 0)])

    number = None
    if dry_run:
        counts = bringing.look(brought, seen)
    else:
        entered = bringing.bring(brought, by=BY, good_rows=good_rows, again=again, sink=seen)
        number, counts = entered.pk, entered.counts
        _describe()
    facts = {"id": number, "as": as_, "dry_run": dry_run, "mapping": brought.mapping}
    facts |= {"counts": counts, "rows": facts_of_all(rows)}
    show(as_json, facts, lambda: _print(facts))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"The file {file} cannot be read: {error.strerror}.") from None


def _mapping(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        raise typer.BadParameter("it must look like COLUMN=FIELD")
    return {column: field for column, _, field in pairs}


def _print(facts: dict[str, Any]) -> None:
    told = facts["rows"][:ON_SCREEN]
    rows = [(r["line"], r["verdict"], r["name"], _said(r)) for r in told]
    table(("Line", "", "Of", "What"), rows, "Everything is as the file says already.")
    counts = facts["counts"]
    said = ", ".join(f"{counts[name]} {name}" for name in bringing.VERDICTS)
    done = "Nothing is changed yet" if facts["dry_run"] else f"Import {facts['id']} is done"
    typer.echo(f"\n{done}: {said}.")


def _said(row: dict[str, Any]) -> str:
    changes = (f"{c['field']}: {_pair(c['before'], c['after'])}" for c in row["changes"])
    return "; ".join(row["errors"] or changes)


def _pair(before: Any, after: Any) -> str:
    return f"{after}" if before in (None, "", []) else f"{before} → {after}"


@app.command("list", epilog=example("steward import list"))
def list_(as_json: Json = False) -> None:
    """All imports, newest first."""
    facts = [facts_of(row) for row in Import.objects.order_by("-pk")]
    rows = [
        (f["id"], f["as"], f["file_name"], f["counts"].get("new", 0),
         f["counts"].get("changed", 0), f["counts"].get("error", 0), f["by"], f["at"],
         f["undone_at"])
        for f in facts
    ]  # fmt: skip
    heads = ("Import", "As", "File", "New", "Changed", "Left out", "By", "When", "Undone")
    show(
        as_json, {"items": facts, "next": None}, lambda: table(heads, rows, "Nothing was imported.")
    )


@app.command(epilog=example("steward import undo 3"))
def undo(
    number: Annotated[
        int, typer.Argument(metavar="IMPORT", help="The import's number.", min=1, max=MOST)
    ],
    as_json: Json = False,
) -> None:
    """Take back the last import of its kind; what was changed since stays, and is named."""
    entered = Import.objects.filter(pk=number).first()
    if entered is None:
        raise Failed(f"There is no import {number}. See: steward import list")
    undoing.undo(entered, by=BY)
    _describe()
    kept = entered.rows.exclude(kept="").order_by("line")
    facts = {**facts_of(entered), "kept": [_kept(row) for row in kept]}
    show(as_json, facts, lambda: _print_undone(facts))


def _kept(row: Any) -> dict[str, Any]:
    return {"line": row.line, "name": row.name, "why": row.kept}


def _print_undone(facts: dict[str, Any]) -> None:
    if facts["kept"]:
        table(("Line", "Of", "Kept"), [tuple(k.values()) for k in facts["kept"]])
    typer.echo(f"Import {facts['id']} is undone: {facts['counts']['undone']} rows put back.")


def _describe() -> None:
    while describe_listed():
        pass
