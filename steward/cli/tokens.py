"""steward token …: keys for the API."""

from __future__ import annotations

from typing import Annotated

import typer

from steward.cli.output import Json, example, show
from steward.cli.problems import Failed
from steward.inventory.member import ApiToken, Role

app = typer.Typer(help="Keys for the API.", no_args_is_help=True, rich_markup_mode=None)


@app.command(epilog=example("steward token create --name backup --role reader"))
def create(
    name: Annotated[str, typer.Option(metavar="NAME", help="What it is for.")],
    role: Annotated[Role, typer.Option(metavar="admin|reader", help="What it may do.")],
    as_json: Json = False,
) -> None:
    """Make a token and print it once; it is not stored and cannot be shown again."""
    if not name.strip() or len(name) > 200:
        raise Failed("A name of 1 to 200 characters is needed.")
    row, token = ApiToken.make(name.strip(), role.value)
    found = {"id": row.pk, "name": row.name, "role": row.role, "token": token}
    show(as_json, found, lambda: typer.echo(token))
