"""What the made-up company has accepted of what the rules find."""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from typing import Any

import httpx2

PATIENCE = 60.0
_REASON = "Copies files to the archive each night. IT looks after it and changes its key in spring."


def accept_one(api: httpx2.Client, today: date) -> None:
    """The service account that makes backups, for half a year."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := [one for one in _nobodys(api) if one["name"] == "svc-backup"]:
            until = (today + timedelta(days=180)).isoformat()
            body = {"state": "accepted", "reason": _REASON, "until": until}
            answer = api.patch(f"/findings/{found[-1]['id']}", json=body)
            if answer.is_error:
                sys.exit(f"The finding could not be accepted: {answer.text}")
            return
        time.sleep(0.5)
    sys.exit("The rules were not asked within a minute.")


def _nobodys(api: httpx2.Client) -> list[dict[str, Any]]:
    asked = {"rule": "account-nobody-owns", "limit": "1000"}
    found: list[dict[str, Any]] = api.get("/findings", params=asked).json()["items"]
    return found
