"""`make bench`: prints a table and writes benchmarks/results.json.

BENCH_ACCOUNTS changes the size, BENCH_ONLY="sync memory forty peers large" what is measured,
BENCH_PEER_ACCOUNTS the size at which Steward and other tools are compared, BENCH_SCALE=0.1 makes
the large company a tenth as large.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks import server
from benchmarks.peers import running as peering
from tests.postgresql import serving as postgresql

ACCOUNTS = int(os.environ.get("BENCH_ACCOUNTS", "100000"))
MOST = int(os.environ.get("BENCH_MOST", "1000000"))
PEER_ACCOUNTS = int(os.environ.get("BENCH_PEER_ACCOUNTS", "20000"))
ROUNDS = 3
SCALE = os.environ.get("BENCH_SCALE", "1")
ONLY = os.environ.get("BENCH_ONLY", "sync memory forty peers large").split()
RESULTS = Path(__file__).parent / "results.json"
GOALS = {"first": 0.5, "again": 1.0, "changed": 0.8}
FORTY_ACCOUNTS, DELAY, PAGE = 2_000, 0.1, 200
# Requests that a worker has under way at once (steward.sync.turns).
AT_ONCE = 8
# Seconds for a page at the median and at p95; SQLite may take twice as long.
MEDIAN, P95 = 0.3, 0.8
GONE_WITHIN, SLOWER, EXPORTED_PER_S = 1.0, 2.0, 50_000
FORTY_PAGES = FORTY_ACCOUNTS // PAGE


def main() -> None:
    results: list[dict[str, Any]] = []
    for part in ONLY:
        for result in PARTS[part]():
            results.append(result)
            tell(result)
    RESULTS.write_text(json.dumps({"results": results}, indent=2) + "\n")


def syncs() -> Iterator[dict[str, Any]]:
    with postgresql() as database:
        for kind in ("sqlite", "postgresql"):
            yield from compared(kind, database.database if kind == "postgresql" else None)


def compared(kind: str, database: Callable[[str], str] | None) -> Iterator[dict[str, Any]]:
    """In turns, and of each the fastest, as other work on the machine only ever slows."""
    bare, found = [], []
    for number in range(ROUNDS):
        with server.serving(ACCOUNTS) as url:
            place = database(f"bare{number}") if database else str(folder() / "bare.sqlite3")
            bare.append(python("benchmarks.bare_loop", [url, place])["bare"])
            place = database(f"steward{number}") if database else ""
            found.append(run_steward(url, place, *GOALS))
    before, peak = min(bare), max(one["peak_rss_mb"] for one in found)
    yield entry(f"bare.{kind}", ACCOUNTS, before, 1.0, None, None)
    for name, goal in GOALS.items():
        took = min(one["took"][name] for one in found)
        yield entry(f"sync.{name}.{kind}", ACCOUNTS, took, before / took, goal, peak)


def memory() -> Iterator[dict[str, Any]]:
    """Peak memory at ten thousand accounts and at a million; the ratio is of one to the other."""
    peaks = []
    for accounts in (10_000, MOST):
        with server.serving(accounts) as url:
            found = run_steward(url, "", "first")
        peaks.append(found["peak_rss_mb"])
        ratio = peaks[-1] / peaks[0]
        took = found["took"]["first"]
        yield entry(f"memory.{accounts}", accounts, took, ratio, 1.2, peaks[-1])


def forty() -> Iterator[dict[str, Any]]:
    """Against the least it could take: all pages one after another, eight at a time."""
    ideal = 40 * FORTY_PAGES * DELAY / AT_ONCE
    with server.serving(FORTY_ACCOUNTS, DELAY) as url:
        found = run_steward(url, "", "forty")
    for name, took in found["took"].items():
        yield entry(name, 40 * FORTY_ACCOUNTS, took, ideal / took, 0.8, found["peak_rss_mb"])


def peers() -> Iterator[dict[str, Any]]:
    """Steward's first sync against another tool's, at the same number of accounts."""
    with server.serving(PEER_ACCOUNTS) as url, postgresql() as database:
        for peer in peering.PEERS:
            try:
                yield from against(peer, url, database.database)
            except peering.NotMeasured as reason:
                print(reason, flush=True)


def against(
    peer: peering.Peer, url: str, database: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    """In turns, and of each the fastest, as other work on the machine only ever slows."""
    prepared = peering.prepare(peer)
    for kind in peer.databases:
        ours, theirs = [], []
        for number in range(ROUNDS):
            places = ("", str(folder() / "peer.sqlite3"))
            if kind == "postgresql":
                places = (database(f"steward{number}"), database(f"{peer.name}{number}"))
            ours.append(first_sync(url, places[0]))
            theirs.append(peering.run(peer, prepared, url, places[1], PEER_ACCOUNTS))
        fastest = (min(side, key=itemgetter("took")) for side in (ours, theirs))
        yield from beside(peer, kind, *fastest)


def first_sync(url: str, database: str) -> dict[str, Any]:
    found = run_steward(url, database, "first")
    return {"took": found["took"]["first"], "peak_rss_mb": found["peak_rss_mb"]}


def beside(
    peer: peering.Peer, kind: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    before, took = theirs["took"], ours["took"]
    peak = theirs["peak_rss_mb"]
    yield entry(f"peer.{peer.name}.{kind}", PEER_ACCOUNTS, before, None, None, peak)
    name, ratio = f"sync.vs.{peer.label(kind)}", before / took
    yield entry(name, PEER_ACCOUNTS, took, ratio, peer.goal, ours["peak_rss_mb"])


def large() -> Iterator[dict[str, Any]]:
    with postgresql() as database:
        for kind, address, patience in (
            ("postgresql", database.database("large"), 1),
            ("sqlite", "", 2),
        ):
            env = prepared(address)
            python("benchmarks.company", [SCALE], env)
            yield from of_pages(kind, python("benchmarks.large", ["pages"], env), patience)
            yield of_export(kind, python("benchmarks.large", ["export"], env))
            yield from of_deleting(kind, python("benchmarks.large", ["deleting"], env))


def of_pages(kind: str, found: dict[str, Any], patience: int) -> Iterator[dict[str, Any]]:
    """The ratio is of the time allowed to the time taken; the slowest speak for all."""
    first = max(found["first"].values())
    yield {
        "name": f"pages.first.{kind}", "ms": round(first * 1000), "ratio": None, "goal": None,
        "pages": found["first"],
    }  # fmt: skip
    told = found["pages"]
    for name, allowed in (("median", MEDIAN), ("p95", P95)):
        slowest = max(told, key=lambda path: told[path][name])
        took = told[slowest][name]
        yield {
            "name": f"pages.{name}.{kind}", "slowest": slowest, "ms": round(took * 1000),
            "ratio": round(allowed * patience / took, 2), "goal": 1.0, "pages": told,
        }  # fmt: skip


def of_export(kind: str, found: dict[str, Any]) -> dict[str, Any]:
    speed = found["rows"] / found["took"]
    return {
        "name": f"export.csv.{kind}", "records_per_s": round(speed),
        "ratio": round(speed / EXPORTED_PER_S, 2), "goal": 1.0,
        "peak_rss_mb": found["peak_rss_mb"], "grew_mb": found["grew_mb"],
    }  # fmt: skip


def of_deleting(kind: str, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    took = found["took"]
    ratio = round(GONE_WITHIN / took, 2)
    yield {"name": f"delete.{kind}", "ms": round(took * 1000), "ratio": ratio, "goal": 1.0}
    worst = max(found["slower"].values())
    yield {
        "name": f"purge.pages.{kind}", "slower": found["slower"],
        "ratio": round(SLOWER / worst, 2), "goal": 1.0,
    }  # fmt: skip


PARTS = {"sync": syncs, "memory": memory, "forty": forty, "peers": peers, "large": large}


def prepared(database: str) -> dict[str, str]:
    """The environment of a Steward on an empty database."""
    env = {
        "STEWARD_DATA_DIR": str(folder()),
        "STEWARD_DATABASE_URL": database,
        "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "steward.settings",
    }
    command = [sys.executable, "-m", "steward", "db", "migrate"]
    subprocess.run(command, env={**os.environ, **env}, check=True, capture_output=True)
    return env


def run_steward(url: str, database: str, *names: str) -> dict[str, Any]:
    return python("benchmarks.syncing", [url, *names], prepared(database))


def python(module: str, words: list[str], env: dict[str, str] | None = None) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *words], env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return found


def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="steward-bench-"))


def entry(
    name: str,
    accounts: int,
    took: float,
    ratio: float | None,
    goal: float | None,
    peak: int | None,
) -> dict[str, Any]:
    return {
        "name": name,
        "accounts": accounts,
        "records_per_s": round(accounts / took),
        "ratio": ratio and round(ratio, 2),
        "goal": goal,
        "peak_rss_mb": peak,
    }


def tell(row: dict[str, Any]) -> None:
    goal = f" (goal {row['goal']})" if row["goal"] else ""
    peak = f"   peak {row['peak_rss_mb']} MB" if row.get("peak_rss_mb") else ""
    ratio = f"   ratio {row['ratio']:.2f}" if row["ratio"] else ""
    speed = f"{row['records_per_s']:>8} records/s" if "records_per_s" in row else ""
    took = f"{row['ms']:>8} ms" if "ms" in row else ""
    print(f"{row['name']:<24} {speed or took}{ratio}{goal}{peak}", flush=True)


if __name__ == "__main__":
    main()
