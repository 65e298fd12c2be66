"""steward instance …: the whole life of an instance from the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from steward.cli import removals as held
from steward.cli.output import Json, details, example, print_json, show, table
from steward.cli.problems import Failed
from steward.cli.values import fields_of, pairs
from steward.cli.waiting import until_done
from steward.insight import facts
from steward.inventory.instance import EVERY_HOURS, HOURS_RANGE, Instance
from steward.inventory.run import Run
from steward.sync import acts

app = typer.Typer(
    help="Connect instances and live their whole life.", no_args_is_help=True, rich_markup_mode=None
)

BY = "command line"
LARGEST_ID = 2**63 - 1
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID",
        min=1,
        max=LARGEST_ID,
        help="The instance's number, as `steward instance list` shows.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting; KEY=@FILE takes it from a file."),
]
Secret = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        metavar="KEY=VALUE",
        help="A part of the credential; KEY=@FILE takes it from a file, KEY=- asks for it.",
    ),
]
Every = Annotated[
    int | None,
    typer.Option(
        min=HOURS_RANGE[0], max=HOURS_RANGE[1], metavar="HOURS", help="Hours between syncs."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")]


class Status(StrEnum):
    LIVE = "live"
    INACTIVE = "inactive"


Auth = Annotated[
    str, typer.Option(metavar="WAY", help="The way to sign in, where there are several.")
]


@app.command("list", epilog=example("steward instance list --json"))
def list_(as_json: Json = False) -> None:
    """All instances, their state and how fresh they are."""
    rows = facts.of_instances(Instance.objects.present().order_by("name"))
    show(as_json, {"items": rows, "next": None}, lambda: _table(rows))


def _table(rows: list[dict[str, Any]]) -> None:
    table(
        ("Id", "Name", "Integration", "State", "Accounts", "Last synced", "Note"),
        [
            (r["id"], r["name"], r["integration"], r["state"], r["accounts"], r["last_synced_at"],
             r["reason"] or ("stale" if r["stale"] else ""))
            for r in rows
        ],
        "No instance yet. Connect one: steward instance add --help",
    )  # fmt: skip


@app.command("show", epilog=example("steward instance show 1"))
def show_(id: Id, as_json: Json = False) -> None:
    """One instance with its streams."""
    found = facts.of_instance(_instance(id))
    show(as_json, found, lambda: _details(found))


def _details(found: dict[str, Any]) -> None:
    streams = found.pop("streams")
    details(found)
    typer.echo("")
    table(
        ("Stream", "State", "Records", "Last read", "Note"),
        [(s["name"], s["state"], s["records"], s["last_ok_at"], s["error"]) for s in streams],
    )


@app.command(
    epilog=example(
        "steward instance add scim --name Design --set url=https://app.example/scim/v2"
        " --secret token=@token.txt"
    )
)
def add(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="The integration, as `integration list` shows.")
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="What to call the instance.")],
    setting: Set = None,
    secret: Secret = None,
    auth: Auth = "",
    every_hours: Every = None,
    sync: Annotated[bool, typer.Option("--sync/--no-sync", help="Sync it at once.")] = True,
    allow_same_tenant: Annotated[
        bool,
        typer.Option("--allow-same-tenant", help="Connect a tenant that is connected already."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect an instance. The credential is tested first; nothing is saved if it is refused."""
    fields = fields_of(slug)
    instance = acts.connect(
        slug,
        name=name,
        settings=pairs(setting, fields),
        credentials=pairs(secret, fields, hidden=True),
        auth=auth,
        by=BY,
        sync=sync,
        every_hours=EVERY_HOURS if every_hours is None else every_hours,
        allow_same_tenant=allow_same_tenant,
    )
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"Connected {instance.name} as number {instance.pk}."))


