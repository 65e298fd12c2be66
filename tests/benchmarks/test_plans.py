"""Of a company like the bench's, only smaller: no page has a large table read from end to end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import steward_on

ROOT = Path(__file__).parents[2]


def run(steward, *words):
    done = subprocess.run(
        [sys.executable, "-m", *words], env=steward.env, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(params=["sqlite", "postgresql"])
def company(request, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").database("plans")
    with steward_on(tmp_path, url) as steward:
        run(steward, "benchmarks.company", "0.02")
        yield steward


def test_no_large_table_is_read_without_an_index(company):
    found = json.loads(run(company, "benchmarks.plans"))
    # A search for letters in the middle of words looks at every name and address there is.
    assert {path: tables for path, tables in found.items() if "q=" not in path} == {}
