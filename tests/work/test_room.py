"""A disk without room: said in the run, and over when there is room again."""

import resource
import sqlite3
import time

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim
from steward.sync.room import FULL
from tests.processes import steward_on, wait_until
from tests.work.test_takeover import CONNECT

PEOPLE = 8000
ROOM = 400_000
# Bytes that a log may have, and seconds in which everything looks for work at least once.
LOG, FULL_FOR = 16_000, 6


def runs(folder):
    with sqlite3.connect(folder / "steward.sqlite3", timeout=30) as database:
        return database.execute("SELECT state, code, error FROM inventory_run").fetchall()


def leave_room(process, size):
    """No file of the process grows beyond that many bytes; SQLite sees it as a full disk."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(tmp_path):
    with (
        serving(scim.simulator(made_up(PEOPLE), Controls(page_cap=100, latency=0.1))) as base,
        steward_on(tmp_path) as steward,
    ):
        steward.python(CONNECT.format(count=1, url=f"{base}/scim/v2"))
        worker = steward.start("worker")
        wait_until(lambda: runs(tmp_path)[0][0] == "running", 60, steward.logs)
        largest = max(file.stat().st_size for file in tmp_path.glob("steward*"))
        leave_room(worker, largest + ROOM)
        wait_until(lambda: "disk is full" in steward.logs(), 60, steward.logs)
        # Enough to say so, not enough to go on.
        leave_room(worker, largest + ROOM + 100_000)
        wait_until(lambda: runs(tmp_path)[0][1] == "disk_full", 60, steward.logs)
        assert runs(tmp_path) == [("parked", "disk_full", FULL)]
        leave_room(worker, resource.RLIM_INFINITY)
        wait_until(lambda: runs(tmp_path)[0][0] == "succeeded", 120, steward.logs)
        with sqlite3.connect(tmp_path / "steward.sqlite3") as database:
            accounts = database.execute("SELECT count(*) FROM inventory_account").fetchone()
        assert accounts == (sum(1 for _ in made_up(PEOPLE).users("scim")),)


def test_a_worker_outlives_a_disk_that_is_full_for_everything(tmp_path):
    """DBOS's own file and the log's too. What ended meanwhile is begun again afterwards."""
    app = Controls(page_cap=20, latency=0.2)
    with (
        serving(scim.simulator(made_up(1000), app)) as base,
        steward_on(tmp_path) as steward,
    ):
        steward.python(CONNECT.format(count=1, url=f"{base}/scim/v2"))
        worker = steward.start("worker")
        wait_until(lambda: runs(tmp_path)[0][0] == "running", 60, steward.logs)
        leave_room(worker, LOG)
        wait_until(lambda: steward.said("disk is full"), 60, steward.logs)
        time.sleep(FULL_FOR)
        leave_room(worker, resource.RLIM_INFINITY)
        wait_until(lambda: runs(tmp_path)[0][0] == "succeeded", 60, steward.logs)
        app.latency = 0
        again = steward.run("instance", "sync", "1", "--wait")
        assert again.returncode == 0, again.stderr
        wait_until(lambda: mails(tmp_path) == 0, 60, steward.logs)
        assert "Traceback" not in steward.logs()


def mails(folder):
    """Moments that nobody was told of yet: they are looked at by what is done besides syncs."""
    with sqlite3.connect(folder / "steward.sqlite3", timeout=30) as database:
        waiting = "SELECT count(*) FROM inventory_moment WHERE notified_at IS NULL"
        return database.execute(waiting).fetchone()[0]
