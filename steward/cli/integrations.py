"""steward integration …: what can be connected, and how to add to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import steward
from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.insight import facts
from steward.inventory.instance import Instance
from steward.sdk import scaffold
from steward.sdk.catalogue import integrations
from steward.sync.trial import integration

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="As `integration list` shows.")]

app = typer.Typer(help="What can be connected.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=example("steward integration list"))
def list_(as_json: Json = False) -> None:
    """All integrations."""
    rows = [_facts(slug) for slug in integrations()]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Integration", "Name", "Category", "Reads", "Instances"),
            [(r["slug"], r["name"], r["category"], r["streams"], r["instances"]) for r in rows],
        ),
    )


def _facts(slug: str) -> dict[str, Any]:
    count = Instance.objects.present().filter(integration=slug).count()
    return facts.of_integration(integrations()[slug], count)


@app.command("show", epilog=example("steward integration show okta"))
def show_(slug: Slug, as_json: Json = False) -> None:
    """One integration: the settings, the credential and the permissions it asks for."""
    integration(slug)
    found = _facts(slug)
    show(as_json, found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    details({k: found[k] for k in ("name", "summary", "category", "streams", "active_means")})
    typer.echo("\nSettings (--set)")
    _fields(found["settings"])
    for option in found["auth"]:
        typer.echo(f"\n{option['label']} (--auth {option['name']}, --secret)")
        _fields(option["credentials"])
        if option["scopes"]:
            table(("Permission", "Why"), [(s["name"], s["why"]) for s in option["scopes"]])


def _fields(fields: list[dict[str, Any]]) -> None:
    table(
        ("Key", "Needed", "Meaning"),
        [(f["name"], f["required"], f["help"] or f["label"]) for f in fields],
        "None.",
    )


@app.command(epilog=example("steward integration new acme --name Acme"))
def new(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="Small letters, digits and _; the folder's name.")
    ],
    name: Annotated[str, typer.Option(metavar="NAME", help="What the app is called.")] = "",
    as_json: Json = False,
) -> None:
    """Write the folder of a new integration, with its test conversation."""
    folder = Path(steward.__file__).parent / "integrations"
    try:
        made = scaffold.write(slug, name or slug.replace("_", " ").title(), folder)
    except ValueError as error:
        raise Failed(str(error)) from None
    show(
        as_json,
        {"slug": slug, "folder": str(made)},
        lambda: typer.echo(
            f"Written to {made}. Run its tests: pytest tests/integrations -k {slug}"
        ),
    )
