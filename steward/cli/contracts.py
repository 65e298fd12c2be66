"""steward contract …: contracts from the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from django.db.models import F

from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.insight.contracts import contracts, facts_of, whole_facts_of
from steward.insight.reports.contracts import REPORT, narrowed
from steward.inventory.contract import Contract
from steward.ledger import contracts as acts

BY, LARGEST_ID = "command line", 2**63 - 1
app = typer.Typer(
    help="Contracts, their terms and renewals.", no_args_is_help=True, rich_markup_mode=None
)
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=LARGEST_ID, help="Its number, as `contract list` shows."
    ),
]


Vendor = Annotated[str | None, typer.Option(metavar="TEXT", help="Who it is with.")]
Name = Annotated[str | None, typer.Option(metavar="TEXT", help="What to call it.")]
Application = Annotated[str | None, typer.Option(metavar="N", help="The application's number.")]
Reference = Annotated[str | None, typer.Option(metavar="TEXT", help="The number on the paper.")]
Starts = Annotated[
    str | None, typer.Option("--starts", metavar="DATE", help="When the term begins.")
]
Ends = Annotated[
    str | None, typer.Option("--ends", metavar="DATE", help="The last day of the term.")
]
Notice = Annotated[
    str | None, typer.Option("--notice", metavar="DATE", help="The last day for notice.")
]
Months = Annotated[
    str | None, typer.Option("--months", metavar="N", help="For how many months it renews.")
]
Value = Annotated[str | None, typer.Option(metavar="AMOUNT", help="What the whole term costs.")]
Currency = Annotated[str | None, typer.Option(metavar="CODE", help="Its currency: EUR.")]
Owner = Annotated[
    str | None,
    typer.Option(metavar="PERSON", help="Its owner: an e-mail address, or a person's number."),
]
Notes = Annotated[str | None, typer.Option(metavar="TEXT", help="Notes.")]
AutoRenews = Annotated[
    bool | None, typer.Option("--auto-renews/--no-auto-renews", help="Whether it renews by itself.")
]


@app.command("list", epilog=example("steward contract list --within 90"))
def list_(
    status: Annotated[
        str,
        typer.Option(metavar="STATUS", help="current, active, upcoming, ending, expired, ended."),
    ] = "",
    application: Annotated[str, typer.Option(metavar="N", help="Of one application.")] = "",
    vendor: Annotated[str, typer.Option(metavar="TEXT", help="Of vendors called so.")] = "",
    within: Annotated[str, typer.Option(metavar="DAYS", help="Renewing in so many days.")] = "",
    as_json: Json = False,
) -> None:
    """All contracts, with the terms that stand today."""
    given = {"status": status, "application": application, "vendor": vendor, "within": within}
    asked = REPORT.run({name: value for name, value in given.items() if value}).question
    found = narrowed(contracts(), asked).order_by(F("renews_on").asc(nulls_last=True), "name", "pk")
    rows = [facts_of(row, with_money=True) for row in found]
    show(as_json, {"items": rows, "next": None}, lambda: _table(rows))


def _table(rows: list[dict[str, Any]]) -> None:
    table(
        ("Id", "Contract", "Vendor", "Status", "Term ends", "Renews", "Notice by", "Value", "Note"),
        [
            (r["id"], r["name"], r["vendor"], r["status"], r["term"]["ends_on"], r["renews_on"],
             r["term"]["notice_on"], _money(r), r["note"])
            for r in rows
        ],
        "No contract yet. Enter one: steward contract add --help",
    )  # fmt: skip


def _money(facts: dict[str, Any]) -> str:
    return f"{facts['value']} {facts['currency']}" if facts["value"] else ""


@app.command("show", epilog=example("steward contract show 1"))
def show_(id: Id, as_json: Json = False) -> None:
    """One contract with its lines, documents and reminders."""
    found = _facts(id)
    show(as_json, found, lambda: _details(found))


def _details(found: dict[str, Any]) -> None:
    lines, documents = found.pop("lines"), found.pop("documents")
    found["reminders"] = [f"{r['kind']} for {r['day']}" for r in found["reminders"]]
    found["term"] = f"{found['term']['starts_on'] or '…'} to {found['term']['ends_on'] or '…'}"
    details(found)
    if lines:
        rows = [(r["id"], r["name"], r["seats"], r["amount"], r["months"]) for r in lines]
        table(("Line", "Licence", "Seats", "Price a seat", "for months"), rows)
    if documents:
        files = [(r["id"], r["name"], r["size"], r["sha256"]) for r in documents]
        table(("Document", "Name", "Bytes", "SHA-256"), files)


@app.command(
    epilog=example(
        "steward contract add --vendor Figma --ends 2027-01-31 --notice 2026-11-30"
        " --auto-renews --months 12 --value 12000 --currency EUR"
    )
)
def add(
    vendor: Vendor = None,
    name: Name = None,
    application: Application = None,
    reference: Reference = None,
    starts_on: Starts = None,
    ends_on: Ends = None,
    notice_on: Notice = None,
    auto_renews: AutoRenews = None,
    renews_for_months: Months = None,
    value: Value = None,
    currency: Currency = None,
    owner: Owner = None,
    notes: Notes = None,
    as_json: Json = False,
) -> None:
    """Enter a contract. With an application, vendor and name may be left out."""
    made = acts.create(_given(locals()), by=BY)
    show(as_json, _facts(made.pk), lambda: typer.echo(f"Entered {made.name} as number {made.pk}."))


@app.command(epilog=example("steward contract edit 1 --notice 2026-11-15"))
def edit(
    id: Id,
    vendor: Vendor = None,
    name: Name = None,
    application: Application = None,
    reference: Reference = None,
    starts_on: Starts = None,
    ends_on: Ends = None,
    notice_on: Notice = None,
    auto_renews: AutoRenews = None,
    renews_for_months: Months = None,
    value: Value = None,
    currency: Currency = None,
    owner: Owner = None,
    notes: Notes = None,
    as_json: Json = False,
) -> None:
    """Change what is given; an empty text takes it away."""
    contract = _contract(id)
    changed = acts.edit(contract, _given(locals()), by=BY)
    said = f"{contract.name} is updated." if changed else "Nothing differs."
    show(as_json, _facts(id), lambda: typer.echo(said))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in acts.FIELDS if values.get(name) is not None}


@app.command(epilog=example("steward contract renew 1 --value 13000"))
def renew(
    id: Id, ends_on: Ends = None, notice_on: Notice = None, value: Value = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Enter the next term; what is not said follows from the contract."""
    given = {"ends_on": ends_on, "notice_on": notice_on, "value": value}
    row = acts.renew(_contract(id), given, by=BY)
    said = f"{row.name} is renewed until {row.ends_on}."
    show(as_json, _facts(id), lambda: typer.echo(said))


