"""The engine, the reports and the secrets once more, on a real PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The kills are done on both databases by themselves.
ELSEWHERE = "--ignore=tests/sync/test_kills.py"
SUITES = (
    "tests/sync",
    "tests/inventory",
    "tests/insight",
    "tests/ledger",
    "tests/notify",
    "tests/test_secrets.py",
)


def test_all_holds_on_postgresql(postgresql):
    env = {**os.environ, "STEWARD_TEST_DATABASE_URL": postgresql.url}
    env.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--create-db", ELSEWHERE, *SUITES],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
