"""Runs whose worker fell silent: taken back, and set aside when they kill every worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from steward.inventory.run import Run
from steward.sync import engine, runs
from steward.work import lost
from steward.work.dispatch import LOST_AFTER, Dispatcher
from steward.work.held import holding
from steward.work.lost import TRIES
from steward.work.naming import name


@pytest.fixture
def run(connect):
    return runs.open_run(connect())


def die(run, moved=False):
    """A worker has taken the run, perhaps got further, and was heard of no more."""
    taken = engine.take(run.pk)
    silent = timezone.now() - LOST_AFTER - timedelta(seconds=1)
    changes = {"moved": taken.attempt} if moved else {}
    Run.objects.filter(pk=run.pk).update(heartbeat_at=silent, **changes)


def after_tick(run):
    Dispatcher()._take_back_lost()
    run.refresh_from_db()
    return run.state


def test_a_run_that_never_gets_further_is_set_aside_after_three_tries(run, connect):
    for _ in range(TRIES - 1):
        die(run)
        assert after_tick(run) == Run.QUEUED
    die(run)
    assert after_tick(run) == Run.FAILED
    assert (run.code, "three times" in run.error) == ("crashed", True)
    run.instance.refresh_from_db()
    assert run.instance.state == "failing"
    other = connect(name="Other", allow_same_tenant=True)
    engine.carry_out(runs.open_run(other).pk)
    other.refresh_from_db()
    assert other.state == "live"


def test_getting_further_gives_new_tries(run):
    for _ in range(TRIES):
        die(run, moved=True)
        assert after_tick(run) == Run.QUEUED
    for _ in range(TRIES - 1):
        die(run)
        assert after_tick(run) == Run.QUEUED
    die(run)
    assert after_tick(run) == Run.FAILED


def test_what_this_process_holds_is_not_lost(run):
    die(run)
    with holding(run.pk):
        assert after_tick(run) == Run.RUNNING
    assert after_tick(run) == Run.QUEUED


def test_the_engine_says_when_it_got_further(connect, sync):
    instance = connect()
    run = runs.open_run(instance)
    engine.take(run.pk)
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.moved) == (Run.SUCCEEDED, 2)


@pytest.mark.parametrize(("moved", "state"), [(0, Run.FAILED), (1, Run.QUEUED)])
def test_a_worker_that_is_back_at_once_is_not_killed_for_ever(run, moved, state):
    left = {"state": Run.RUNNING, "worker": name(), "attempt": TRIES, "moved": moved}
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now(), **left)
    lost.take_back_own()
    run.refresh_from_db()
    assert (run.state, run.code == "crashed") == (state, moved == 0)


def test_a_worker_that_is_back_begins_at_once_what_it_had_taken(run):
    mine, other = {"worker": name()}, {"worker": "another"}
    for whose, is_free in ((other, False), (mine, True)):
        Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now(), **whose)
        lost.take_back_own()
        run.refresh_from_db()
        assert (run.state, run.heartbeat_at is None) == (Run.QUEUED, is_free)


def test_what_another_one_has_is_left_to_it(run):
    left = {"state": Run.RUNNING, "worker": "another", "attempt": 1}
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now(), **left)
    lost.take_back_own()
    run.refresh_from_db()
    assert run.state == Run.RUNNING