@app.command(epilog=example("steward contract end 1 --on 2026-12-31"))
def end(
    id: Id,
    on: Annotated[
        str, typer.Option(metavar="DATE", help="Its last day; left out, that of its term.")
    ] = "",
    go_on: Annotated[bool, typer.Option("--undo", help="Take back that it ends.")] = False,
    as_json: Json = False,
) -> None:
    """Say that a contract ends: no more renewals and reminders."""
    row = _contract(id)
    if go_on:
        acts.resume(row, by=BY)
    else:
        acts.end(row, on, by=BY)
    said = f"{row.name} goes on." if row.ended_on is None else f"{row.name} ends on {row.ended_on}."
    show(as_json, _facts(id), lambda: typer.echo(said))


@app.command(epilog=example("steward contract delete 1 --yes"))
def delete(
    id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a contract with its lines and documents. One that is over needs only `end`."""
    row = _contract(id)
    if not yes:
        raise Failed(f"This deletes {row.name} with its documents. Say --yes to do it.")
    acts.delete(row, by=BY)
    show(as_json, {"deleted": id}, lambda: typer.echo(f"{row.name} is deleted."))


def _contract(id: int) -> Contract:
    row: Contract | None = Contract.objects.filter(pk=id).first()
    if row is None:
        raise Failed(f"There is no contract {id}. See: steward contract list")
    return row


def _facts(id: int) -> dict[str, Any]:
    row = contracts().filter(pk=_contract(id).pk).get()
    return whole_facts_of(row, with_money=True)
