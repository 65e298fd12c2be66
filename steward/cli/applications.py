"""steward application …: what is said of applications, merging and splitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from steward.cli import changes
from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.insight import application_history, narrowing, record
from steward.insight.application_sources import sources_of
from steward.insight.applications import applications, facts_of, facts_of_all
from steward.insight.uses import SOURCES
from steward.inventory.application import Application
from steward.inventory.merging import ApplicationChange
from steward.ledger import applications as ledger
from steward.ledger import many_applications as many
from steward.sync import merging

app = typer.Typer(help="What the company uses.", no_args_is_help=True, rich_markup_mode=None)
BY, MOST = "command line", 2**63 - 1
Number = Annotated[int, typer.Argument(metavar="APPLICATION", help="Its number.", min=1, max=MOST)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="name, category, status, business_owner, technical_owner, criticality, notes, tags "
        "(a,b), inactive_after, allocation, shares (Sales:60,IT:40), or a field of your own as "
        "“fields.NAME”. Nothing after = takes it away.",
    ),
]
Several = Annotated[list[int] | None, typer.Option(min=1, max=MOST)]


@app.command(name="list", epilog=example("steward application list --set status=unapproved"))
def list_(
    narrow: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FILTER=VALUE",
            help="q, source, status, category, criticality, owner, ownership (none, left, known), "
            "tag, or “fields.NAME”.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List applications, with who owns them."""
    rows = facts_of_all(_narrowed(_pairs(narrow)))
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Number", "Application", "Known by", "Users", "Owner", "Approval"),
            [(r["id"], r["name"], r["sources"], r["users"], _owner(r), r["status"]) for r in rows],
            "No application fits.",
        ),
    )


_KNOWN: dict[str, Sequence[str]] = {
    "source": [*dict(SOURCES), "seen"],
    "status": list(dict(Application.STATUSES)),
    "criticality": ["low", "medium", "high"],
    "ownership": list(dict(narrowing.OWNERSHIPS)),
}
_FILTERS = ("q", "category", "owner", "tag", *_KNOWN)


def _narrowed(given: Mapping[str, str]) -> Any:
    fields = record.custom_fields()
    numbers = {f"fields.{f.name}".casefold(): f"field_{f.pk}" for f in fields}
    asked = {numbers.get(name.casefold(), name): value for name, value in given.items()}
    for name, value in asked.items():
        if name not in (*_FILTERS, *numbers.values()):
            raise Failed(f"There is no filter {name}. There are: {', '.join(_FILTERS)}.")
        if name in _KNOWN and value not in _KNOWN[name]:
            raise Failed(f"{name} must be one of: {', '.join(_KNOWN[name])}.")
    return narrowing.narrowed(applications(), asked, fields)


def _owner(facts: Mapping[str, Any]) -> str:
    owner = facts["business_owner"] or facts["technical_owner"]
    if owner is None:
        return str(facts["owner"])
    return f"{owner['name']} (has left)" if owner["has_left"] else str(owner["name"])


@app.command(name="show", epilog=example("steward application show 12"))
def show_(application: Number, as_json: Json = False) -> None:
    """Show everything that is known of one, with the numbers that a split is told."""
    row = _application(application)
    facts = {**facts_of(row), "known_from": sources_of(row).facts()}
    show(as_json, facts, lambda: _print(facts))


def _print(facts: dict[str, Any]) -> None:
    plain = {name: value for name, value in facts.items() if not isinstance(value, dict)}
    own = {name: _worded(value) for name, value in facts["fields"].items()}
    owners = {n: _worded(facts[n]) for n in ("business_owner", "technical_owner")}
    shares = ", ".join(f"{name} {share} %" for name, share in facts["shares"].items())
    details({**plain, **owners, "shares": shares, **own})
    rows = [
        (kind, row.get("id", row.get("vendor")), row["name"], row.get("instance_name"))
        for kind, found in facts["known_from"].items()
        if isinstance(found, list)
        for row in found
    ]
    typer.echo("")
    table(("Known from", "Number", "As", "In"), rows, "No source but what was entered by hand.")


def _worded(value: Any) -> Any:
    return f"{value['name']} ({value['email']})" if isinstance(value, dict) else value


@app.command(epilog=example('steward application add "Time clock" --set category=HR'))
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    values: Set = None,
    as_json: Json = False,
) -> None:
    """Enter one that no app shows."""
    row = ledger.add({"name": name, **_values(values)}, by=BY)
    facts = facts_of(_application(row.pk))
    show(as_json, facts, lambda: typer.echo(f"{row.name} is added (application {row.pk})."))


