"""Memory is bounded by a page, not by the size of the tenant."""

from __future__ import annotations

import subprocess
import sys

from steward.demo.serving import serving
from tests.integrations.microsoft_365.crowd import crowd
from tests.prism import ROOT

ROOM = 8 * 1024  # KB


def held(size: int) -> tuple[int, int]:
    """Records read, and the most memory that was held (KB)."""
    program = [sys.executable, "-m", "tests.integrations.microsoft_365.crowd"]
    with serving(crowd(size)) as url:
        ran = subprocess.run(
            [*program, url], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
        )
    seen, most = ran.stdout.split()
    return int(seen), int(most)


def test_ten_times_the_users_take_the_same_memory() -> None:
    few, little = held(5_000)
    many, most = held(50_000)
    assert (few, many) == (3 * 5_000 + 1, 3 * 50_000 + 1)
    assert most - little < ROOM
