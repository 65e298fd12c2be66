"""What a person has said of who is who and what is what, told and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from steward.cli.output import show
from steward.cli.problems import Failed
from steward.inventory.identity import IdentityChange
from steward.inventory.merging import ApplicationChange

BY = "command line"
MOST = 2**63 - 1
Change = TypeVar("Change", IdentityChange, ApplicationChange)
Number = Annotated[
    int, typer.Argument(metavar="CHANGE", help="The change's number.", min=1, max=MOST)
]


def taken_back(model: type[Change], number: int, undo: Callable[..., Any]) -> Change:
    row = model.objects.filter(pk=number).first()
    if row is None:
        raise Failed(f"There is no change {number}.")
    undo(row, by=BY)
    row.refresh_from_db()
    return row


def tell(as_json: bool, facts: dict[str, Any], change: IdentityChange | ApplicationChange) -> None:
    done = "Undone" if change.undone_at else "Done"
    said = f"{done}: {facts['said']} (change {change.pk})."
    show(as_json, facts, lambda: typer.echo(said))
