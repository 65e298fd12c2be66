"""steward usage: who uses what, in a terminal, a script or a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from steward.cli.output import Json, example, print_json
from steward.cli.problems import Failed
from steward.cli.reports import Format, print_table, write
from steward.insight.usage import Scope
from steward.insight.usage_facts import facts_of, list_of, result_of
from steward.inventory.application import Application
from steward.inventory.person import Person

# A cell of a terminal is no place for everything that a file has.
_ON_SCREEN = {
    "people": ("name", "email", "application_name", "days_active", "last_active", "standing",
               "told_by"),
}  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command(
        epilog=example(
            "steward usage --application Slack --days 90 --format csv --output slack.csv"
        )
    )(usage)


def usage(
    application: Annotated[
        str, typer.Option(metavar="ID|NAME", help="Its users, with their days active.")
    ] = "",
    person: Annotated[str, typer.Option(metavar="ID|E-MAIL", help="What this person uses.")] = "",
    department: Annotated[str, typer.Option(metavar="NAME", help="Only its people.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=400, metavar="N", help="The last N days; 30.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="Instead: from this day"),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="to this one."),
    ] = None,
    group_by: Annotated[
        str, typer.Option(metavar="ATTRIBUTE", help="Compare departments, locations, managers, …")
    ] = "",
    format: Annotated[
        Format, typer.Option(metavar="table|json|csv|xlsx", help="How to print it.")
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A file to write to.")] = None,
    as_json: Json = False,
) -> None:
    """Who uses which application, on how many days; who never did, or not any more."""
    given: dict[str, Any] = {
        "application": _application(application),
        "person": _person(person),
        "department": department,
        "days": days,
        "from": first and first.date(),
        "to": last and last.date(),
        "group_by": group_by,
    }
    scope = Scope.asked({name: str(value) for name, value in given.items() if value})
    shown = list_of(scope)
    result = result_of(scope, shown)
    chosen = Format.JSON if as_json else format
    if chosen is Format.TABLE and output is None:
        print_table(result, _ON_SCREEN.get(shown, ()))
    elif chosen is Format.JSON and output is None:
        print_json(facts_of(scope, result, shown, 0, None) | {"next": None})
    else:
        write(result, chosen, output)


def _application(text: str) -> int | None:
    if not text or text.isdecimal():
        return int(text) if text else None
    found = Application.objects.filter(name__iexact=text).values_list("pk", flat=True)
    return _only(list(found), f"There is no application called “{text}”.", text)


def _person(text: str) -> int | None:
    if not text or text.isdecimal():
        return int(text) if text else None
    rows = Person.objects.filter(emails__key=text.casefold())
    return _only(list(rows.values_list("pk", flat=True)), f"Nobody has the address {text}.", text)


def _only(found: list[int], none: str, text: str) -> int:
    if not found:
        raise Failed(none)
    if len(found) > 1:
        raise Failed(f"Several are called “{text}”; give the number: {', '.join(map(str, found))}.")
    return found[0]
