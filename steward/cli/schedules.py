"""steward schedule …: which report goes where and when."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.cli.waiting import until_done
from steward.insight import schedules as insight
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.ledger import schedules as acts
from steward.work import scheduling

BY, LARGEST_ID = "command line", 2**63 - 1
PATIENCE = 600.0
app = typer.Typer(
    help="Reports that go out by themselves.", no_args_is_help=True, rich_markup_mode=None
)
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=LARGEST_ID, help="Its number, as `schedule list` shows."
    ),
]
Name = Annotated[str | None, typer.Option(metavar="TEXT", help="What to call it.")]
Filters = Annotated[
    list[str] | None, typer.Option("--filter", metavar="NAME=VALUE", help="As in the web page.")
]
Sort = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="With - before it: the other way.")
]
Columns = Annotated[
    list[str] | None, typer.Option("--column", metavar="NAME", help="Only these columns.")
]
Cadence = Annotated[
    str | None, typer.Option("--every", metavar="daily|weekly|monthly", help="How often.")
]
Weekdays = Annotated[
    list[str] | None, typer.Option("--on", metavar="mon|tue|…", help="Days of the week.")
]
Day = Annotated[
    int | None,
    typer.Option(metavar="N", help="Day of the month; 31 is the last one of each."),
]
At = Annotated[str | None, typer.Option(metavar="HH:MM", help="The time of day there.")]
Zone = Annotated[str | None, typer.Option(metavar="ZONE", help="As Europe/Berlin.")]
Format = Annotated[str | None, typer.Option(metavar="csv|xlsx|pdf|link", help="What is sent.")]
Emails = Annotated[list[str] | None, typer.Option("--to", metavar="EMAIL", help="To whom.")]
Webhook = Annotated[str | None, typer.Option(metavar="N", help="The webhook's number; '' is none.")]
Folder = Annotated[
    str | None, typer.Option(metavar="NAME", help="Beneath the export folder, which '' is itself.")
]
NoFolder = Annotated[bool, typer.Option("--no-folder", help="Not into a folder any more.")]
Keep = Annotated[int | None, typer.Option(metavar="N", help="Keep the N newest files there.")]
Money = Annotated[
    bool | None, typer.Option("--with-money/--without-money", help="Whether costs travel.")
]
OnlyRows = Annotated[
    bool | None,
    typer.Option("--only-if-rows/--always", help="Whether nothing is sent for no rows."),
]
Enabled = Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it runs.")]


@app.command("list", epilog=example("steward schedule list"))
def list_(as_json: Json = False) -> None:
    """All schedules, and how they went last."""
    rows = insight.facts_of_all(insight.schedules())
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Id", "Name", "Report", "When", "Next", "Last", "What was done", "Webhook"),
            [
                (r["id"], r["name"], r["report"], r["when"], r["next_at"], r["last_state"],
                 r["last_sentence"], _sent(r))
                for r in rows
            ],
            "No schedule yet. Make one: steward schedule create --help",
        ),
    )  # fmt: skip


@app.command("show", epilog=example("steward schedule show 1"))
def show_(id: Id, as_json: Json = False) -> None:
    """One schedule with its last runs."""
    row = _found(id)
    runs = [insight.facts_of_run(run) for run in insight.runs_of(row)[:10]]
    facts = {**insight.facts_of(row), "runs": runs}
    show(as_json, facts, lambda: _details(facts))


def _details(facts: dict[str, Any]) -> None:
    runs = facts.pop("runs")
    details(_readable(facts))
    lines = [(r["due_at"], r["state"], r["rows"], r["sentence"], _sent(r)) for r in runs]
    table(("Due", "State", "Rows", "What was done", "Webhook"), lines, "It has not run yet.")


def _sent(facts: dict[str, Any]) -> str:
    """How its message to a webhook stands."""
    return str(facts["delivery"]["said"]) if facts["delivery"] else ""


def _readable(facts: dict[str, Any]) -> dict[str, Any]:
    sent = {"delivery": _sent(facts)}
    return {
        **facts,
        **sent,
        "filters": [f"{name}={value}" for name, value in facts["filters"].items()],
    }


@app.command(
    epilog=example(
        "steward schedule create orphan-accounts --to it@example.com --every weekly --on mon"
    )
)
def create(
    report: Annotated[str, typer.Argument(metavar="SLUG", help="As `report list` shows.")],
    name: Name = None,
    filters: Filters = None,
    sort: Sort = None,
    columns: Columns = None,
    cadence: Cadence = None,
    weekdays: Weekdays = None,
    day: Day = None,
    at: At = None,
    zone: Zone = None,
    format: Format = None,
    emails: Emails = None,
    webhook: Webhook = None,
    folder: Folder = None,
    keep: Keep = None,
    with_money: Money = None,
    only_if_rows: OnlyRows = None,
    enabled: Enabled = None,
    as_json: Json = False,
) -> None:
    """Send a report by itself. Without more it goes on Mondays at 08:00 UTC, as CSV."""
    given = _given(dict(locals()))
    given.setdefault("name", insight.title_of(report))
    made = scheduling.create({**given, "report": report}, by=BY, owner=None)
    facts = insight.facts_of(_found(made.pk))
    said = f"Schedule {made.pk}, {made.name}: {facts['when']}, next at {facts['next_at']}."
    show(as_json, facts, lambda: typer.echo(said))


@app.command(epilog=example("steward schedule edit 1 --at 09:30 --zone Europe/Berlin"))
def edit(
    id: Id,
    report: Annotated[str | None, typer.Option(metavar="SLUG", help="Another report.")] = None,
    name: Name = None,
    filters: Filters = None,
    sort: Sort = None,
    columns: Columns = None,
    cadence: Cadence = None,
    weekdays: Weekdays = None,
    day: Day = None,
    at: At = None,
    zone: Zone = None,
    format: Format = None,
    emails: Emails = None,
    webhook: Webhook = None,
    folder: Folder = None,
    no_folder: NoFolder = False,
    keep: Keep = None,
    with_money: Money = None,
    only_if_rows: OnlyRows = None,
    enabled: Enabled = None,
    as_json: Json = False,
) -> None:
    """Change a schedule; what is not given stays."""
    given = _given(dict(locals()))
    if report is not None:
        given["report"] = report
    if no_folder:
        given["folder"] = None
    if not given:
        raise Failed("Say what to change: steward schedule edit --help")
    scheduling.edit(_found(id), given, by=BY)
    facts = insight.facts_of(_found(id))
    show(as_json, facts, lambda: details(_readable(facts)))


_OPTIONS = (
    "name", "sort", "columns", "cadence", "weekdays", "day", "at", "zone", "format", "emails",
    "webhook", "folder", "keep", "with_money", "only_if_rows", "enabled",
)  # fmt: skip


def _given(options: dict[str, Any]) -> dict[str, Any]:
    given = {name: options[name] for name in _OPTIONS if options[name] is not None}
    if options["filters"] is not None:
        given["filters"] = dict(_filter(text) for text in options["filters"] if text)
    return given


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter("a filter looks like NAME=VALUE")
    return name, value


@app.command(epilog=example("steward schedule run 1"))
def run(id: Id, as_json: Json = False) -> None:
    """Run a schedule now, besides its times, and say where it went."""
    row = _found(id)
    made = acts.run_now(row, by=BY)
    until_done(made, lambda: made.state not in ScheduleRun.OPEN, PATIENCE)
    facts = insight.facts_of_run(made)
    if made.state == ScheduleRun.FAILED and not as_json:
        raise Failed(made.sentence)
    show(as_json, facts, lambda: typer.echo(made.sentence or f"It is {made.state}."))
    if made.state == ScheduleRun.FAILED:
        raise typer.Exit(1)


@app.command(epilog=example("steward schedule delete 1"))
def delete(id: Id, as_json: Json = False) -> None:
    """Delete a schedule and its log. What has gone out stays where it is."""
    row = _found(id)
    said = f"The schedule {row.name} is deleted."
    acts.delete(row, by=BY)
    show(as_json, {"accepted": True}, lambda: typer.echo(said))


def _found(id: int) -> Schedule:
    row: Schedule | None = insight.schedules().filter(pk=id).first()
    if row is None:
        raise Failed(f"There is no schedule {id}. `steward schedule list` shows them.")
    return row
