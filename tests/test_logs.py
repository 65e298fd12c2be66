"""Each line that a sync writes is one JSON object which names its run and its instance."""

import json
import logging
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from dbos import _logger as dbos_logger
from django.db import OperationalError
from sqlalchemy.exc import OperationalError as DbosError

from steward import logging as logs
from steward.inventory.run import Run
from steward.sdk.errors import Unexpected
from steward.sync import acts
from steward.work import syncing, threads, workflows

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "tell-nobody-5f2c81d0"


@contextmanager
def written(capsys):
    """The lines that reach standard error meanwhile. Not a fixture: pytest puts the handlers of
    the root back before a test begins."""
    root = logging.getLogger()
    before, lines = root.handlers, []
    logs.configure("json")
    try:
        yield lines
    finally:
        root.handlers = before
        lines += [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def carry_out(instance):
    run = acts.request_sync(instance, by="admin@corp.example")
    syncing.carry_out(run.pk)
    run.refresh_from_db()
    return run


def test_lines_of_all_threads_and_layers_name_run_and_instance(company, connect, capsys):
    company.token = SECRET
    instance = connect(credentials={"token": SECRET})
    company.faults = {
        ("groups", 0): Unexpected("Half an answer."),
        ("licenses", 0): KeyError("seats"),
    }
    with written(capsys) as lines:
        first = carry_out(instance)
        company.faults = {("accounts", 0): RuntimeError("nobody foresaw this")}
        second = carry_out(instance)
    assert [run.state for run in (first, second)] == [Run.FAILED, Run.FAILED]
    assert [(line["event"], line["run"]) for line in lines] == [
        ("stream failed", first.pk),
        ("integration misread an answer", first.pk),
        ("stream failed", first.pk),
        ("run ended", first.pk),
        ("run crashed", second.pk),
    ]
    assert {line["instance"] for line in lines} == {instance.pk}
    assert all(line["level"] and line["timestamp"].endswith("Z") for line in lines)
    assert SECRET not in json.dumps(lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Not Found: /welcome/kJ3-x_9/", "Not Found: /welcome/[hidden]/"),
        ("sent Authorization: Bearer abcdefgh12345", "sent Authorization: [hidden]"),
        ("at postgresql://me:pass@db/steward", "at postgresql://[hidden]@db/steward"),
        ("the key stw_abcdef123456 is old", "the key [hidden] is old"),
    ],
)
def test_a_secret_within_a_sentence_is_hidden(capsys, text, told):
    with written(capsys) as lines:
        logging.getLogger("elsewhere").warning(text)
    assert [line["event"] for line in lines] == [told]


@pytest.fixture
def cut_off(monkeypatch):
    def cut_off():
        raise OperationalError("terminating connection")

    monkeypatch.setattr(workflows, "tell_findings", cut_off)


def test_work_that_is_cut_off_by_the_database_is_one_line(cut_off, monkeypatch, capsys):
    monkeypatch.setattr(threads, "connection", SimpleNamespace(is_usable=lambda: False))
    with written(capsys) as lines:
        workflows._findings()
    (line,) = lines
    assert (line["level"], line["event"]) == ("warning", "work lost the database")
    assert (line["work"], line["error"]) == ("findings", "terminating connection")


def test_work_for_which_there_is_no_room_is_one_line(monkeypatch, capsys):
    def full():
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(workflows, "tell_findings", full)
    with written(capsys) as lines:
        workflows._findings()
    assert [(line["level"], line["error"]) for line in lines] == [
        ("warning", "database or disk is full")
    ]


def test_what_is_wrong_while_the_database_answers_is_not_passed_over(cut_off):
    with pytest.raises(OperationalError):
        workflows._findings()


AWAY = """psycopg.OperationalError: connection failed: Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "dbos/_scheduler.py", line 285, in dynamic_scheduler_loop
    schedules = dbos._sys_db.list_schedules(
sqlalchemy.exc.OperationalError: connection to postgresql://me:pass@db/work failed: refused
\tIs the server running on that host?
(Background on this error at: https://sqlalche.me/e/21/e3q8)
"""
ENDS_WITH = (
    "sqlalchemy.exc.OperationalError: connection to postgresql://[hidden]@db/work failed: refused"
)


def test_what_dbos_says_again_and_again_is_one_line_a_minute_and_ours(capsys):
    with written(capsys) as lines:
        dbos_logger.init_logger()
        dbos = logging.getLogger("dbos")
        for _ in range(3):
            dbos.warning("Exception polling: Traceback (most recent call last):\n%s", AWAY)
        dbos.warning("No database.\n\tIs it running?\n(Background on this error at: elsewhere)")
        for _ in range(2):
            dbos.error("Error executing workflow 7")
    assert [(line["level"], line["event"]) for line in lines] == [
        ("warning", f"Exception polling: {ENDS_WITH}"),
        ("warning", "No database. Is it running?"),
        *[("error", "Error executing workflow 7")] * 2,
    ]


def test_what_dbos_has_no_room_to_write_is_one_line_without_its_values(capsys):
    with written(capsys) as lines:
        dbos_logger.init_logger()
        for error in (
            DbosError("INSERT INTO x VALUES (?)", (SECRET,), Exception("disk is full")),
            ValueError("of ours"),
        ):
            logging.getLogger("dbos").error("Exception in workflow:", exc_info=error)
    first, second = lines
    assert first["event"] == "Exception in workflow: (builtins.Exception) disk is full"
    assert "exception" not in first
    assert "ValueError: of ours" in second["exception"]
