"""steward finding …: what is wrong by which rule, and accepting it for a time."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.insight.findings import reading
from steward.insight.findings.catalogue import BY_SLUG
from steward.inventory.finding import Finding
from steward.ledger import findings as ledger

app = typer.Typer(
    help="What is wrong by one of the rules, and what was accepted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
BY, MOST = "command line", 2**63 - 1
Number = Annotated[
    int, typer.Argument(metavar="FINDING", help="As `finding list` shows.", min=1, max=MOST)
]


class Severity(StrEnum):
    GRAVE = "grave"
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class State(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    ENDED = "ended"
    ALL = "all"


def _of(metavar: str, help: str = "") -> Any:
    return typer.Option(metavar=metavar, help=help, min=1, max=MOST)


@app.command("list", epilog=example("steward finding list --severity grave"))
def list_(
    rule: Annotated[str, typer.Option(metavar="RULE", help="As `finding rules` shows.")] = "",
    severity: Annotated[
        Severity | None,
        typer.Option(metavar="|".join(Severity), help="grave is high and critical."),
    ] = None,
    state: Annotated[State, typer.Option(metavar="|".join(State))] = State.OPEN,
    application: Annotated[int | None, _of("NUMBER", "Of its accounts, or itself.")] = None,
    account: Annotated[int | None, _of("NUMBER")] = None,
    person: Annotated[int | None, _of("NUMBER", "Of all accounts of theirs.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 1_000,
    as_json: Json = False,
) -> None:
    """List findings, the gravest first."""
    if rule and rule not in BY_SLUG:
        raise Failed(f"There is no rule {rule!r}. The rules are: {', '.join(BY_SLUG)}.")
    asked = {
        "rule": rule,
        "severity": severity,
        "state": state,
        "application": application,
        "account": account,
        "person": person,
    }
    found = reading.with_all(reading.narrowed(reading.findings(), asked))
    rows = list(reading.facts_of(found.order_by("-severity", "-pk")[:limit]))
    show(as_json, {"items": rows, "next": None}, lambda: _print(rows))


def _print(rows: list[dict[str, Any]]) -> None:
    table(
        ("Number", "Severity", "Rule", "What", "Evidence", "State", "Until"),
        [
            (
                r["id"],
                r["severity"],
                r["title"],
                r["name"],
                r["said"],
                r["state"],
                r["accepted_until"],
            )
            for r in rows
        ],
        _nothing(),
    )


def _nothing() -> str:
    return "No finding fits." if reading.is_told() else "The rules have not been asked yet."


@app.command(epilog=example("steward finding rules"))
def rules(as_json: Json = False) -> None:
    """List the rules, what each looks for, and how many findings are open."""
    rows = [standing.facts() for standing in reading.standings()]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Rule", "Looks for", "Severity", "Open", "Accepted", "Not asked"),
            [
                (
                    r["rule"],
                    r["title"],
                    r["severity"],
                    r["open"],
                    r["accepted"],
                    " ".join(r["not_asked"]),
                )
                for r in rows
            ],
        ),
    )


@app.command("show", epilog=example("steward finding show 12"))
def show_(id: Number, as_json: Json = False) -> None:
    """Show a finding: its evidence, what to do, and what was done with it."""
    _show(id, as_json)


@app.command(epilog=example('steward finding accept 12 --reason "Kept by IT" --until 2027-03-31'))
def accept(
    id: Number,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it may stay as it is.")],
    until: Annotated[
        datetime,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="The last day on which it holds."),
    ],
    as_json: Json = False,
) -> None:
    """Accept a finding until a day, with a reason. Afterwards it is open again."""
    ledger.accept(_found(id), reason=reason, until=until.date(), by=BY)
    _said(id, f"is accepted until {until:%Y-%m-%d}", as_json)


@app.command(epilog=example("steward finding withdraw 12"))
def withdraw(id: Number, as_json: Json = False) -> None:
    """Take an acceptance back."""
    ledger.withdraw(_found(id), by=BY)
    _said(id, "is open again", as_json)


def _found(id: int) -> Finding:
    row = reading.with_all(reading.findings()).filter(pk=id).first()
    if row is None:
        raise Failed(f"There is no finding {id}.")
    found: Finding = row
    return found


def _facts(id: int) -> dict[str, Any]:
    row = _found(id)
    (facts,) = reading.facts_of([row])
    return {**facts, "history": [line.facts() for line in reading.history(row)]}


def _said(id: int, what: str, as_json: bool) -> None:
    facts = _facts(id)
    show(as_json, facts, lambda: typer.echo(f"{facts['title']}, {facts['name']}: it {what}."))


def _show(id: int, as_json: bool) -> None:
    facts = _facts(id)
    show(as_json, facts, lambda: _print_one(facts))


def _print_one(facts: dict[str, Any]) -> None:
    details({n: v for n, v in facts.items() if n not in ("history", "evidence")})
    for line in facts["history"]:
        reason = f": {line['reason']}" if line["reason"] else ""
        typer.echo(f"{line['at']}  {line['said']} by {line['by']}{reason}")
