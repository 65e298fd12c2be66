"""`steward demo`: vendor simulators on loopback, connected over HTTP through the public API.

Everything here goes the way a customer's data goes; the demo knows nothing of the database.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2
from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from steward.demo.bringing import bring_people
from steward.demo.company import Company, made_up
from steward.demo.contracts import enter_contracts
from steward.demo.figures import print_figures
from steward.demo.findings import accept_one
from steward.demo.paying import pay
from steward.demo.pricing import price_licences
from steward.demo.records import enter_records
from steward.demo.reporting import make_reports
from steward.demo.reviewing import review_access
from steward.demo.sending import receiver, send_reports
from steward.demo.tenants import Connection, tenants
from steward.inventory.member import ApiToken, Member, Role

EMAIL = "admin@northwind-labs.example"
PATIENCE = 180.0
console = Console()


def reset() -> None:
    """The demo begins anew each time, in a folder of its own."""
    folder = settings.STEWARD_DATA_DIR
    for file in folder.glob("steward*.sqlite3*"):
        file.unlink()
    console.print("Preparing the database …")
    call_command("migrate", interactive=False, verbosity=0)


def sign_in() -> tuple[str, str]:
    """The admin's password and an API token, both made for this demo alone."""
    password = secrets.token_urlsafe(9)
    member = Member.objects.create_user(EMAIL, password, name="Demo Admin", role=Role.ADMIN)
    _, token = ApiToken.make("demo", str(Role.ADMIN), member)
    return password, token


def play(once: bool, ready: threading.Event) -> None:
    """What is shown while the servers run; `ready` is set when all has been shown."""
    password, token = sign_in()
    company = made_up()
    with ExitStack() as stack:
        base = f"http://{settings.STEWARD_BIND}"
        api = stack.enter_context(_client(base, token))
        _wait_for_server(api)
        _connect_all(api, stack.enter_context(tenants(company)), company)
        bring_people(api, company)
        price_licences(api, company.today)
        enter_contracts(api, [human.email for human in company.people if not human.left][:3])
        pay(api, company, console)
        enter_records(api)
        send_reports(api, company, stack.enter_context(receiver()))
        accept_one(api, company.today)
        review_access(api, company, base)
        make_reports(api)
        print_figures(api, console)
        _say_goodbye(password)
        ready.set()
        if not once:
            threading.Event().wait()


@contextmanager
def _client(base: str, token: str) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(
        base_url=f"{base}/api/v1", headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


def _wait_for_server(api: httpx2.Client) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if api.get("/healthz").json().get("worker"):
                return
        except (httpx2.TransportError, ValueError):
            pass
        time.sleep(0.2)
    sys.exit("Steward did not start within a minute; the lines above say why.")


def _connect_all(api: httpx2.Client, connections: list[Connection], company: Company) -> None:
    console.print(
        f"\n[bold]{company.name}[/bold], made up: {len(company.people)} people. "
        f"Connecting {len(connections)} instances over HTTP …"
    )
    runs = [_connect(api, connection) for connection in connections]
    for instance in runs:
        _follow(api, instance)


def _connect(api: httpx2.Client, connection: Connection) -> dict[str, Any]:
    answer = api.post("/instances", json=connection.body())
    if answer.status_code != 201:
        sys.exit(f"{connection.name} could not be connected: {answer.text}")
    instance: dict[str, Any] = answer.json()
    console.print(f"  connected {instance['name']} ({instance['tenant']})")
    return instance


def _follow(api: httpx2.Client, instance: dict[str, Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    with console.status(f"Syncing {instance['name']} …"):
        while time.monotonic() < deadline:
            run = api.get(f"/instances/{instance['id']}/runs").json()["items"][0]
            if run["state"] not in ("queued", "running", "parked"):
                counts = ", ".join(f"{n} {what}" for what, n in run["counts"].items() if n)
                error = f": {run['error']}" if run["error"] else ""
                console.print(f"  {instance['name']} {run['state']}{error} ({counts})")
                return
            time.sleep(0.3)
    sys.exit(f"{instance['name']} did not finish in {PATIENCE:.0f} seconds.")


def _say_goodbye(password: str) -> None:
    console.print(f"\nSteward is at [bold]{settings.STEWARD_BASE_URL}[/bold]")
    console.print(f"Sign in with  {EMAIL}  and  {password}")
    console.print("Ctrl-C ends it.\n")
