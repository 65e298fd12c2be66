"""steward person …: who is who, said by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from steward.cli import changes
from steward.cli.output import Json, example, show, table
from steward.cli.problems import Failed
from steward.insight import matches
from steward.insight.lookalikes import Alike, lookalikes
from steward.insight.people import people
from steward.inventory.account import Account
from steward.inventory.identity import IdentityChange
from steward.inventory.person import Person
from steward.sync import identity

app = typer.Typer(help="Who is who.", no_args_is_help=True, rich_markup_mode=None)
BY, MOST = "command line", 2**63 - 1
Number = Annotated[
    int, typer.Argument(metavar="PERSON", help="The person's number.", min=1, max=MOST)
]


@app.command(name="matches", epilog=example("steward person matches"))
def unclear(as_json: Json = False) -> None:
    """List accounts without a clear owner, and people who may be one."""
    doubts = matches.doubts(list(matches.doubtful_accounts()))
    pairs = lookalikes()
    facts = {
        "accounts": [matches.facts_of_doubt(doubt) for doubt in doubts],
        "people": [matches.facts_of_alike(pair) for pair in pairs],
    }
    show(as_json, facts, lambda: _print(doubts, pairs))


def _print(doubts: list[matches.Doubt], pairs: list[Alike]) -> None:
    rows = [(d.account.pk, d.account, d.account.instance.name, d.why, _might(d)) for d in doubts]
    table(("Account", "Name", "In", "Why", "Might be"), rows, "Every account has an owner.")
    both = [(p.one.pk, p.one, p.other.pk, p.other, p.why) for p in pairs]
    table(("Person", "Name", "Person", "Name", "Why"), both, "No two people look alike.")


def _might(doubt: matches.Doubt) -> str:
    return ", ".join(f"{c.person} ({c.person.pk})" for c in doubt.candidates)


@app.command(epilog=example("steward person own 1203 --person 17"))
def own(
    account: Annotated[
        int, typer.Argument(metavar="ACCOUNT", help="The account's number.", min=1, max=MOST)
    ],
    person: Annotated[int, typer.Option(help="Whose it is.", min=0, max=MOST)] = 0,
    kind: Annotated[
        str, typer.Option(metavar="new|shared|service", help="Or: what it is instead.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say whose an account is; it holds in every later sync."""
    row = Account.objects.present().select_related("instance").filter(pk=account).first()
    if row is None:
        raise Failed(f"There is no account {account}. See: steward person matches")
    if bool(person) == bool(kind) or kind not in ("", "new", *identity.NOBODYS):
        raise Failed("Give either --person NUMBER or --kind new, shared or service.")
    owner = _person(person) if person else None
    kind = kind if kind in identity.NOBODYS else ""
    _tell(as_json, identity.decide(row, person=owner, kind=kind, by=BY))


@app.command(epilog=example("steward person merge 17 42"))
def merge(
    person: Number,
    other: Annotated[
        int, typer.Argument(metavar="OTHER", help="Who becomes part of them.", min=1, max=MOST)
    ],
    as_json: Json = False,
) -> None:
    """Make two people one: all that is OTHER's becomes PERSON's."""
    _tell(as_json, identity.merge(_person(person), _person(other), by=BY))


@app.command(epilog=example("steward person split 17 --account 1203"))
def split(
    person: Number,
    account: Annotated[
        list[int], typer.Option(help="An account that is not theirs.", min=1, max=MOST)
    ],
    as_json: Json = False,
) -> None:
    """Give accounts of a person to somebody new."""
    rows = Account.objects.present().select_related("instance").filter(pk__in=account)
    _tell(as_json, identity.split(_person(person), list(rows), by=BY))


@app.command(epilog=example("steward person undo 3"))
def undo(change: changes.Number, as_json: Json = False) -> None:
    """Take back what was said by hand."""
    _tell(as_json, changes.taken_back(IdentityChange, change, identity.undo))


def _tell(as_json: bool, change: IdentityChange) -> None:
    changes.tell(as_json, matches.facts_of_change(change), change)


def _person(number: int) -> Person:
    found: Person | None = people().filter(pk=number).first()
    if found is None:
        raise Failed(f"There is no person {number}.")
    return found
