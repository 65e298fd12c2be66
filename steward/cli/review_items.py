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
    Wait,
    member_of,
    narrowed,
    review_of,
)
from steward.cli.waiting import until_done
from steward.insight import bulk_decisions
from steward.insight import reviews as insight
from steward.inventory.review import BulkDecision, Review
from steward.ledger import deciding, deciding_many
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
    app.command(epilog=example("steward review decisions 1"))(decisions)
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
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Decide on accounts, as an admin. The evidence says that it was done here.

    Where --all are many, the decision is taken at once and written to them behind."""
    review = review_of(id)
    rows = narrowed(review, reviewer, application)
    if bool(numbers) == all_undecided:
        raise typer.BadParameter("name items, or say --all")
    if numbers:
        rows = rows.filter(pk__in=[n for n in numbers if 0 < n <= MOST])
        if rows.count() < len(set(numbers)):
            raise Failed(f"Some of these are not accounts of review {id}.")
    else:
        asked = {"reviewer": str(member_of(reviewer).pk) if reviewer else ""}
        asked |= {"application": str(application or ""), "decision": "undecided"}
        _decide_all(review, decision, comment, asked, wait, as_json)
        return
    who = deciding.Decider(BY, None, is_admin=True)
    count = deciding.decide(review, rows, decision.value, comment, who)
    show(as_json, {"count": count}, lambda: typer.echo(f"Decided to {decision}: {count}."))


def _decide_all(
    review: Review,
    decision: Decision,
    comment: str,
    asked: dict[str, str],
    wait: bool,
    as_json: bool,
) -> None:
    rows = bulk_decisions.fitting(review, asked)
    who = deciding.Decider(BY, None, is_admin=True)
    bulk = deciding_many.decide_all(review, rows, decision.value, comment, who, asked)
    if wait and bulk.state == BulkDecision.RUNNING:
        until_done(bulk, lambda: bulk.state != BulkDecision.RUNNING)
    count, is_running = bulk.decided, bulk.state == BulkDecision.RUNNING
    facts = bulk_decisions.facts_of(bulk) if is_running else {"count": count}
    said = f"Decided to {decision}: {count}."
    if is_running:
        said = (
            f"Decided to {decision} {bulk.total}; a worker writes it to them. "
            f"See how far it is: steward review decisions {review.pk}"
        )
    show(as_json, facts, lambda: typer.echo(said))


def decisions(id: Number, as_json: Json = False) -> None:
    """Decisions on many accounts at once, the newest first, and how far they are."""
    rows = [bulk_decisions.facts_of(bulk) for bulk in bulk_decisions.bulks_of(review_of(id))]
    names = ("id", "decision", "accounts", "state", "looked_at", "decided", "by", "at", "comment")
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Id", "Decision", "Accounts", "State", "Looked at", "Decided", "By", "At", "Comment"),
            [[row[name] for name in names] for row in rows],
            "No decision on many yet.",
        ),
    )


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
