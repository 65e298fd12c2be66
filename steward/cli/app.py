"""All commands, put together."""

from __future__ import annotations

import typer

from steward.cli import (
    applications,
    clients,
    contracts,
    db,
    directory,
    fields,
    findings,
    grants,
    health,
    imports,
    instances,
    integrations,
    licences,
    people,
    reports,
    reviews,
    schedules,
    serve,
    spend,
    tokens,
    usage,
    webhooks,
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
app.add_typer(applications.app, name="application")
app.add_typer(fields.app, name="field")
app.add_typer(findings.app, name="finding")
app.add_typer(grants.app, name="grant")
app.add_typer(people.app, name="person")
app.add_typer(directory.app, name="directory")
app.add_typer(licences.app, name="licenses")
app.add_typer(contracts.app, name="contract")
app.add_typer(imports.app, name="import")
app.add_typer(reports.app, name="report")
app.add_typer(schedules.app, name="schedule")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(reviews.app, name="review")
app.add_typer(tokens.app, name="token")
app.add_typer(db.app, name="db")
spend.register(app)
usage.register(app)
health.register(app)
serve.register(app)
