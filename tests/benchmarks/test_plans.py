"""Of a company like the bench's, only smaller: no page has a large table read from end to end, and
money adds up to the same sum wherever it is told."""

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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request, tmp_path_factory):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").database("plans")
    with steward_on(tmp_path_factory.mktemp("company"), url) as steward:
        run(steward, "benchmarks.company", "0.02")
        yield steward


def test_no_large_table_is_read_without_an_index(company):
    found = json.loads(run(company, "benchmarks.plans"))
    # A search for letters in the middle of words looks at every name and address there is.
    # What somebody makes may group everybody; it is broken off where it takes long.
    unbounded = ("q=", "/reports/new/")
    bounded = {path: read for path, read in found.items() if not any(u in path for u in unbounded)}
    assert bounded == {}


def test_money_adds_up_to_the_same_sum_wherever_it_is_told(company):
    found = json.loads(run(company, "benchmarks.sums"))
    assert len(found["spent"]) == 17
    assert len(found["committed"]) == 13
    assert len(found["wasted"]) == 11
    for told in found.values():
        assert len(set(told.values())) == 1, told
        assert float(told["page" if "page" in told else "home"]) > 0
