"""steward review items, decide, reassign, remind: the accounts of an access review."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.cli.review_finding import (
    MOST,
    Number,
    OfApplication,
    Reviewer,
    member_of,
    narrowed,
    review_of,
)
from steward.insight import reviews as insight
from steward.inventory.review import ReviewItem
from steward.ledger import deciding
from steward.notify import reviewing

BY = "command line"
Comment = Annotated[str, typer.Option(metavar="TEXT", help="Why; part of the evidence.")]


class Decision(StrEnum):
    KEEP = "keep"
    REMOVE = "remove"


class Shown(StrEnum):
    KEEP = "keep"
    REMOVE = "remove"
    UNDECIDED = "undecided"


def register(app: typer.Typer) -> None:
    app.command(epilog=example("steward review items 1 --decision undecided"))(items)
    app.command(epilog=example("steward review decide 1 keep 17 18 --comment Checked"))(decide)
    app.command(epilog=example(_REASSIGN))(reassign)
    app.command(epilog=example("steward review remind 1"))(remind)


_REASSIGN = "steward review reassign 1 bea@corp.example --reviewer ann@corp.example"


def items(
    id: Number,
    reviewer: Reviewer = "",
    application: OfApplication = None,
    decision: Annotated[
        Shown | None, typer.Option(metavar="|".join(Shown), help="Only those.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 1_000,
    as_json: Json = False,
) -> None:
    """List its accounts with their use and what is decided."""
    found = narrowed(review_of(id), reviewer, application)
    if decision:
        found = found.filter(decision="" if decision == Shown.UNDECIDED else decision)
    rows = list(insight.item_facts_of(found.select_related("source").order_by("pk")[:limit]))
    names = ("id", "application_name", "name", "email", "role", "standing", "last_active_at",
             "days_active", "reviewer", "decision")  # fmt: skip
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Item", "Application", "Account", "E-mail", "Role", "Standing", "Last active",
             "Days active", "Reviewer", "Decision"),
            [[row[name] for name in names] for row in rows],
            "No account fits.",
        ),
    )  # fmt: skip


def decide(
    id: Number,
    decision: Annotated[Decision, typer.Argument(metavar="keep|remove")],
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="ITEM…", help="As `review items` shows.")
    ] = None,
    all_undecided: Annotated[
        bool, typer.Option("--all", help="All that are undecided, narrowed by the options.")
    ] = False,
    reviewer: Reviewer = "",
    application: OfApplication = None,
    comment: Comment = "",
    as_json: Json = False,
) -> None:
    """Decide on accounts, as an admin. The evidence says that it was done here."""
    review = review_of(id)
    rows = narrowed(review, reviewer, application)
    if bool(numbers) == all_undecided:
        raise typer.BadParameter("name items, or say --all")
    if numbers:
        rows = rows.filter(pk__in=[n for n in numbers if 0 < n <= MOST])
        if rows.count() < len(set(numbers)):
            raise Failed(f"Some of these are not accounts of review {id}.")
    else:
        rows = rows.filter(decision=ReviewItem.UNDECIDED)
    who = deciding.Decider(BY, None, is_admin=True)
    count = deciding.decide(review, rows, decision.value, comment, who)
    show(as_json, {"count": count}, lambda: typer.echo(f"Decided to {decision}: {count}."))


def reassign(
    id: Number,
    to: Annotated[str, typer.Argument(metavar="EMAIL", help="The member who is to decide.")],
    reviewer: Reviewer = "",
    application: OfApplication = None,
    as_json: Json = False,
) -> None:
    """Give what is undecided to another member."""
    of = member_of(reviewer) if reviewer else None
    count = deciding.reassign(review_of(id), to, by=BY, of=of, application=application)
    show(as_json, {"count": count}, lambda: typer.echo(f"{count} given to {to}."))


def remind(id: Number, reviewer: Reviewer = "", as_json: Json = False) -> None:
    """Write to everybody who has something left to decide, or to one of them."""
    only = member_of(reviewer) if reviewer else None
    count = reviewing.remind_now(review_of(id), by=BY, only=only)
    show(as_json, {"count": count}, lambda: typer.echo(f"Reminded: {count}."))
