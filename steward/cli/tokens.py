"""steward token …: keys for the API."""

from __future__ import annotations

from typing import Annotated

import typer

from steward.cli.output import Json, example, show
from steward.cli.problems import Failed
from steward.inventory.member import ApiToken, Member, Role

app = typer.Typer(help="Keys for the API.", no_args_is_help=True, rich_markup_mode=None)


@app.command(epilog=example("steward token create --name backup --role reader"))
def create(
    name: Annotated[str, typer.Option(metavar="NAME", help="What it is for.")],
    role: Annotated[Role, typer.Option(metavar="admin|reader", help="What it may do.")],
    of: Annotated[
        str,
        typer.Option("--for", metavar="EMAIL", help="The member whose token it is, if one's."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a token and print it once; it is not stored and cannot be shown again."""
    if not name.strip() or len(name) > 200:
        raise Failed("A name of 1 to 200 characters is needed.")
    row, token = ApiToken.make(name.strip(), role.value, _member(of, role))
    found = {"id": row.pk, "name": row.name, "role": row.role, "token": token}
    show(as_json, found, lambda: typer.echo(token))


def _member(email: str, role: Role) -> Member | None:
    if not email:
        return None
    found = Member.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise Failed(f"No member of Steward who may sign in has the address {email}.")
    if role == Role.ADMIN and not found.is_admin:
        raise Failed(f"{found.email} is a Reader, so the token can be a reader's alone.")
    return found
