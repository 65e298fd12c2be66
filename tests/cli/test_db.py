"""steward db, as an operator runs it: upgrading, moving to PostgreSQL, and what stops them."""

import json
import sqlite3

import psycopg
import pytest

from tests.processes import Steward, steward_on

FILL = """
from steward.ledger import contracts, documents
from steward.inventory.member import Member, Role
from steward.sync import acts, engine
from steward.inventory.run import Run
data = "data:text/csv;base64,ZW1haWwKYW5uQGNvcnAuZXhhbXBsZQpib2JAY29ycC5leGFtcGxlCg=="
acts.connect("csv", name="List", settings={"application": "Design"},
    credentials={"file": data}, by="admin@corp.example")
for run in Run.objects.all():
    engine.carry_out(run.pk)
paper = contracts.create({"vendor": "Figma", "value": "12.5", "currency": "EUR"}, by="x")
documents.add(paper, "Vertrag ü.pdf", bytes(range(256)) * 20_000, by="x")
print(sorted(Run.objects.values_list("state", flat=True)))
"""
AGAIN = """
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sync import acts, engine
run = acts.request_sync(Instance.objects.get(), by="admin@corp.example")
engine.carry_out(run.pk)
run.refresh_from_db()
print(run.state, run.counts)
"""


@pytest.fixture
def small(tmp_path):
    with steward_on(tmp_path) as made:
        yield made


@pytest.fixture
def empty(postgresql, request):
    return postgresql.database(f"d{abs(hash(request.node.name)) % 10**8}")


def tables(steward):
    with sqlite3.connect(steward.folder / "steward.sqlite3") as database:
        found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in database.execute(found).fetchall():
            columns = [c[1] for c in database.execute(f'PRAGMA table_xinfo("{name}")')]
            rows = database.execute(f'SELECT * FROM "{name}"').fetchall()
            yield name, columns, rows


def plain(value):
    """SQLite keeps times, booleans and JSON as text and numbers."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if hasattr(value, "isoformat"):
        return value.isoformat(" ").replace("+00:00", "") if hasattr(value, "hour") else str(value)
    if isinstance(value, str) and value[:1] in "{[" and value:
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return value


def test_everything_moves_to_postgresql_and_goes_on_there(small, empty):
    small.run("token", "create", "--name", "first", "--role", "admin")
    assert "succeeded" in small.python(FILL)
    done = small.run("db", "copy", "--to", empty)
    assert done.returncode == 0, done.stderr
    assert "Everything was copied" in done.stdout
    compared = 0
    with psycopg.connect(empty) as there:
        there.execute("SET TIME ZONE 'UTC'")
        for name, columns, rows in tables(small):
            if name == "django_migrations":
                continue
            listed = ", ".join(f'"{column}"' for column in columns)
            copied = there.execute(f'SELECT {listed} FROM "{name}"').fetchall()
            as_text = sorted(repr([plain(value) for value in row]) for row in copied)
            assert as_text == sorted(repr([plain(v) for v in row]) for row in rows), name
            compared += len(rows)
    assert compared > 20
    moved = Steward(small.folder, empty)
    assert "'appeared': 0" in moved.python(AGAIN)
    assert moved.run("db", "status").returncode == 0


def test_a_database_with_data_is_not_written_over(small, empty):
    small.python(FILL)
    assert small.run("db", "copy", "--to", empty).returncode == 0
    again = small.run("db", "copy", "--to", empty)
    assert again.returncode == 1
    assert again.stderr.strip() == "The new database is not empty. Name an empty one."


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://somewhere/steward", "--to must begin with sqlite:/// or postgresql://"),
        ("postgresql://nobody@127.0.0.1:9/steward", "cannot be reached"),
    ],
)
def test_what_cannot_be_copied_to_is_said(small, address, said):
    done = small.run("db", "copy", "--to", address)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_is_copied_while_a_worker_lives(small, empty):
    small.python("from steward.inventory.worker import Worker\nWorker.objects.create(name='local')")
    done = small.run("db", "copy", "--to", empty)
    assert done.stderr.strip() == "A worker is running. Stop Steward on all machines first."


def test_several_may_migrate_at_once(empty, tmp_path):
    steward = Steward(tmp_path, empty)
    processes = [steward.start("db", "migrate") for _ in range(4)]
    assert [process.wait(120) for process in processes] == [0] * 4, steward.logs()
    assert steward.run("db", "status").returncode == 0


@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_process_does_not_run_on_a_database_of_another_version(process, empty, tmp_path):
    steward = Steward(tmp_path, empty, STEWARD_BIND="127.0.0.1:1")
    older = steward.run(process)
    assert older.returncode == 1
    assert "Bring it up to date with: steward db migrate" in older.stderr
    assert steward.run("db", "migrate").returncode == 0
    with psycopg.connect(empty) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('inventory', '9999_from_the_future', now())"
        )
    newer = steward.run(process)
    assert newer.returncode == 1
    assert "newer than this version of Steward" in newer.stderr
    status = steward.run("db", "status", "--json")
    assert json.loads(status.stdout)["schema"] == "newer than this version of Steward"
