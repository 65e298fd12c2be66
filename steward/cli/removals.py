"""steward instance removals: a list has shrunk, and a person looks at who would go."""

from __future__ import annotations

from typing import Any

import typer

from steward.cli.output import show, table
from steward.cli.problems import Failed
from steward.insight import facts
from steward.inventory.instance import Instance
from steward.sync import acts


def look(instance: Instance, as_json: bool) -> None:
    rows = acts.removals(instance) if instance.removals_held else acts.removals(instance).none()
    held = rows.select_related("instance").order_by("pk")
    found = [facts.of_account(account) for account in held]
    show(as_json, {"items": found, "next": None}, lambda: _table(instance, found))


def _table(instance: Instance, found: list[dict[str, Any]]) -> None:
    table(
        ("Account", "Name", "E-mail", "Status", "Last active"),
        (
            (one["external_id"], one["name"], one["email"], one["status"], one["last_active_at"])
            for one in found
        ),
        f"No removals are held for {instance.name}.",
    )
    if found:
        typer.echo(
            f"The last sync of {instance.name} did not show these {len(found)} accounts. Say "
            "--release to mark them as removed, or --dismiss to keep them until the next sync."
        )


def decide(instance: Instance, release: bool, dismiss: bool, by: str, as_json: bool) -> None:
    if release and dismiss:
        raise Failed("Say either --release or --dismiss.")
    if release:
        said = f"{acts.release_removals(instance, by=by)} accounts are marked as removed."
    else:
        acts.dismiss_removals(instance, by=by)
        said = "Nobody is removed. The next sync asks again if they are still missing."
    show(as_json, facts.of_instance(instance), lambda: typer.echo(said))
