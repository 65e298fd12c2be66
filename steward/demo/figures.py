"""What the main job is about, printed in the terminal from the answers of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

SHOWN = 10


def print_figures(api: httpx2.Client, console: Console) -> None:
    _instances(api, console)
    _leavers(api, console)
    _people(api, console)
    _seats(api, console)
    _licences(api, console)
    _third_parties(api, console)
    _findings(api, console)


def _instances(api: httpx2.Client, console: Console) -> None:
    rows = api.get("/instances").json()["items"]
    _print(
        console,
        "Instances",
        ("Instance", "State", "Accounts", "Streams"),
        [(r["name"], r["state"], r["accounts"], _streams(r)) for r in rows],
    )


def _streams(instance: dict[str, Any]) -> str:
    return ", ".join(
        s["name"] if s["state"] == "ok" else f"{s['name']} ({s['state']})"
        for s in instance["streams"]
    )


def _leavers(api: httpx2.Client, console: Console) -> None:
    found = api.get("/reports/leavers-with-live-accounts").json()
    _print(
        console,
        f"People who have left and can still sign in: {found['total']} accounts",
        ("Person", "App", "Last active"),
        [(r["person_name"], r["app"], _ago(r["active_at"])) for r in found["items"]],
    )
    console.print(f"  [dim]{escape(found['provenance']['sentence'])}[/dim]")


def _people(api: httpx2.Client, console: Console) -> None:
    """The people with the most accounts, and the apps they are in."""
    by_person: dict[str, set[str]] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/accounts", params={"limit": 1000, "cursor": cursor}).json()
        names = {i["id"]: i["name"] for i in api.get("/instances").json()["items"]}
        for account in page["items"]:
            if account["person"] and account["status"] != "removed":
                by_person.setdefault(account["person"], set()).add(names[account["instance"]])
        cursor = page["next"]
    most = sorted(by_person.items(), key=lambda item: (-len(item[1]), item[0]))
    people = [api.get(f"/people/{person}").json()["name"] for person, _ in most[:SHOWN]]
    _print(
        console,
        f"People and the apps they are in: {len(by_person)} people",
        ("Person", "Apps"),
        [
            (name, ", ".join(sorted(apps)))
            for name, (_, apps) in zip(people, most[:SHOWN], strict=False)
        ],
    )


def _seats(api: httpx2.Client, console: Console) -> None:
    found = api.get("/reports/paid-seats-unused", params={"days": 30}).json()
    _print(
        console,
        f"Paid seats unused for 30 days: {found['total']}",
        ("App", "Account", "Why", "Last used"),
        [(r["app"], r["name"] or r["email"], r["why"], _ago(r["used_at"])) for r in found["items"]],
    )
    console.print(f"  [dim]{escape(found['provenance']['sentence'])}[/dim]")


def _licences(api: httpx2.Client, console: Console) -> None:
    rows = api.get("/licenses").json()["items"]
    wasted = sum((Decimal(r["waste_month"]) for r in rows if r["waste_month"]), Decimal(0))
    rows.sort(key=lambda r: Decimal(r["waste_month"] or -1), reverse=True)
    headings = ("Application", "Licence", "Bought", "Assigned", "Active", "Wasted", "a month")
    _print(
        console,
        f"Licences, of which {wasted:,.2f} USD a month could be saved",
        headings,
        [
            (
                r["application_name"],
                r["name"],
                *(r[n] if r[n] is not None else "–" for n in ("bought", "assigned", "active")),
                r["wasted_seats"],
                r["waste_month"] or "–",
            )
            for r in rows
        ],
    )


def _third_parties(api: httpx2.Client, console: Console) -> None:
    """Apps that people let in by themselves, the most used first."""
    found = api.get("/reports/third-party-access").json()
    by_app: dict[str, set[str]] = {}
    for row in found["items"]:
        by_app.setdefault(row["application"], set()).add(row["person_name"] or row["name"])
    most = sorted(by_app.items(), key=lambda item: (-len(item[1]), item[0]))
    _print(
        console,
        f"Apps that people have let in to company data: {len(by_app)}",
        ("App", "People"),
        [(app, len(people)) for app, people in most],
    )
    console.print(f"  [dim]{escape(found['provenance']['sentence'])}[/dim]")


def _findings(api: httpx2.Client, console: Console) -> None:
    rows = api.get("/findings/rules").json()["items"]
    _print(
        console,
        f"Findings: {sum(r['open'] for r in rows)} open",
        ("Rule", "Severity", "Open", "Accepted"),
        [(r["title"], r["severity"], r["open"], r["accepted"]) for r in rows],
    )


def _ago(moment: str | None) -> str:
    if moment is None:
        return "never"
    days = (datetime.now(UTC) - datetime.fromisoformat(moment)).days
    return f"{days} days ago" if days else "today"


def _print(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    table = Table(*headings, title=f"\n{title}", title_justify="left", title_style="bold")
    for row in rows[:SHOWN]:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(f"  … and {len(rows) - SHOWN} more")
