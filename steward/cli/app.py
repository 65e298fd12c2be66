"""All commands, put together."""

from __future__ import annotations

import typer

from steward.cli import (
    clients,
    db,
    directory,
    health,
    instances,
    integrations,
    people,
    reports,
    serve,
    tokens,
    usage,
)
from steward.cli.problems import sentence_of

__all__ = ["app", "sentence_of"]

app = typer.Typer(
    name="steward",
    help="Steward: who has what, who uses it, what is wasted, what is risky.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(instances.app, name="instance")
app.add_typer(integrations.app, name="integration")
app.add_typer(clients.app, name="client")
app.add_typer(people.app, name="person")
app.add_typer(directory.app, name="directory")
app.add_typer(reports.app, name="report")
app.add_typer(tokens.app, name="token")
app.add_typer(db.app, name="db")
usage.register(app)
health.register(app)
serve.register(app)
