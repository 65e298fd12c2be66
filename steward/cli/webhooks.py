"""steward webhook …: where programs are told of what happens."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from steward.cli.output import Json, details, example, show, table
from steward.cli.problems import Failed
from steward.cli.values import pairs
from steward.insight import webhooks as insight
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import webhooks as notify
from steward.notify.events import CHOOSABLE
from steward.sdk.fields import Field

BY, LARGEST_ID = "command line", 2**63 - 1
SHOWN = 50
app = typer.Typer(
    help="Where programs are told of what happens.", no_args_is_help=True, rich_markup_mode=None
)
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=LARGEST_ID, help="Its number, as `webhook list` shows."
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="NAME", help="What it wants; all where none is named."),
]
Secret = Annotated[
    str | None,
    typer.Option(
        metavar="VALUE",
        help="A secret of your own (whsec_…); @FILE takes it from a file, - asks for it. Left out, "
        "Steward makes one.",
    ),
]


@app.command("list", epilog=example("steward webhook list"))
def list_(as_json: Json = False) -> None:
    """All webhooks."""
    rows = [insight.facts_of(row) for row in insight.webhooks()]
    show(
        as_json,
        {"items": rows, "next": None},
        lambda: table(
            ("Id", "Name", "Address", "On", "Waiting", "Why it is disabled"),
            [
                (r["id"], r["name"], r["url"], r["enabled"], r["waiting"], r["disabled_why"])
                for r in rows
            ],
            "No webhook yet. Add one: steward webhook add --help",
        ),
    )


@app.command(epilog=example("steward webhook add Tickets https://tickets.example/steward"))
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to send to.")],
    event: Events = None,
    secret: Secret = None,
    as_json: Json = False,
) -> None:
    """Add a webhook. Its secret is shown once."""
    events = CHOOSABLE if event is None else event
    given = {"name": name, "url": url, "events": events, "secret": _secret(secret)}
    row, made = acts.create(given, known=CHOOSABLE, by=BY)
    _with_secret(row, made, as_json)


@app.command(epilog=example("steward webhook edit 1 --enable"))
def edit(
    id: Id,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call it.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where to send to.")] = None,
    event: Events = None,
    enable: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it is told of anything.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Change a webhook; what is not given stays."""
    given = {"name": name, "url": url, "events": event, "enabled": enable}
    chosen = {key: value for key, value in given.items() if value is not None}
    if not chosen:
        raise Failed("Say what to change: steward webhook edit --help")
    acts.edit(_found(id), chosen, known=CHOOSABLE, by=BY)
    show(as_json, _facts(id), lambda: details(_facts(id)))


@app.command("test", epilog=example("steward webhook test 1"))
def try_out(id: Id, as_json: Json = False) -> None:
    """Send a message of no meaning, now, and say what comes back."""
    made = insight.facts_of_delivery(notify.test(_found(id), BY))
    if made["error"] and not as_json:
        raise Failed(f"It was not delivered. {made['error']}")
    said = f"Delivered: it answered {made['status']} after {made['milliseconds']} ms."
    show(as_json, made, lambda: typer.echo(said))
    if made["error"]:
        raise typer.Exit(1)


@app.command(epilog=example("steward webhook deliveries 1"))
def deliveries(
    id: Id,
    again: Annotated[
        int | None,
        typer.Option(
            "--redeliver", metavar="N", min=1, max=LARGEST_ID, help="Send this one again."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """The last messages and how they went."""
    webhook = _found(id)
    if again is not None:
        _redeliver(webhook, again)
    rows = [insight.facts_of_delivery(row) for row in insight.deliveries_of(webhook)[:SHOWN]]
    show(as_json, {"items": rows, "next": None}, lambda: _table(rows))


def _table(rows: list[dict[str, Any]]) -> None:
    table(
        ("Id", "Message", "Event", "State", "Tries", "Answer", "Next try", "Error"),
        [
            (r["id"], r["message"], r["event"], r["state"], r["attempts"], r["status"],
             r["next_try_at"], r["error"])
            for r in rows
        ],
        "Nothing was sent yet.",
    )  # fmt: skip


def _redeliver(webhook: Webhook, id: int) -> None:
    row = WebhookDelivery.objects.select_related("webhook").filter(pk=id, webhook=webhook).first()
    if row is None:
        raise Failed(f"The webhook {webhook.name} has no message {id}.")
    acts.redeliver(row, by=BY)


@app.command(epilog=example("steward webhook rotate 1"))
def rotate(id: Id, secret: Secret = None, as_json: Json = False) -> None:
    """A new secret, shown once. For a day the former one signs too."""
    row = _found(id)
    made = acts.rotate(row, _secret(secret), by=BY)
    _with_secret(row, made, as_json)


@app.command(epilog=example("steward webhook delete 1"))
def delete(id: Id, as_json: Json = False) -> None:
    """Delete a webhook and its messages. Not while a schedule sends to it."""
    row = _found(id)
    said = f"The webhook {row.name} is deleted."
    acts.delete(row, by=BY)
    show(as_json, {"accepted": True}, lambda: typer.echo(said))


def _with_secret(row: Webhook, secret: str, as_json: bool) -> None:
    facts = {**_facts(row.pk), "secret": secret}

    def say() -> None:
        typer.echo(f"Webhook {row.pk}, {row.name}. Its secret, which is not shown again:\n{secret}")

    show(as_json, facts, say)


def _secret(given: str | None) -> str:
    if given is None:
        return ""
    field = Field("secret", "Secret", secret=True)
    return pairs([f"secret={given}"], {"secret": field}, hidden=True)["secret"]


def _found(id: int) -> Webhook:
    row: Webhook | None = Webhook.objects.filter(pk=id).first()
    if row is None:
        raise Failed(f"There is no webhook {id}. `steward webhook list` shows them.")
    return row


def _facts(id: int) -> dict[str, Any]:
    return insight.facts_of(insight.webhooks().get(pk=id))
