"""steward health: what is due, late or stuck, and what to do."""

from __future__ import annotations

from typing import Any

import typer

from steward.cli.output import Json, example, show
from steward.insight import health as steward_health


def register(app: typer.Typer) -> None:
    app.command(epilog=example("steward health"))(health)


def health(as_json: Json = False) -> None:
    """Say how Steward itself does. Ends with 1 when nothing works until somebody acts."""
    found = steward_health.report()
    show(as_json, found, lambda: _say(found))
    if any(finding["grave"] == "bad" for finding in found["findings"]):
        raise typer.Exit(1)


def _say(found: dict[str, Any]) -> None:
    for finding in found["findings"]:
        typer.echo(f"{finding['said']}\n    {finding['todo']}")
    if not found["findings"]:
        typer.echo("All is well: nothing is late, stuck or refused.")
