"""steward db: the state of the database, upgrading it, and moving it to another server."""

from __future__ import annotations

from typing import Annotated

import typer
from django.db import connection

from steward.cli import copying, database
from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed

app = typer.Typer(help="The database: its state, upgrading it, moving it.", no_args_is_help=True)


@app.command(epilog=example("steward db migrate"))
def migrate() -> None:
    """Bring the database up to date. Safe to run on several machines at once."""
    database.prepare()
    typer.echo("The database is ready.")


@app.command(epilog=example("steward db status"))
def status(as_json: Json = False) -> None:
    """Say which database is used, and whether it fits this version of Steward."""
    found = database.schema()
    facts = {"database": connection.vendor, "name": _name(), "schema": str(found)}
    show(as_json, facts, lambda: details(facts))
    if found is not database.Schema.READY:
        raise typer.Exit(1)


@app.command(epilog=example("steward db copy --to postgresql://steward@db.example/steward"))
def copy(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="An empty database.")],
    as_json: Json = False,
) -> None:
    """Copy all there is to another database, such as from SQLite to PostgreSQL. Stop Steward
    first; afterwards start it with STEWARD_DATABASE_URL set to the new address."""
    database.expect_ready()
    try:
        counts = copying.copy(to)
    except copying.CannotCopy as reason:
        raise Failed(str(reason)) from None
    rows = [(name, count) for name, count in counts.items() if count]
    show(as_json, counts, lambda: table(("Table", "Rows"), rows))
    if not as_json:
        typer.echo("Everything was copied. Set STEWARD_DATABASE_URL to the new database.")


def _name() -> str:
    """Without user and password."""
    settings = connection.settings_dict
    host = f"{settings['HOST']}:{settings['PORT']}/" if settings["HOST"] else ""
    return f"{host}{settings['NAME']}"
