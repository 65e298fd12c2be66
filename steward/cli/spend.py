"""steward spend, and steward rate …: what was paid for software, and at which rates it is told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, print_json, show, table
from steward.cli.problems import Failed
from steward.cli.reports import Format, write
from steward.insight.charges import of_rate
from steward.insight.reports.question import BadRequest
from steward.insight.reports.spend import SPEND
from steward.insight.spend import Period
from steward.insight.spends import facts_of
from steward.inventory.company import ExchangeRate
from steward.ledger import rates, shares

BY = "command line"

rate = typer.Typer(
    help="Exchange rates, by day.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Group(StrEnum):
    APPLICATION = "application"
    DEPARTMENT = "department"
    PERSON = "person"
    VENDOR = "vendor"
    MONTH = "month"


def spend(
    group_by: Annotated[
        Group, typer.Option(metavar="application|department|person|vendor|month")
    ] = Group.APPLICATION,
    since: Annotated[str, typer.Option("--from", metavar="MONTH", help="Such as 2026-03.")] = "",
    until: Annotated[str, typer.Option("--to", metavar="MONTH", help="Such as 2026-03.")] = "",
    format: Annotated[
        Format, typer.Option(metavar="table|json|csv|xlsx|pdf", help="How to print it.")
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A file to write to.")] = None,
    as_json: Json = False,
) -> None:
    """What was paid for software, of whole months; the last twelve where nothing is said."""
    shares.catch_up()
    try:
        period = Period.of(since, until)
    except BadRequest as error:
        raise Failed(str(error)) from None
    chosen = Format.JSON if as_json else format
    if chosen in (Format.CSV, Format.XLSX, Format.PDF):
        write(SPEND[group_by].run(period.asked), chosen, output)
    elif chosen is Format.JSON:
        print_json(facts_of(group_by, period))
    else:
        _print(facts_of(group_by, period))


def _print(facts: dict[str, Any]) -> None:
    columns = [name for name in _BESIDE if any(r[name] is not None for r in facts["items"])]
    headings = (f"Paid ({facts['currency']})", *(_BESIDE[name] for name in columns))
    rows = [(r["name"], r["paid"], *(r[n] for n in columns), r["payments"]) for r in facts["items"]]
    table((facts["group_by"].title(), *headings, "Payments"), rows)
    typer.echo(f"\n{facts['total']} {facts['currency']}, {facts['from']} to {facts['to']}.")
    for row in facts["unconverted"]:
        typer.echo(f"Not in it, as no rate is known: {row['amount']} {row['currency']}.")
    _print_committed(facts["committed"], facts)
    typer.echo(facts["sentence"])


def _print_committed(told: dict[str, Any], facts: dict[str, Any]) -> None:
    """`sentence` names what is not in it."""
    if told["contracts"]:
        many = "s" if told["contracts"] > 1 else ""
        amount = f"{told['total']} {facts['currency']}"
        typer.echo(f"Committed by {told['contracts']} contract{many}: {amount}. {facts['rule']}")
    typer.echo(f"Seats at today's prices: {facts['seats_month']} {facts['currency']} a month.")


_BESIDE = {"committed": "Committed", "difference": "Difference", "seats_month": "Seats a month"}


@rate.command("list", epilog=example("steward rate list"))
def list_(as_json: Json = False) -> None:
    """All rates, the latest first."""
    found = [of_rate(row) for row in ExchangeRate.objects.order_by("-day", "base", "quote")]
    show(
        as_json,
        {"items": found, "next": None},
        lambda: table(
            ("Number", "From", "One", "is worth", "Source"),
            [
                (r["id"], r["day"], r["base"], f"{r['rate']} {r['quote']}", r["source"])
                for r in found
            ],
        ),
    )


@rate.command(epilog=example("steward rate add EUR USD 1.0842 --day 2026-11-02"))
def add(
    base: Annotated[str, typer.Argument(metavar="CURRENCY", help="One unit of this …")],
    quote: Annotated[str, typer.Argument(metavar="CURRENCY", help="… is worth so many of this.")],
    number: Annotated[str, typer.Argument(metavar="RATE", help="How many.")],
    day: Annotated[
        datetime | None,
        typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="From when on; today if left out."),
    ] = None,
    source: Annotated[str, typer.Option(metavar="TEXT", help="Where it is from.")] = "",
    as_json: Json = False,
) -> None:
    """Enter a rate, in place of the one of that day. Charges are converted anew."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise typer.BadParameter("a rate looks like 1.0842") from None
    on = (day or datetime.now()).date()  # noqa: DTZ005 (the operator's own day)
    made = rates.enter(rates.RateIn(base, quote, on, value, source), by=BY)
    show(as_json, of_rate(made), lambda: typer.echo(f"Entered: {made}."))


@rate.command(epilog=example("steward rate remove 3"))
def remove(
    id: Annotated[int, typer.Argument(metavar="NUMBER", help="As `rate list` shows.")],
    as_json: Json = False,
) -> None:
    """Take a rate away. What it converted is converted anew, or not at all."""
    row = ExchangeRate.objects.filter(pk=id).first()
    if row is None:
        raise Failed(f"There is no rate {id}.")
    told = of_rate(row)
    rates.remove(row, by=BY)
    show(as_json, told, lambda: typer.echo(f"Removed: {row}."))


def register(app: typer.Typer) -> None:
    app.command(epilog=example("steward spend --group-by department --from 2026-01"))(spend)
    app.add_typer(rate, name="rate")
