"""steward report …: what reports are made of, and making, copying and deleting them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight import reports
from steward.insight.reports.datasets.core import facts as dataset_facts
from steward.insight.reports.datasets.saved import facts
from steward.inventory.report import SavedReport
from steward.ledger import reports as ledger

BY = "command line"
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="As `report list` shows it.")]
_TEXTS = "A name; may be given several times."


def register(app: typer.Typer) -> None:
    app.command("datasets", epilog=example("steward report datasets people"))(datasets)
    app.command(
        "create",
        epilog=example(
            "steward report create Departments --dataset people --group-by department "
            "--measure count --share"
        ),
    )(create)
    app.command("duplicate", epilog=example("steward report duplicate days-active"))(duplicate)
    app.command("delete", epilog=example("steward report delete r-1 --yes"))(delete)


def datasets(
    name: Annotated[
        str, typer.Argument(metavar="[DATASET]", help="One of them, with its columns.")
    ] = "",
    as_json: Json = False,
) -> None:
    """What reports can be made of."""
    if name:
        _one(name, as_json)
        return
    rows = [dataset_facts(one) for one in reports.datasets()]
    listed = [(r["name"], r["title"], [c["name"] for c in r["columns"]]) for r in rows]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(("Dataset", "Title", "Columns"), listed),
    )


def _one(name: str, as_json: bool) -> None:
    found = reports.dataset(name)
    if found is None:
        known = ", ".join(one.slug for one in reports.datasets())
        raise Failed(f"There is no dataset “{name}”. There are: {known}.")
    told = dataset_facts(found)
    rows = [(c["name"], c["label"], c["kind"], c["ops"]) for c in told["columns"]]
    show(as_json, told, lambda: table(("Column", "Label", "Kind", "Can be asked"), rows))


def create(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A definition in JSON, instead of the rest.")
    ] = None,
    dataset: Annotated[str, typer.Option(metavar="DATASET")] = "",
    columns: Annotated[
        str, typer.Option(metavar="NAME,NAME", help="In the order they shall have.")
    ] = "",
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="COLUMN:OP[:VALUE]",
            help="department:is:Sales, last_active:not_in_last:90, name:is_empty, "
            "holds:between:2..5.",
        ),
    ] = None,
    group_by: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help=_TEXTS)] = None,
    measure: Annotated[
        list[str] | None, typer.Option(metavar="count|sum:COLUMN|…", help=_TEXTS)
    ] = None,
    sort: Annotated[str, typer.Option(metavar="[-]COLUMN")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3_650, help="The last so many.")] = None,
    description: str = "",
    share: Annotated[bool, typer.Option("--share", help="With every member.")] = False,
    as_json: Json = False,
) -> None:
    """Make a report and save it."""
    chosen: dict[str, Any] = {
        "dataset": dataset,
        "columns": [text.strip() for text in columns.split(",") if text.strip()],
        "filters": [_filter(text) for text in filters or ()],
        "group_by": group_by or [],
        "measures": measure or [],
        "sort": sort,
        "period": {"days": days} if days else {},
    }
    given = _from_file(file) if file else chosen
    definition = reports.defined(given)
    saved = ledger.save(name, definition.written(), description=description, shared=share, by=BY)
    _say(saved, as_json, "is saved")


def _from_file(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except OSError as error:
        raise Failed(f"The file {file} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise Failed(f"The file {file} is not JSON.") from None
    if not isinstance(found, dict):
        raise Failed(f"The file {file} holds no definition. See: docs/api.md.")
    return found


def _filter(text: str) -> dict[str, str]:
    parts = text.split(":", 2)
    if len(parts) < 2 or not parts[1]:
        raise typer.BadParameter("a filter looks like COLUMN:OP or COLUMN:OP:VALUE")
    column, op, *rest = parts
    values = rest[0].split("..", 1) if rest and op == "between" else rest
    return {"column": column, "op": op, **dict(zip(("value", "to"), values, strict=False))}


def duplicate(
    slug: Slug,
    name: Annotated[str, typer.Option(help="What the copy is called.")] = "",
    as_json: Json = False,
) -> None:
    """Copy a saved or a built-in report, to change it."""
    found, start = reports.report(slug), reports.start_of(slug)
    if found is None or not start:
        raise Failed(f"There is no report “{slug}”. See: steward report list")
    about = found.description[: ledger.LONGEST_ABOUT]
    saved = ledger.save(name or ledger.copied(found.title), start, description=about, by=BY)
    _say(saved, as_json, "is saved")


def delete(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", help="It cannot be undone.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a saved report."""
    saved = SavedReport.called(slug)
    if saved is None and reports.report(slug):
        raise Failed("A built-in report stays. Only saved ones can be deleted.")
    if saved is None:
        raise Failed(f"There is no report “{slug}”. See: steward report list")
    if not yes:
        raise Failed(f"“{saved.name}” would be gone for good. Say --yes.")
    ledger.remove(saved, by=BY)
    show(as_json, {"accepted": True}, lambda: typer.echo(f"“{saved.name}” is deleted."))


def _say(saved: SavedReport, as_json: bool, what: str) -> None:
    told = {"slug": saved.slug, "title": saved.name, **facts(saved)}
    show(as_json, told, lambda: typer.echo(f"“{saved.name}” {what}: {saved.slug}"))
