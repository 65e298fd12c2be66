"""A company of 1,000,000 accounts: its pages, the deletion of an instance, an export.

    python -m benchmarks.large pages|deleting|export

In a process of its own, on the database of the environment; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx2

from benchmarks.pages import asked, served, signed_in, timed
from steward.inventory.account import Account
from steward.inventory.instance import Book

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
# While an instance is purged these are asked for, as people would.
WATCHED = ("/", "/people/", "/applications/", "/reports/orphan-accounts/", "/api/v1/accounts")
# What shows most of the figures that are counted at the start.
FIRST = ("/", "/reports/")
# Seconds from the start of the web server until it has counted that; it then serves for days.
SETTLED = 30.0
GOING, EXPORTED = 2, 1


def pages() -> dict[str, Any]:
    """The first look of all is told apart: in the moments after its start the web server counts
    what it then keeps ready."""
    with served() as (base, _):
        first = timed(base, list(FIRST), 1)
        time.sleep(SETTLED)
        took = timed(base, asked(), ROUNDS)
    told = {p: {"median": median(s), "p95": quantiles(s, n=20)[-1]} for p, s in took.items()}
    return {"first": {path: seconds[0] for path, seconds in first.items()}, "pages": told}


def deleting() -> dict[str, Any]:
    """How long until an instance of 100,000 users is gone, and the watched pages before, and while
    a worker purges it."""
    _, headers = signed_in()
    with served() as (base, _):
        time.sleep(SETTLED)
        before = timed(base, list(WATCHED), 5)
        began = time.perf_counter()
        answer = httpx2.delete(
            f"{base}/api/v1/instances/{GOING}?understood=true", headers=headers, timeout=60
        )
        took = time.perf_counter() - began
        assert answer.status_code == 202, answer.text
        gone = httpx2.get(f"{base}/api/v1/instances/{GOING}", headers=headers, timeout=60)
        assert gone.status_code == 404
        with worker():
            during = timed(base, list(WATCHED), 60, until=purged)
    slower = {path: median(during[path]) / median(before[path]) for path in WATCHED}
    return {"took": took, "rounds": len(during["/"]), "slower": slower}


@contextmanager
def worker() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-m", "steward", "worker"], stderr=2) as process:
        try:
            yield
        finally:
            process.terminate()


def purged() -> bool:
    return not Book.objects.filter(pk=GOING).exists()


def export() -> dict[str, Any]:
    """All accounts of the largest instance as CSV, and what the web server's memory grew by."""
    cookies, _ = signed_in()
    with (
        served() as (base, process),
        httpx2.Client(base_url=base, cookies=cookies, timeout=300) as client,
    ):
        client.get("/instances/40/accounts/?format=csv")
        time.sleep(SETTLED)
        before = resident(process)
        began, lines, most = time.perf_counter(), 0, 0
        with client.stream("GET", f"/instances/{EXPORTED}/accounts/?format=csv") as answer:
            for chunk in answer.iter_bytes():
                lines += chunk.count(b"\n")
                most = max(most, resident(process))
        took = time.perf_counter() - began
    rows = Account.objects.filter(instance=EXPORTED).exclude(status=Account.REMOVED).count()
    assert lines == rows + 1, (lines, rows)
    return {"took": took, "rows": rows, "grew_mb": most - before, "peak_rss_mb": most}


def resident(process: subprocess.Popen[bytes]) -> int:
    """Megabytes of the server and its own processes together, by the kernel's account."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return sum(_resident(pid) for pid in (str(process.pid), *children)) // 1024


def _resident(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


if __name__ == "__main__":
    print(json.dumps({"pages": pages, "deleting": deleting, "export": export}[sys.argv[1]]()))
