"""Steward's own syncs, in a process of their own whose memory is theirs alone.

python -m benchmarks.syncing URL first again changed
python -m benchmarks.syncing URL forty
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from typing import Any

import django
import httpx2

django.setup()
logging.disable(logging.INFO)

from steward.inventory.instance import Instance  # noqa: E402
from steward.inventory.run import OPEN, Run  # noqa: E402
from steward.sync import acts, engine  # noqa: E402
from steward.work import worker  # noqa: E402

# Until the worker looks for work: a company's worker is there already.
WARM = 2.0


def connect(url: str, name: str) -> Instance:
    return acts.connect(
        "scim", name=name, settings={"url": url}, credentials={"token": "bench"}, auth="bearer",
        by="bench", sync=False, allow_same_tenant=True,
    )  # fmt: skip


def one(url: str, names: list[str]) -> dict[str, float]:
    """Seconds of each sync of one instance."""
    worker.spare_the_collector()
    instance = connect(url, "Bench")
    took = {}
    for name in names:
        if name == "changed":
            httpx2.get(f"{url}/change")
        run = acts.request_sync(instance, by="bench")
        began = time.perf_counter()
        engine.carry_out(run.pk)
        took[name] = time.perf_counter() - began
        run.refresh_from_db()
        if run.state != Run.SUCCEEDED:
            sys.exit(f"The sync {run.state}: {run.error}")
    return took


def forty(url: str) -> dict[str, float]:
    """All at once through the worker: the first sync of each, and the one after it."""
    instances = [connect(url, f"Bench {number}") for number in range(40)]
    took = {}
    with worker.running():
        time.sleep(WARM)
        for name in ("forty.first", "forty.again"):
            began = time.perf_counter()
            for instance in instances:
                acts.request_sync(instance, by="bench")
            while Run.objects.filter(state__in=OPEN).exists():
                time.sleep(0.05)
            took[name] = time.perf_counter() - began
    if Run.objects.exclude(state=Run.SUCCEEDED).exists():
        sys.exit("Not all syncs succeeded.")
    return took


def main(url: str, names: list[str]) -> dict[str, Any]:
    took = forty(url) if names == ["forty"] else one(url, names)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"took": took, "peak_rss_mb": round(peak / 1024)}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))
