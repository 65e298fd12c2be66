"""steward licenses …: what is paid for, what of it is wasted, and how many seats to renew."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from django.utils import timezone

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight.licence_facts import of_licences, of_price, of_proposal
from steward.insight.licences import Licence, currency, licence, licences, wasted
from steward.insight.prices import history
from steward.insight.rightsizing import BUFFER, MOST_BUFFER
from steward.insight.rightsizing import of_licence as proposal_for
from steward.inventory.company import Company
from steward.inventory.licence import LicenceType
from steward.inventory.money import text
from steward.ledger import licences as ledger

BY = "command line"
Number = Annotated[int, typer.Argument(metavar="ID", help="As `licenses list` shows.")]

app = typer.Typer(
    help="Paid seats: what they cost, who uses them, what is wasted.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", epilog=example("steward licenses list --application 3"))
def list_(
    application: Annotated[
        int | None, typer.Option(metavar="ID", help="Only those of one application.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Every licence with its seats, its cost and its waste."""
    rows = licences(application)
    show(
        as_json,
        {"items": of_licences(rows), "next": None},
        lambda: _print(rows, application),
    )


def _print(rows: list[Licence], application: int | None) -> None:
    headings = ("ID", "Application", "Licence", "Bought", "Assigned", "Active", "Wasted")
    money = ("Price a seat", "Cost a month", "Waste a month")
    code = currency()
    table((*headings, *money), [_row(one, code) for one in rows])
    if application is None:
        total = wasted(rows)
        amount = f": {text(total.month, code)} a month" if total.is_known else ""
        typer.echo(f"\n{total.seats} seats could be given up{amount}. {total.sentence}".rstrip())


def _row(one: Licence, code: str) -> tuple[Any, ...]:
    costs, waste = one.costs, one.waste if one.states is not None else None
    return (
        one.number,
        one.application_name,
        one.name,
        one.bought,
        one.assigned,
        one.active,
        one.wasted_seats if one.states is not None else None,
        one.price.short if one.price else None,
        text(costs.month, code) if costs else None,
        text(waste.month, code) if waste else None,
    )


def _row_of(number: int) -> LicenceType:
    rows = LicenceType.objects.select_related("application")
    row: LicenceType | None = rows.filter(pk=number).first()
    if row is None:
        raise Failed(f"There is no licence {number}.")
    return row


@app.command(epilog=example("steward licenses price 4 24.00 --currency EUR --since 2026-11-01"))
def price(
    id: Number,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What a seat costs: 24.00")],
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Left out, the company's currency.")
    ] = "",
    months: Annotated[
        int, typer.Option(metavar="N", help="What it is for: 1 a month, 12 a year.")
    ] = 1,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="From when on; left out, today."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Set what a seat costs from a day on."""
    row = _row_of(id)
    day = since.date() if since else timezone.now().date()
    code = currency or Company.get().currency
    made = ledger.set_price(row, amount, code, months, day, by=BY)
    show(as_json, of_price(made), lambda: typer.echo(f"The price of {row} is saved."))


@app.command(epilog=example("steward licenses prices 4"))
def prices(id: Number, as_json: Json = False) -> None:
    """What a seat costs over time, newest first, and who says so."""
    rows = [of_price(one) for one in history(_row_of(id), timezone.now().date())]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Number", "From", "Until", "Price", "Months", "Says"),
            [
                (r["id"], r["since"], r["until"], f"{r['amount']} {r['currency']}", r["months"],
                 r["origin"])
                for r in rows
            ],
        ),
    )  # fmt: skip


@app.command(epilog=example("steward licenses proposal 4 --buffer 10"))
def proposal(
    id: Number,
    buffer: Annotated[
        int,
        typer.Option(metavar="PERCENT", min=0, max=MOST_BUFFER, help="Of the seats kept."),
    ] = BUFFER,
    as_json: Json = False,
) -> None:
    """How many seats to renew, and why. The seats are in the report licence-seats."""
    one = licence(id)
    if one is None:
        raise Failed(f"There is no licence {id}.")
    made = proposal_for(one, buffer)

    def for_people() -> None:
        typer.echo(f"{one}")
        for step in made.reasoning:
            typer.echo(f"  {step}")
        if made.proposed is not None:
            typer.echo(f"Renew {made.proposed} seats.")
        if made.saves:
            typer.echo(f"Saves {text(made.saves.year, currency())} a year.")

    show(as_json, of_proposal(made), for_people)
