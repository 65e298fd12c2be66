"""A large import in a worker that is killed: begun anew, and brought once."""

import signal
import sqlite3
import time

import pytest

from tests.processes import Steward

ASK = """
from steward.inventory.imports import ImportTask
from steward.ledger.imports import behind, drafts
from steward.ledger.imports.bringing import Brought
text = "name,status\\n" + "".join(f"Tool {n},approved\\n" for n in range(20_000))
draft = drafts.keep(Brought.of("applications", "tools.csv", text.encode()), None)
behind.ask(draft, ImportTask.BRING, by="admin@corp.example")
"""


@pytest.fixture
def steward(tmp_path):
    running = Steward(tmp_path)
    yield running
    running.end()


def told(steward, question):
    with sqlite3.connect(steward.folder / "steward.sqlite3", timeout=30) as database:
        return database.execute(question).fetchone()


def wait_for(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(steward):
    assert steward.run("token", "create", "--name", "x", "--role", "admin").returncode == 0
    steward.python(ASK)
    worker = steward.start("worker")
    state = "SELECT state, checked FROM inventory_importtask"
    wait_for(lambda: told(steward, state)[1] >= 500)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert told(steward, state)[0] in ("checking", "writing")
    assert told(steward, "SELECT count(*) FROM inventory_import") == (0,)
    assert told(steward, "SELECT count(*) FROM inventory_application") == (0,)
    steward.start("worker")
    wait_for(lambda: told(steward, state)[0] == "done")
    assert told(steward, "SELECT attempt, checked FROM inventory_importtask") == (2, 20_000)
    assert told(steward, "SELECT count(*) FROM inventory_import") == (1,)
    assert told(steward, "SELECT count(*) FROM inventory_application") == (20_000,)
