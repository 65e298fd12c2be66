"""steward review …: access reviews from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from django.db import transaction

from steward.cli import review_items
from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.cli.reports import say_boxes
from steward.cli.review_finding import Number, Wait, review_of
from steward.cli.waiting import until_done
from steward.insight import evidence as insight_evidence
from steward.insight import reviews as insight
from steward.inventory.review import Review, ReviewApplication
from steward.ledger import reviews as ledger
from steward.work import sealing

app = typer.Typer(
    help="Access reviews: who looked at which accounts, and decided what.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
BY = "command line"


class File(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"


review_items.register(app)


@app.command("list", epilog=example("steward review list"))
def list_(as_json: Json = False) -> None:
    """All access reviews, the newest first."""
    rows = list(insight.facts_of_all(Review.objects.select_related("fallback").order_by("-pk")))
    names = ("id", "name", "state", "due_on", "items", "undecided", "remove")
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Id", "Review", "State", "Due", "Accounts", "Undecided", "To remove"),
            [[row[name] for name in names] for row in rows],
            "No access review yet. Make one: steward review create --help",
        ),
    )


@app.command("show", epilog=example("steward review show 1"))
def show_(id: Number, as_json: Json = False) -> None:
    """One review, and how far its reviewers are."""
    review = review_of(id)
    facts, rows = insight.facts_of(review), insight.how_far(review).by_reviewer
    show(as_json, facts, lambda: _details(facts, rows))


def _details(facts: dict[str, Any], rows: list[insight.Progress]) -> None:
    chosen = [f"{one['application']} by {one['reviewers']}" for one in facts["applications"]]
    details({**facts, "applications": chosen})
    if rows:
        cells = [(r.of, r.total, r.keep, r.to_remove, r.undecided) for r in rows]
        table(("Reviewer", "Accounts", "Keep", "Remove", "Undecided"), cells)


@app.command(
    epilog=example(
        'steward review create --name "Quarter 4" --due 2027-01-15 --application 1=manager'
        " --application 2=ann@corp.example,bea@corp.example --fallback ann@corp.example"
    )
)
def create(
    name: Annotated[str, typer.Option(metavar="TEXT", help="What it is called.")],
    due: Annotated[str, typer.Option(metavar="DATE", help="By when it is to be done.")],
    applications: Annotated[
        list[str],
        typer.Option(
            "--application",
            metavar="N[=REVIEWERS]",
            help="Its number, and who reviews: business_owner (where nothing is said), "
            "technical_owner, manager, or addresses of members.",
        ),
    ],
    fallback: Annotated[
        str, typer.Option(metavar="EMAIL", help="The member who decides where nobody is found.")
    ],
    days: Annotated[int, typer.Option(metavar="30|60|90", help="Use looked at.")] = 90,
    description: Annotated[str, typer.Option(metavar="TEXT", help="Told to reviewers.")] = "",
    start_now: Annotated[bool, typer.Option("--start", help="Start it, too.")] = False,
    as_json: Json = False,
) -> None:
    """Make a review. It is a draft until it is started."""
    given = {
        "name": name,
        "due_on": due,
        "days": days,
        "description": description,
        "fallback": fallback,
        "applications": [_chosen(text) for text in applications],
    }
    with transaction.atomic():
        review = ledger.make(given, by=BY, member=None)
        if start_now:
            ledger.start(review, by=BY)
    _say(review, as_json)


def _chosen(text: str) -> dict[str, Any]:
    number, _, who = text.partition("=")
    if not who or who in dict(ReviewApplication.WAYS):
        return {"application": number, "way": who}
    members = [email.strip() for email in who.split(",")]
    return {"application": number, "way": ReviewApplication.MEMBERS, "members": members}


@app.command(epilog=example("steward review start 1"))
def start(id: Number, as_json: Json = False) -> None:
    """Write its accounts down as they are now, and ask the reviewers."""
    review = review_of(id)
    ledger.start(review, by=BY)
    _say(review, as_json)


@app.command(epilog=example("steward review close 1"))
def close(
    id: Number,
    even_undecided: Annotated[
        bool, typer.Option("--even-undecided", help="What is undecided stays so for good.")
    ] = False,
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Close it; nothing of it changes any more, and its evidence is sealed.

    Of a large one the evidence is sealed behind; it is closing until that is done."""
    review = review_of(id)
    sealing.close(review, by=BY, even_undecided=even_undecided)
    if wait and review.state == Review.CLOSING:
        until_done(review, lambda: review.state != Review.CLOSING)
    _say(review, as_json)


@app.command(epilog=example("steward review cancel 1"))
def cancel(id: Number, as_json: Json = False) -> None:
    """End it without a result. What was decided stays to be read."""
    review = review_of(id)
    ledger.cancel(review, by=BY)
    _say(review, as_json)


@app.command(epilog=example("steward review evidence 1 --format pdf --output evidence.pdf"))
def evidence(
    id: Number,
    format: Annotated[File, typer.Option(metavar="|".join(File), help="Which file.")] = File.CSV,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to.")] = None,
) -> None:
    """Who decided what when, on which data. The SHA-256 of the CSV is in `review show`."""
    review = review_of(id)
    if not review.has_items:
        raise Failed(f"Review {id} has not started, so there is nothing to show.")
    if output is None and format in (File.XLSX, File.PDF) and sys.stdout.isatty():
        raise Failed(f"This cannot be shown on a screen; say where to: --output FILE.{format}")
    _, parts = insight_evidence.file_of(review, format.value)
    if output is None:
        _write(sys.stdout.buffer, parts)
        return
    try:
        with output.open("wb") as file:
            _write(file, parts)
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror}.") from None
    typer.echo(f"Written to {output}.")


def _write(file: IO[bytes], parts: Iterable[bytes]) -> None:
    for part in parts:
        file.write(part)
        say_boxes(part)


def _say(review: Review, as_json: bool) -> None:
    facts = insight.facts_of(review_of(review.pk))
    closing = facts["state"] == Review.CLOSING
    said = f"Review {review.pk}, {review.name}, is {facts['state']}: {facts['items']} accounts"
    more = f" Its evidence is being sealed: steward review show {review.pk}" if closing else ""
    show(as_json, facts, lambda: typer.echo(f"{said}, {facts['undecided']} undecided.{more}"))