@app.command(epilog=example("steward application edit 12 --set status=approved --comment Checked"))
def edit(
    application: Number,
    values: Set = None,
    comment: Annotated[str, typer.Option(help="Stands in the history.")] = "",
    as_json: Json = False,
) -> None:
    """Change what is said of one."""
    row = _application(application)
    given = _values(values)
    if not given and not comment:
        raise Failed("Say what to change, as --set status=approved.")
    ledger.change(row, given, by=BY, comment=comment)
    show(
        as_json,
        facts_of(_application(application)),
        lambda: typer.echo(f"{row.name} is updated."),
    )


@app.command(
    name="edit-all",
    epilog=example("steward application edit-all --where status=unconfirmed --set category=HR"),
)
def edit_all(
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FILTER=VALUE", help="As --set of “list”. Without any, all of them."),
    ] = None,
    values: Set = None,
    add_tag: Annotated[list[str] | None, typer.Option(metavar="TAG")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(metavar="TAG")] = None,
    comment: Annotated[str, typer.Option(help="Stands in the history of each.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    as_json: Json = False,
) -> None:
    """Change all that fit at this moment: all of them or, where one would be wrong, none."""
    change = many.Change(_values(values), add_tag or (), remove_tag or (), comment)
    if not change:
        raise Failed("Say what to change, as --set status=approved.")
    fitting = _narrowed(_pairs(where))
    if not yes:
        count = len(many.numbers_of(fitting))
        raise Failed(f"This changes up to {count} applications. Say --yes to do it.")
    made = many.change_all(fitting, change, by=BY)
    facts = {"matched": made.matched, "changed": made.changed}
    show(as_json, facts, lambda: typer.echo(str(made)))


@app.command(epilog=example("steward application remove 12"))
def remove(application: Number, as_json: Json = False) -> None:
    """Remove one that nobody shows."""
    row = _application(application)
    ledger.remove(row, by=BY)
    show(as_json, {"accepted": True}, lambda: typer.echo(f"{row.name} is removed."))


@app.command(epilog=example("steward application merge 12 31"))
def merge(
    application: Number,
    other: Annotated[
        int, typer.Argument(metavar="OTHER", help="What becomes part of it.", min=1, max=MOST)
    ],
    as_json: Json = False,
) -> None:
    """Make two applications one, in every later sync too."""
    _tell(as_json, merging.merge(_application(application), _application(other), by=BY))


@app.command(epilog=example("steward application split 12 --app 88 --name 'Zoom Phone'"))
def split(
    application: Number,
    instance: Several = None,
    app: Several = None,
    contract: Several = None,
    license: Several = None,
    vendor: Annotated[list[str] | None, typer.Option(help="A vendor on charges.")] = None,
    name: Annotated[str, typer.Option(help="A new application of that name.")] = "",
    to: Annotated[int, typer.Option(help="Or: one that is known.", min=0, max=MOST)] = 0,
    as_json: Json = False,
) -> None:
    """Give sources of one to another; “show” gives their numbers."""
    sources = merging.Sources(
        instance or [], app or [], contract or [], license or [], vendor or []
    )
    known = Application.objects.filter(pk=to).first() if to else None
    if to and known is None:
        raise Failed(f"There is no application {to}. See: steward application list")
    target = merging.Target(name, known)
    _tell(as_json, merging.split(_application(application), sources, target, by=BY))


@app.command(epilog=example("steward application undo 3"))
def undo(change: changes.Number, as_json: Json = False) -> None:
    """Take back a merge or a split."""
    _tell(as_json, changes.taken_back(ApplicationChange, change, merging.undo))


def _tell(as_json: bool, change: ApplicationChange) -> None:
    changes.tell(as_json, application_history.facts_of_change(change), change)


def _application(number: int) -> Any:
    found = applications().filter(pk=number).first()
    if found is None:
        raise Failed(f"There is no application {number}. See: steward application list")
    return found


def _pairs(given: Sequence[str] | None) -> dict[str, str]:
    made = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter("it must look like KEY=VALUE")
        made[name.strip()] = value.strip()
    return made


def _values(given: Sequence[str] | None) -> dict[str, Any]:
    """As the ledger takes them."""
    values: dict[str, Any] = {}
    for name, text in _pairs(given).items():
        if name.startswith("fields."):
            values.setdefault("fields", {})[name.removeprefix("fields.")] = text
        elif name == "tags":
            values[name] = [tag for tag in text.split(",") if tag.strip()]
        elif name == "shares":
            values[name] = dict(_share(part) for part in text.split(",") if part.strip())
        elif name in ledger.FIELDS:
            values[name] = text
        else:
            raise Failed(f"There is no {name} to set. There is: {', '.join(ledger.FIELDS)}.")
    return values


def _share(text: str) -> tuple[str, str]:
    department, _, share = text.rpartition(":")
    return department.strip(), share.strip()
