"""The worker as it is: a process of its own that may die at any moment."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim

PEOPLE = 3000


@pytest.fixture
def tenant():
    controls = Controls(page_cap=50, latency=0.05)
    with serving(scim.simulator(made_up(PEOPLE), controls)) as base:
        yield f"{base}/scim/v2", controls


@pytest.fixture
def steward(tmp_path):
    env = {
        **os.environ,
        "STEWARD_DATA_DIR": str(tmp_path),
        "STEWARD_DATABASE_URL": "",
        "STEWARD_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "-m", "steward"]

    def run(*words, wait=True):
        if wait:
            return subprocess.run(
                [*command, *words], env=env, capture_output=True, text=True, check=False
            )
        return subprocess.Popen([*command, *words], env=env, stderr=subprocess.DEVNULL)

    run.folder = tmp_path
    return run


def rows(folder, question):
    with sqlite3.connect(folder / "steward.sqlite3", timeout=30) as database:
        return database.execute(question).fetchall()


def wait_until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def connect(steward, url):
    steward("token", "create", "--name", "first", "--role", "admin")
    worker = steward("worker", wait=False)
    wait_until((steward.folder / "steward.sqlite3").exists)
    wait_until(lambda: rows(steward.folder, "SELECT count(*) FROM inventory_worker") == [(1,)])
    added = steward(
        "instance", "add", "scim", "--name", "Design", "--set", f"url={url}",
        "--auth", "bearer", "--secret", "token=demo-token",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    return worker


def test_a_worker_killed_in_the_middle_of_a_sync_goes_on_where_it_was(steward, tenant):
    url, controls = tenant
    worker = connect(steward, url)
    read = "SELECT count(*) FROM inventory_account"
    wait_until(lambda: rows(steward.folder, read)[0][0] >= 200)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    before, asked = rows(steward.folder, read)[0][0], controls.requests
    worker = steward("worker", wait=False)
    state = "SELECT state, attempt FROM inventory_run"
    wait_until(lambda: rows(steward.folder, state)[0][0] == "succeeded")
    worker.terminate()
    worker.wait(20)
    everybody = sum(1 for _ in made_up(PEOPLE).users("scim"))
    assert 200 <= before < everybody
    assert rows(steward.folder, read) == [(everybody,)]
    assert rows(steward.folder, state) == [("succeeded", 2)]
    assert rows(steward.folder, "SELECT DISTINCT status FROM inventory_account") != [("removed",)]
    # What was read before the kill is not read again, but for the page that was under way.
    assert controls.requests - asked <= (everybody - before) // 50 + 30


def test_a_worker_that_is_asked_to_end_ends(steward, tenant):
    url, _ = tenant
    worker = connect(steward, url)
    worker.terminate()
    assert worker.wait(20) == 0
    assert rows(steward.folder, "SELECT count(*) FROM inventory_worker") == [(0,)]
