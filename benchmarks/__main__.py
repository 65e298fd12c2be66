"""`make bench`: prints a table and writes benchmarks/results.json."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACCOUNTS = int(os.environ.get("BENCH_ACCOUNTS", "20000"))
RESULTS = Path(__file__).parent / "results.json"
GOALS = {"sync.first.sqlite": 0.5, "sync.again.sqlite": 1.0}


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="steward-bench-"))
    os.environ |= {
        "STEWARD_DATA_DIR": str(folder),
        "STEWARD_DATABASE_URL": "",
        "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "steward.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import bare_loop, server

    call_command("migrate", verbosity=0)
    with server.serving(ACCOUNTS) as url:
        print(f"{ACCOUNTS} accounts in pages of {server.PAGE} …", flush=True)
        bare = seconds(lambda: bare_loop.run(url, folder / "bare.sqlite3"))
        sync = syncing(url)
        results = [
            result("sync.first.sqlite", seconds(sync), bare),
            result("sync.again.sqlite", seconds(sync), bare),
        ]
    report(bare, results)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def syncing(url: str) -> Callable[[], None]:
    from steward.inventory.run import Run
    from steward.sync import acts, engine

    secret = {"token": "bench"}
    instance = acts.connect(
        "scim",
        name="Bench",
        settings={"url": url},
        credentials=secret,
        auth="bearer",
        by="bench",
        sync=False,
    )

    def sync() -> None:
        run = acts.request_sync(instance, by="bench")
        engine.carry_out(run.pk)
        run.refresh_from_db()
        if run.state != Run.SUCCEEDED:
            sys.exit(f"The sync {run.state}: {run.error}")

    return sync


def result(name: str, took: float, bare: float) -> dict[str, Any]:
    return {
        "name": name,
        "records_per_s": round(ACCOUNTS / took),
        "ratio": round(bare / took, 2),
        "goal": GOALS[name],
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def report(bare: float, results: list[dict[str, Any]]) -> None:
    print(f"{'bare loop':<20} {ACCOUNTS / bare:>10.0f} records/s")
    for row in results:
        print(
            f"{row['name']:<20} {row['records_per_s']:>10} records/s   ratio {row['ratio']:.2f}"
            f" (goal {row['goal']})   peak {row['peak_rss_mb']} MB"
        )
    RESULTS.write_text(json.dumps({"results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
