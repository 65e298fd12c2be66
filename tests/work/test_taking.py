"""A queued run is some worker's from the moment that it is taken, and nobody's once that one has
fallen silent."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from steward.inventory.run import Run
from steward.sync import runs, together
from steward.work import dispatch, held, syncing
from steward.work.dispatch import LOST_AFTER, Dispatcher


@pytest.fixture
def begun(monkeypatch):
    """The runs whose threads were started. They are held until `end` is called."""
    found = []

    def submit(_, pk):
        found.append(pk)
        return Future()

    monkeypatch.setattr(syncing._threads, "submit", submit)
    monkeypatch.setattr(syncing, "_begun", set())
    yield found
    for pk in found:
        end(pk)


def end(pk):
    with held.holding(pk):
        pass


@pytest.fixture
def run(connect):
    return runs.open_run(connect())


def test_a_run_is_begun_once_however_many_look(run, begun):
    Dispatcher().hand_over_runs()
    Dispatcher().hand_over_runs()
    run.refresh_from_db()
    assert (begun, run.worker != "", run.heartbeat_at is not None) == ([run.pk], True, True)
    assert held.held_runs() == [run.pk]


def test_a_worker_that_fell_silent_before_it_began_loses_the_run(run, begun):
    Dispatcher().hand_over_runs()
    silent = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=silent)
    Dispatcher().hand_over_runs()
    assert begun == [run.pk, run.pk]


def test_a_worker_takes_no_more_than_it_has_room_for(connect, begun, monkeypatch):
    monkeypatch.setattr(dispatch, "OPEN", {"sqlite": 2, "postgresql": 2})
    for number in range(3):
        connect(name=f"App {number}", allow_same_tenant=True)
    first, second, third = Run.objects.order_by("pk").values_list("pk", flat=True)
    Dispatcher().hand_over_runs()
    assert begun == [first, second]
    end(first)
    Dispatcher().hand_over_runs()
    assert begun == [first, second, third]


@pytest.mark.parametrize(("waiting", "taken"), [(0, 1), (1, 2), (3, 2)])
def test_what_only_waits_to_be_told_takes_no_room_up_to_as_many_again(
    connect, begun, monkeypatch, waiting, taken
):
    monkeypatch.setattr(dispatch, "OPEN", {"sqlite": 1, "postgresql": 1})
    for number in range(4):
        connect(name=f"App {number}", allow_same_tenant=True)
    monkeypatch.setattr(together, "_waiting", [object()] * waiting)
    for _ in range(4):
        Dispatcher().hand_over_runs()
    assert len(begun) == taken


def test_a_parked_run_whose_time_has_come_is_free_at_once(run, begun):
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(state=Run.PARKED, resume_at=now, heartbeat_at=now)
    Dispatcher()._wake_parked()
    Dispatcher().hand_over_runs()
    assert begun == [run.pk]


def test_what_could_not_be_started_is_not_held(run, monkeypatch):
    def away(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(syncing._threads, "submit", away)
    with pytest.raises(RuntimeError):
        Dispatcher().hand_over_runs()
    assert held.held_runs() == []


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_could_not_even_say_how_a_run_went_is_not_passed_over(run, monkeypatch):
    def nobody_foresaw(*_):
        raise ValueError("of ours")

    monkeypatch.setattr(syncing.engine, "carry_out", nobody_foresaw)
    monkeypatch.setattr(syncing.verdict, "crashed", nobody_foresaw)
    with capture_logs() as lines, ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(syncing, "_threads", pool)
        syncing.begin(run.pk)
    assert [line["event"] for line in lines] == ["run crashed", "run could not be ended"]
    assert (held.held_runs(), syncing._begun) == ([], set())
