"""steward field …: fields that the company makes for its applications."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight.record import custom_fields, facts_of_field
from steward.inventory.application import CustomField
from steward.ledger import fields as ledger

app = typer.Typer(
    help="Fields of your own, for applications.", no_args_is_help=True, rich_markup_mode=None
)
BY, MOST = "command line", 2**63 - 1
Number = Annotated[int, typer.Argument(metavar="FIELD", help="Its number.", min=1, max=MOST)]
Choices = Annotated[
    list[str] | None, typer.Option("--choice", metavar="WORD", help="One of what to choose from.")
]


@app.command(name="list", epilog=example("steward field list"))
def list_(as_json: Json = False) -> None:
    """List the fields."""
    rows = [_facts(field) for field in custom_fields()]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Number", "Name", "Type", "Choices", "Filled in"),
            [(r["id"], r["name"], r["type"], r["choices"], r["values"]) for r in rows],
            "There is no field yet.",
        ),
    )


@app.command(epilog=example("steward field add Class --type choice --choice Open --choice Secret"))
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    type: Annotated[str, typer.Option(metavar="text|number|date|choice|person")] = "text",
    choice: Choices = None,
    as_json: Json = False,
) -> None:
    """Make a field."""
    field = ledger.add_field(name, type, choice or [], by=BY)
    show(as_json, _facts(field), lambda: typer.echo(f"{field} is added (field {field.pk})."))


@app.command(epilog=example("steward field edit 1 --name 'Data class'"))
def edit(
    field: Number,
    name: Annotated[str | None, typer.Option()] = None,
    choice: Choices = None,
    as_json: Json = False,
) -> None:
    """Rename it, or give it other choices."""
    row = _field(field)
    ledger.change_field(row, {"name": name, "choices": choice}, by=BY)
    show(as_json, _facts(row), lambda: typer.echo(f"{row} is saved."))


@app.command(epilog=example("steward field remove 1 --yes"))
def remove(
    field: Number,
    yes: Annotated[bool, typer.Option("--yes", help="With what was entered in it.")] = False,
    as_json: Json = False,
) -> None:
    """Remove a field."""
    row = _field(field)
    if ledger.values_in(row) and not yes:
        raise Failed(f"{ledger.values_in(row)} applications have a value in it. Say --yes.")
    ledger.remove_field(row, by=BY)
    show(as_json, {"accepted": True}, lambda: typer.echo(f"{row} is removed."))


def _facts(field: CustomField) -> dict[str, Any]:
    return facts_of_field(field, ledger.values_in(field))


def _field(number: int) -> CustomField:
    found: CustomField | None = CustomField.objects.filter(pk=number).first()
    if found is None:
        raise Failed(f"There is no field {number}. See: steward field list")
    return found
