"""Whoever looks for work goes on looking, whatever goes wrong."""

import threading
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from sqlalchemy.exc import OperationalError as DbosError
from structlog.testing import capture_logs

from steward.inventory.run import Run
from steward.work import dispatch, held, threads, worker, workflows
from steward.work.dispatch import Dispatcher

FULL = "database or disk is full"
WRONG = [
    (ValueError("nobody foresaw this"), "worker failed and tries again"),
    (OperationalError("server closed the connection"), "database is away"),
    (DbosError("SELECT 1", (), Exception("refused")), "database is away"),
    (OperationalError(FULL), "disk is full"),
    (DbosError("INSERT", (), Exception(FULL)), "disk is full"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "said"), WRONG)
def test_what_goes_wrong_is_said_once_and_tried_again(error, said):
    stop, looks = threading.Event(), []

    def look():
        looks.append(error)
        if len(looks) in (1, 2, 4):
            raise error
        if len(looks) == 5:
            stop.set()

    with capture_logs() as lines:
        worker._every(lambda: 0, look, stop)
    assert len(looks) == 5
    assert [line["event"] for line in lines] == [said, said]


@pytest.mark.django_db(transaction=True)
def test_one_connection_serves_all_looks():
    stop, looks, made = threading.Event(), [], []

    def look():
        looks.append(Run.objects.exists())
        if len(looks) == 5:
            stop.set()

    def note(**_):
        made.append(threading.current_thread())

    def looking():
        worker._every(lambda: 0, look, stop)
        connection.close()

    connection_created.connect(note)
    thread = threading.Thread(target=looking)
    thread.start()
    thread.join(30)
    connection_created.disconnect(note)
    assert (len(looks), made) == (5, [thread])


@pytest.fixture
def begun(monkeypatch):
    """Workflows that were handed to DBOS, which goes on saying that they run."""
    found = []

    def enqueue(queue, workflow):
        found.append(f"{workflow} {len(found)}")
        status = SimpleNamespace(status="PENDING")
        return SimpleNamespace(workflow_id=found[-1], get_status=lambda: status)

    monkeypatch.setattr(dispatch.DBOS, "enqueue_workflow", enqueue)
    return found


def test_what_ended_is_begun_again_though_it_could_not_be_written_down(begun):
    dispatcher = Dispatcher()
    dispatcher._keep_up("mail", "mail")
    dispatcher._keep_up("mail", "mail")
    assert begun == ["mail 0"]
    held.note_end("mail 0")
    dispatcher._keep_up("mail", "mail")
    dispatcher._keep_up("mail", "mail")
    assert begun == ["mail 0", "mail 1"]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [None, OperationalError(FULL), ValueError("of ours")])
def test_whatever_becomes_of_it_work_that_ended_is_noted(monkeypatch, error):
    def tell():
        if error:
            raise error

    name = f"findings {error!r}"
    monkeypatch.setattr(workflows, "tell_findings", tell)
    monkeypatch.setattr(threads, "DBOS", SimpleNamespace(workflow_id=name))
    if isinstance(error, ValueError):
        with pytest.raises(ValueError, match="of ours"):
            workflows._findings()
    else:
        workflows._findings()
    assert held.has_ended(name)
