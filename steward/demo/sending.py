"""What the made-up company has sent to it: a report by mail each Monday, one a month to its data
warehouse, and a webhook for its tickets. The receiver is here; the mails wait, as there is no mail
server."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from flask import Flask

from steward.demo.company import Company
from steward.demo.serving import serving

PATIENCE = 30.0


@contextmanager
def receiver() -> Iterator[str]:
    """Takes whatever is sent, as a well-behaved program would, and forgets it."""
    app = Flask("receiver")

    @app.post("/<path:path>")
    def take(path: str) -> tuple[str, int]:
        return "", 204

    with serving(app) as base:
        yield base


def send_reports(api: httpx2.Client, company: Company, base: str) -> None:
    """Through the API, as an admin would; each is run once, so that there is a log."""
    lead = next(h for h in company.people if h.department == "Security" and h.left is None)
    tickets = ["instance.failed", "instance.revoked", "instance.removals_held"]
    made = _sent(api, "/webhooks", name="Tickets", url=f"{base}/tickets", events=tickets)
    api.post(f"/webhooks/{made['id']}/test")
    store = _sent(api, "/webhooks", name="Data warehouse", url=f"{base}/steward?source=northwind")
    monday = {"cadence": "weekly", "weekdays": ["mon"], "at": "08:00", "zone": "Europe/Berlin"}
    first = {"cadence": "monthly", "day": 1, "at": "05:30", "zone": "America/New_York"}
    schedules = (
        {"name": "Leavers, for Security", "report": "leavers-with-live-accounts", "format": "pdf",
         "emails": [lead.email], "only_if_rows": True, **monday},
        {"name": "Days active, for the access review", "report": "users-days-active",
         "webhook": store["id"], **first},
    )  # fmt: skip
    for schedule in schedules:
        row = _sent(api, "/schedules", **schedule)
        api.post(f"/schedules/{row['id']}/run")
        _follow(api, row["id"])


def _sent(api: httpx2.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = api.post(path, json=body)
    if answer.status_code != 201:
        sys.exit(f"{path} answered {answer.status_code}: {answer.text}")
    made: dict[str, Any] = answer.json()
    return made


def _follow(api: httpx2.Client, schedule: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if api.get(f"/schedules/{schedule}").json()["last_state"]:
            return
        time.sleep(0.2)
