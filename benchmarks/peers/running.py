"""Runs another tool on the same server, in a virtual environment that holds that tool alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCKS = HERE.parent.parent / "requirements"
UNPREPARED = "its virtual environment cannot be made (is there a network?)"


class NotMeasured(Exception):
    """In a sentence for whoever runs the bench, which goes on without that tool."""


@dataclass(frozen=True)
class Peer:
    name: str
    databases: tuple[str, ...]
    # How many times faster than it Steward has to be.
    goal: float

    def label(self, database: str) -> str:
        return f"{self.name}.{database}" if len(self.databases) > 1 else self.name


PEERS = (
    Peer("dlt", ("sqlite", "postgresql"), 4),
    Peer("singer", ("sqlite",), 4),
    Peer("airbyte", ("sqlite",), 2),
)


def prepare(peer: Peer) -> Path:
    """The Python that has it installed as locked; without network after the first time."""
    place = HERE / ".venv" / peer.name
    lock = LOCKS / f"bench-{peer.name}.txt"
    if not (place / "pyvenv.cfg").exists():
        call(peer, uv("venv", "--python", sys.executable, str(place)), UNPREPARED)
    sync = uv("pip", "sync", "--require-hashes", "--python", str(place), str(lock))
    call(peer, sync, UNPREPARED)
    return place / "bin" / "python"


def run(peer: Peer, python: Path, url: str, database: str, accounts: int) -> dict[str, Any]:
    """`took` in seconds and `peak_rss_mb`; refused when it did not store every account."""
    script = HERE / f"with_{peer.name}.py"
    said = call(peer, [str(python), str(script), url, database], "its run failed")
    found: dict[str, Any] = json.loads(said[-1])
    if found["records"] != accounts:
        stored = found["records"]
        raise NotMeasured(f"{peer.name} is left out, as it stored {stored} of {accounts} accounts.")
    return found


def uv(*words: str) -> list[str]:
    return [sys.executable, "-m", "uv", "--quiet", *words]


def call(peer: Peer, command: list[str], fault: str) -> list[str]:
    """Its lines. In a new folder, as some tools leave their state where they are started."""
    with tempfile.TemporaryDirectory(prefix="steward-bench-") as place:
        done = subprocess.run(
            command, cwd=place, env={**os.environ, "DLT_DATA_DIR": place}, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise NotMeasured(f"{peer.name} is left out, as {fault}: {said[-1].strip()}")
    return done.stdout.splitlines()
