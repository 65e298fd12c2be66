"""Several workers on PostgreSQL: one dies or sleeps, the database goes away and comes back."""

import os
import signal

import psycopg
import pytest

from steward.demo.company import made_up
from steward.demo.controls import Controls
from steward.demo.serving import serving
from steward.demo.vendors import scim
from tests.processes import steward_on, wait_until

PEOPLE = 800
INSTANCES = 4
CONNECT = """
from steward.sync import acts
for number in range({count}):
    acts.connect("scim", name=f"App {{number}}", settings={{"url": "{url}"}}, auth="bearer",
        credentials={{"token": "demo-token"}}, by="admin@corp.example", allow_same_tenant=True)
"""


@pytest.fixture
def tenant():
    controls = Controls(page_cap=50, latency=0.3)
    with serving(scim.simulator(made_up(PEOPLE), controls)) as base:
        yield f"{base}/scim/v2", controls


@pytest.fixture
def installation(postgresql, tmp_path, request):
    url = postgresql.database(f"t{abs(hash(request.node.name)) % 10**8}")
    with steward_on(tmp_path, url) as made:
        made.url = url
        yield made


def rows(url, question):
    with psycopg.connect(url) as database:
        return database.execute(question).fetchall()


def runs(url):
    return rows(url, "SELECT id, state, attempt FROM inventory_run ORDER BY id")


def everybody():
    return sum(1 for _ in made_up(PEOPLE).users("scim"))


def start_workers(steward, count):
    found = [
        steward.start("worker", STEWARD_WORKER_NAME=f"worker-{number}") for number in range(count)
    ]
    alive = "SELECT count(*) FROM inventory_worker"
    wait_until(lambda: rows(steward.url, alive) == [(count,)], why=steward.logs)
    return found


def reading(steward, count):
    """All runs have read something."""
    books = "SELECT book, count(*) FROM inventory_account GROUP BY book"
    return len(rows(steward.url, books)) == count


def check_whole(steward, instances):
    """Each run has ended once, well, and nobody is doubled or dropped."""
    assert [state for _, state, _ in runs(steward.url)] == ["succeeded"] * instances
    accounts = (
        "SELECT book, count(*), count(DISTINCT external_id) FROM inventory_account GROUP BY book"
    )
    assert [row[1:] for row in rows(steward.url, accounts)] == [(everybody(),) * 2] * instances
    people = "SELECT count(*), count(DISTINCT key) FROM inventory_personemail"
    assert len(set(rows(steward.url, people)[0])) == 1
    live = "SELECT instance_id, count(*) FROM inventory_moment WHERE after = 'live' GROUP BY 1"
    assert [count for _, count in rows(steward.url, live)] == [1] * instances


def test_others_finish_what_a_killed_worker_held(installation, tenant):
    steward = installation
    steward.python(CONNECT.format(count=INSTANCES, url=tenant[0]))
    workers = start_workers(steward, 3)
    wait_until(lambda: reading(steward, INSTANCES), why=steward.logs)
    held = "SELECT count(*) FROM inventory_run WHERE state = 'running'"
    assert rows(steward.url, held)[0][0] == INSTANCES
    holder = rows(steward.url, "SELECT worker FROM inventory_run GROUP BY 1 ORDER BY count(*) DESC")
    killed = holder[0][0]
    workers[int(killed.removeprefix("worker-"))].send_signal(signal.SIGKILL)
    wait_until(
        lambda: {state for _, state, _ in runs(steward.url)} == {"succeeded"}, 60, steward.logs
    )
    check_whole(steward, INSTANCES)
    last = f"SELECT heartbeat_at FROM inventory_worker WHERE name = '{killed}'"
    silence = f"SELECT max(extract(epoch FROM finished_at - ({last}))) FROM inventory_run"
    assert rows(steward.url, silence)[0][0] < 30
    assert max(attempt for _, _, attempt in runs(steward.url)) == 2


def test_a_worker_that_slept_through_a_takeover_changes_nothing(installation, tenant):
    steward = installation
    steward.python(CONNECT.format(count=1, url=tenant[0]))
    (sleeper,) = start_workers(steward, 1)
    wait_until(lambda: reading(steward, 1), why=steward.logs)
    os.kill(sleeper.pid, signal.SIGSTOP)
    steward.start("worker", STEWARD_WORKER_NAME="other")
    wait_until(lambda: runs(steward.url)[0][2] == 2, 60, steward.logs)
    os.kill(sleeper.pid, signal.SIGCONT)
    wait_until(lambda: runs(steward.url)[0][1] == "succeeded", 60, steward.logs)
    check_whole(steward, 1)
    assert runs(steward.url)[0][2] == 2


def test_a_run_outlives_the_database_going_away(installation, tenant, postgresql):
    steward = installation
    steward.python(CONNECT.format(count=2, url=tenant[0]))
    start_workers(steward, 2)
    wait_until(lambda: reading(steward, 2), why=steward.logs)
    postgresql.stop()
    # Long enough that whatever is tried once more at once has failed too.
    wait_until(lambda: steward.said("lost the database"), 60, steward.logs)
    signal.sigtimedwait((), 8)
    postgresql.start()
    wait_until(
        lambda: {state for _, state, _ in runs(steward.url)} == {"succeeded"}, 90, steward.logs
    )
    check_whole(steward, 2)
    steward.end()
    assert [worker.returncode for worker in steward.processes] == [0, 0], steward.logs()
    assert not steward.said("Traceback")
