"""steward instance …: the whole life of an instance from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from steward.cli.output import Json, details, print_json, show, table
from steward.cli.problems import Failed
from steward.insight import facts
from steward.inventory.instance import EVERY_HOURS, Instance
from steward.inventory.run import Run
from steward.sdk.fields import Field
from steward.sdk.files import to_text
from steward.sync import acts
from steward.sync.trial import integration
from steward.work import worker

app = typer.Typer(help="Connect instances and live their whole life.", no_args_is_help=True)

BY = "command line"
Id = Annotated[int, typer.Argument(help="The instance's number, as `steward instance list` shows.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="A setting: KEY=VALUE, or KEY=@FILE.")]
Secret = Annotated[
    list[str] | None,
    typer.Option(
        "--secret", help="A part of the credential: KEY=VALUE, KEY=@FILE, or KEY=- to read it."
    ),
]
Every = Annotated[int | None, typer.Option(help="Hours between syncs, 1 to 168.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")]
Auth = Annotated[str, typer.Option(help="The way to sign in, where there are several.")]


@app.command("list", epilog="Example: steward instance list --json")
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


@app.command("show", epilog="Example: steward instance show 1")
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
    epilog="Example: steward instance add scim --name Design --set url=https://app.example/scim/v2"
    " --secret token=@token.txt"
)
def add(
    slug: Annotated[str, typer.Argument(help="The integration, as `integration list` shows.")],
    name: Annotated[str, typer.Option(help="What to call the instance.")],
    setting: Set = None,
    secret: Secret = None,
    auth: Auth = "",
    every_hours: Every = None,
    sync: Annotated[bool, typer.Option("--sync/--no-sync", help="Sync it at once.")] = True,
    allow_same_tenant: Annotated[
        bool, typer.Option(help="Connect a tenant that is connected already.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect an instance. The credential is tested first; nothing is saved if it is refused."""
    fields = _fields(slug)
    instance = acts.connect(
        slug,
        name=name,
        settings=_pairs(setting, fields),
        credentials=_pairs(secret, fields, hidden=True),
        auth=auth,
        by=BY,
        sync=sync,
        every_hours=EVERY_HOURS if every_hours is None else every_hours,
        allow_same_tenant=allow_same_tenant,
    )
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"Connected {instance.name} as number {instance.pk}."))


@app.command(epilog="Example: steward instance edit 1 --name Design --status inactive")
def edit(
    id: Id,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    status: Annotated[str | None, typer.Option(help="live or inactive.")] = None,
    setting: Set = None,
    secret: Secret = None,
    auth: Auth = "",
    every_hours: Every = None,
    as_json: Json = False,
) -> None:
    """Change name, status, schedule, settings or credential."""
    instance = _instance(id)
    fields = _fields(instance.integration)
    acts.edit(
        instance,
        by=BY,
        name=name,
        status=status,
        settings=_pairs(setting, fields) if setting else None,
        credentials=_pairs(secret, fields, hidden=True) if secret else None,
        auth=auth,
        every_hours=every_hours,
    )
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"{instance.name} is {instance.state}."))


@app.command(epilog="Example: steward instance sync 1 --wait")
def sync(
    id: Id,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Sync now. An open run is joined."""
    run = acts.request_sync(_instance(id), by=BY)
    if wait:
        with worker.borrowed():
            run = worker.wait_for(run)
    show(as_json, facts.of_run(run), lambda: typer.echo(_outcome(run)))
    if wait and run.state != Run.SUCCEEDED:
        raise typer.Exit(1)


def _outcome(run: Run) -> str:
    if run.is_open:
        return f"Run {run.pk} is {run.state}. It goes on in the background."
    said = f": {run.error}" if run.error else ""
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items() if number)
    return f"Run {run.pk} {run.state}{said}{f' ({counts})' if counts else ''}"


@app.command(epilog="Example: steward instance stop 1")
def stop(id: Id, as_json: Json = False) -> None:
    """Stop the sync that is under way. What was read is kept."""
    run = Run.objects.filter(instance=_instance(id)).order_by("-pk").first()
    if run is None or not run.is_open:
        raise Failed("No sync is under way.")
    run = acts.stop_run(run, by=BY)
    show(as_json, facts.of_run(run), lambda: typer.echo("The sync is stopping."))


@app.command("delete-users", epilog="Example: steward instance delete-users 1 --yes")
def delete_users(id: Id, yes: Yes = False, as_json: Json = False) -> None:
    """Delete all users that were read. The next sync reads them anew."""
    instance = _instance(id)
    _sure(yes, instance, "all its users")
    acts.delete_users(instance, by=BY)
    found = facts.of_instance(instance)
    show(as_json, found, lambda: typer.echo(f"All users of {instance.name} are deleted."))


@app.command(epilog="Example: steward instance delete 1 --yes")
def delete(id: Id, yes: Yes = False, as_json: Json = False) -> None:
    """Delete the instance and all that was read from it."""
    instance = _instance(id)
    _sure(yes, instance, "the instance")
    acts.delete(instance, by=BY)
    show(as_json, {"deleted": id}, lambda: typer.echo(f"{instance.name} is deleted."))


def _sure(yes: bool, instance: Instance, what: str) -> None:
    if not yes:
        goes = acts.what_goes(instance)
        raise Failed(
            f"This deletes {what} of {instance.name}: {goes.accounts} accounts, {goes.seats} "
            f"seats and {goes.people_only_here} people who are nowhere else. It cannot be undone. "
            "Say --yes to do it."
        )


@app.command(epilog="Example: steward instance moments 1 --json")
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


def _fields(slug: str) -> dict[str, Field]:
    connector = integration(slug)
    return {
        f.name: f for f in (*connector.settings, *(f for o in connector.auth for f in o.fields))
    }


def _pairs(
    given: list[str] | None, fields: dict[str, Field], hidden: bool = False
) -> dict[str, str]:
    return dict(_pair(text, fields, hidden) for text in given or ())


def _pair(text: str, fields: dict[str, Field], hidden: bool) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        # The text itself may be a secret and is not repeated.
        raise typer.BadParameter("it must look like KEY=VALUE")
    if value.startswith("@"):
        return name, _from_file(Path(value[1:]), fields.get(name))
    if value == "-" and hidden:
        return name, sys.stdin.readline().rstrip("\r\n")
    return name, value


def _from_file(path: Path, field: Field | None) -> str:
    try:
        content = path.read_bytes()
        if field and field.kind == "file":
            return to_text(path.name, content)
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Failed(f"The file {path} is not text.") from None
    except OSError as error:
        raise Failed(f"The file {path} cannot be read: {error.strerror}.") from None