@app.command(epilog=example("steward instance edit 1 --name Design --status inactive"))
def edit(
    id: Id,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new name.")] = None,
    status: Annotated[
        Status | None,
        typer.Option(metavar="live|inactive", help="Whether it is to be kept up to date."),
    ] = None,
    setting: Set = None,
    secret: Secret = None,
    auth: Auth = "",
    every_hours: Every = None,
    guard_share: Annotated[
        int | None,
        typer.Option(metavar="PERCENT", help="Hold removals of more than this share of accounts."),
    ] = None,
    guard_count: Annotated[
        int | None,
        typer.Option(metavar="COUNT", help="Hold no removals of fewer accounts than this."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change name, status, schedule, removal guard, settings or credential."""
    if not any((name, status, setting, secret, every_hours, guard_share, guard_count)):
        raise typer.BadParameter("say what to change: --name, --status, --set, …")
    instance = _instance(id)
    fields = fields_of(instance.integration)
    acts.edit(
        instance,
        by=BY,
        name=name,
        status=status,
        settings=pairs(setting, fields) if setting else None,
        credentials=pairs(secret, fields, hidden=True) if secret else None,
        auth=auth,
        every_hours=every_hours,
        guard_share=guard_share,
        guard_count=guard_count,
    )
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"{instance.name} is {instance.state}."))


@app.command(epilog=example("steward instance sync 1 --wait"))
def sync(
    id: Id,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Sync now. An open run is joined."""
    run = acts.request_sync(_instance(id), by=BY)
    if wait:
        until_done(run, lambda: not run.is_open)
    show(as_json, facts.of_run(run), lambda: typer.echo(_outcome(run)))
    if wait and run.state != Run.SUCCEEDED:
        raise typer.Exit(1)


def _outcome(run: Run) -> str:
    if run.is_open:
        return f"Run {run.pk} is {run.state}. It goes on in the background."
    said = f": {run.error}" if run.error else ""
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items() if number)
    told = f"Run {run.pk} {run.state}{said}{f' ({counts})' if counts else ''}"
    if run.counts.get("held"):
        told += f"\n`steward instance removals {run.instance_id}` shows whose removal is held."
    return told


@app.command(epilog=example("steward instance stop 1"))
def stop(id: Id, as_json: Json = False) -> None:
    """Stop the sync that is under way. What was read is kept."""
    run = Run.objects.filter(instance=_instance(id)).order_by("-pk").first()
    if run is None or not run.is_open:
        raise Failed("No sync is under way.")
    run = acts.stop_run(run, by=BY)
    show(as_json, facts.of_run(run), lambda: typer.echo("The sync is stopping."))


@app.command(epilog=example("steward instance removals 1 --release"))
def removals(
    id: Id,
    release: Annotated[bool, typer.Option("--release", help="Mark them as removed.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="Keep them; ask again.")] = False,
    as_json: Json = False,
) -> None:
    """Who would go, where a list has shrunk so much that their removal is held; decide it."""
    if release or dismiss:
        held.decide(_instance(id), release, dismiss, BY, as_json)
    else:
        held.look(_instance(id), as_json)


@app.command("delete-users", epilog=example("steward instance delete-users 1 --yes"))
def delete_users(id: Id, yes: Yes = False, as_json: Json = False) -> None:
    """Delete all users that were read. The next sync reads them anew."""
    instance = _instance(id)
    _sure(yes, instance, "all its users")
    acts.delete_users(instance, by=BY)
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"All users of {instance.name} are deleted."))


@app.command(epilog=example("steward instance delete 1 --yes"))
def delete(id: Id, yes: Yes = False, as_json: Json = False) -> None:
    """Delete the instance and all that was read from it."""
    instance = _instance(id)
    _sure(yes, instance, "the instance")
    acts.delete(instance, by=BY)
    show(as_json, {"deleted": id}, lambda: typer.echo(f"{instance.name} is deleted."))


def _sure(yes: bool, instance: Instance, what: str) -> None:
    if not yes:
        raise Failed(
            f"This deletes {what} of {instance.name}: {acts.what_goes(instance)}. It cannot be "
            "undone. Say --yes to do it."
        )


@app.command(epilog=example("steward instance moments 1 --json"))
def moments(id: Id, as_json: Json = False) -> None:
    """What has happened to the instance, by whom and why."""
    rows = [facts.of_moment(m) for m in _instance(id).moments.order_by("-pk")[:200]]
    if as_json:
        print_json({"items": rows, "next": None})
    else:
        table(
            ("When", "What", "Who", "Why"),
            [(r["at"], r["event"], r["actor"] or "Steward", r["reason"]) for r in rows],
        )


def _instance(id: int) -> Instance:
    found: Instance | None = Instance.objects.present().filter(pk=id).first()
    if found is None:
        raise Failed(f"There is no instance {id}. `steward instance list` shows them.")
    return found
