"""steward directory …: which instances say who is employed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight.descriptions import choice
from steward.sync.anew import describe_some
from steward.sync.directory import choose

app = typer.Typer(help="Who says who is employed.", no_args_is_help=True, rich_markup_mode=None)
BY, MOST = "command line", 2**63 - 1


@app.command(name="show", epilog=example("steward directory show"))
def show_(as_json: Json = False) -> None:
    """Show which instances decide who works here."""
    facts = choice()
    show(as_json, facts, lambda: _print(facts))


@app.command(name="set", epilog=example("steward directory set 2"))
def set_(
    instance: Annotated[
        list[int] | None,
        typer.Argument(metavar="INSTANCE…", help="Their numbers.", min=1, max=MOST),
    ] = None,
    whoever: Annotated[
        bool, typer.Option("--any", help="Whoever any directory lists works here.")
    ] = False,
    people_list: Annotated[
        bool | None,
        typer.Option(help="Whether the imported people list is believed first; left out, as is."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Choose them. People are described anew by what these say."""
    chosen = instance or []
    if bool(chosen) == whoever:
        raise Failed("Give the numbers of instances, or --any. See: steward directory show")
    known = {row["id"] for row in choice()["instances"]}
    if unknown := [number for number in chosen if number not in known]:
        raise Failed(f"There is no instance {unknown[0]}. See: steward directory show")
    choose(chosen, by=BY, people_list=people_list)
    while describe_some():
        pass
    show_(as_json)


def _print(facts: dict[str, Any]) -> None:
    rows = [(r["id"], r["name"], r["integration"], r["decides"]) for r in facts["instances"]]
    table(("Instance", "Name", "Integration", "Decides"), rows, "No instance is connected yet.")
    if facts["people_list"]["believed"]:
        typer.echo("\nThe imported people list is believed first.")
    if not facts["chosen"]:
        typer.echo("\nNone is chosen: whoever any directory lists works here.")
