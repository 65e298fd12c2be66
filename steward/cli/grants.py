"""steward grant …: which apps were let in to company data, how risky that is, who approved it."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight import access_filters, secure
from steward.insight.grants import facts_of
from steward.insight.grants import grants as all_grants
from steward.ledger import applications as ledger

app = typer.Typer(
    help="Third-party apps that were let in to company data.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
BY, MOST = "command line", 2**63 - 1
Number = Annotated[
    int,
    typer.Argument(metavar="APPLICATION", help="As `grant applications` shows.", min=1, max=MOST),
]
Comment = Annotated[str, typer.Option(metavar="TEXT", help="Stands in the history.")]
Scope = Annotated[str, typer.Option(metavar="SCOPE", help="Only what holds this scope.")]
New = Annotated[
    int | None,
    typer.Option(metavar="DAYS", min=1, max=3_650, help="Only those first let in since."),
]


class Risk(StrEnum):
    RISKY = "risky"
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


class Status(StrEnum):
    APPROVED = "approved"
    UNAPPROVED = "unapproved"
    UNCONFIRMED = "unconfirmed"
    NOT_APPROVED = "not-approved"


OfRisk = Annotated[
    Risk | None,
    typer.Option("--risk", metavar="|".join(Risk), help="risky is high and critical."),
]
OfStatus = Annotated[Status | None, typer.Option("--status", metavar="|".join(Status))]


@app.command("list", epilog=example("steward grant list --risk risky --since 2026-11-01"))
def list_(
    risk: OfRisk = None,
    status: OfStatus = None,
    scope: Scope = "",
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Only what appeared since."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 1_000,
    as_json: Json = False,
) -> None:
    """List who let which app do what."""
    day = since.replace(tzinfo=UTC) if since else None
    asked = {"risk": risk, "status": status, "holds": scope, "since": day}
    rows = list(
        facts_of(access_filters.narrowed_grants(all_grants(), asked).order_by("pk")[:limit])
    )
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("App", "Whose data", "Risk", "May", "Granted", "Last used"),
            [
                (
                    r["app"],
                    r["account_name"] or "everybody",
                    r["risk"],
                    ", ".join(r["scopes"]),
                    r["granted_at"],
                    r["last_used_at"],
                )
                for r in rows
            ],
            "No grant fits.",
        ),
    )


@app.command(epilog=example("steward grant applications --new 7 --status not-approved"))
def applications(
    risk: OfRisk = None,
    status: OfStatus = None,
    new: New = None,
    scope: Scope = "",
    as_json: Json = False,
) -> None:
    """List the apps that were let in, the gravest first."""
    asked = {"risk": risk, "status": status, "new": new, "scope": scope}
    found = access_filters.narrowed_applications(secure.applications_with_access(), asked)
    rows = list(secure.facts_of_all(found.order_by("-level", "-people", "pk")))
    show(as_json, {"items": rows, "next": None}, lambda: _print(rows))


def _print(rows: list[dict[str, Any]]) -> None:
    table(
        ("Number", "Application", "Publisher", "Risk", "People", "Scopes", "Status", "Why"),
        [
            (
                r["application"],
                r["name"],
                r["publisher"],
                r["risk"],
                r["people"],
                r["scopes"],
                r["status"],
                r["why"],
            )
            for r in rows
        ],
        "No app fits.",
    )


@app.command(epilog=example("steward grant scopes"))
def scopes(as_json: Json = False) -> None:
    """List what apps may do, scope by scope, in plain words."""
    rows = [one.facts() for one in secure.held_scopes()]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Scope", "At", "Risk", "It may", "Applications", "Grants"),
            [
                (
                    r["scope"] or "not said",
                    r["integration"],
                    r["risk"],
                    r["means"] or "not known to Steward",
                    r["applications"],
                    r["grants"],
                )
                for r in rows
            ],
            "No scope is known.",
        ),
    )


@app.command(epilog=example('steward grant approve 12 --comment "Checked by security"'))
def approve(id: Number, comment: Comment = "", as_json: Json = False) -> None:
    """Approve an application."""
    _judge(id, "approved", comment, as_json)


@app.command(epilog=example('steward grant refuse 12 --comment "Reads all mail"'))
def refuse(id: Number, comment: Comment = "", as_json: Json = False) -> None:
    """Mark an application as unapproved. It changes nothing at the vendor."""
    _judge(id, "unapproved", comment, as_json)


def _judge(id: int, status: str, comment: str, as_json: bool) -> None:
    found = secure.access_of(id)
    if found is None:
        raise Failed(f"There is no application {id} with access to company data.")
    ledger.change(found.application, {"status": status}, by=BY, comment=comment)
    said = secure.access_of(id)
    facts = said.all_facts() if said else {}
    show(as_json, facts, lambda: typer.echo(f"{found.application.name} is {status}."))
