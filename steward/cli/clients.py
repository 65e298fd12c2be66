"""steward client …: the operator's OAuth apps."""

from __future__ import annotations

from typing import Annotated

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.values import pairs
from steward.insight.clients import of_client, of_clients
from steward.sdk.fields import CLIENT
from steward.sync import acts

BY = "command line"
Slug = Annotated[str, typer.Argument(metavar="SLUG", help="As `client list` shows.")]

app = typer.Typer(
    help="OAuth apps by which integrations ask for consent.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", epilog=example("steward client list"))
def list_(as_json: Json = False) -> None:
    """Every integration that has use for one, and the redirect address to register."""
    rows = of_clients()
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Integration", "Client ID", "Redirect address"),
            [(r["integration"], r["client_id"], r["redirect_uri"]) for r in rows],
        ),
    )


@app.command("set", epilog=example("steward client set slack --id 123.456 --secret @secret.txt"))
def set_(
    slug: Slug,
    id: Annotated[str, typer.Option("--id", metavar="ID", help="The client ID.")],
    secret: Annotated[
        str | None,
        typer.Option(
            metavar="VALUE",
            help="The client secret; @FILE takes it from a file, - asks for it. Left out, the "
            "present one stays.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Enter an integration's OAuth app, in place of the one before."""
    fields = {field.name: field for field in CLIENT}
    given = [] if secret is None else [f"client_secret={secret}"]
    acts.set_client(slug, id, pairs(given, fields, hidden=True).get("client_secret"), BY)
    show(as_json, of_client(slug), lambda: typer.echo(f"The OAuth app of {slug} is saved."))


@app.command(epilog=example("steward client remove slack"))
def remove(slug: Slug, as_json: Json = False) -> None:
    """Forget an integration's OAuth app. Not while an instance lives by it."""
    acts.remove_client(slug)
    show(as_json, of_client(slug), lambda: typer.echo(f"The OAuth app of {slug} is removed."))
