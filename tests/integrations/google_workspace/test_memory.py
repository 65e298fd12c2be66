"""A tenant may have any size; what is held while it is read may not."""

from __future__ import annotations

import json
import subprocess
import sys

# In KB. A licence names its holder by address: 32 bytes a user for knowing whose it is.
ALLOWED = 4 * 1024


def read(users: int) -> dict[str, int]:
    """In a process of its own, whose peak says something about this one read."""
    command = [sys.executable, "-m", "tests.integrations.google_workspace.many", str(users)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    told: dict[str, int] = json.loads(done.stdout)
    return told


def test_ten_times_the_users_take_no_more_memory() -> None:
    few, many = read(5_000), read(50_000)
    assert (few["accounts"], many["accounts"]) == (5_000, 50_000)
    assert many["licenses"] == 1 + 50_000
    assert many["groups"] == 1 + 50_000
    assert many["grants"] > 5_000
    assert many["peak"] - few["peak"] < ALLOWED
