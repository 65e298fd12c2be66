"""The worker process: it launches DBOS, says that it lives, and hands over what is to be done."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from dbos import DBOS, DBOSConfig
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone
from sqlalchemy.exc import SQLAlchemyError

from steward import tracing
from steward.inventory.run import Run
from steward.inventory.worker import Worker
from steward.sync.room import is_full
from steward.work.dispatch import IMPORTS, SCHEDULES, UPKEEP, WEBHOOKS, Dispatcher
from steward.work.held import held_runs
from steward.work.lost import take_back_own
from steward.work.naming import name
from steward.work.syncing import settle

log = structlog.get_logger(__name__)

BEAT = 2.0
PRUNE = 3600.0
# What is looked for, and how often, is all that a worker with nothing to do costs. Several of them
# share it: each looks as much less often as there are others, but for syncs once a second.
TICK = 1.0
POLL = 0.2
SHARED_BY = 5
# Webhooks that are delivered to at once; each waits for its receiver most of the time.
RECEIVERS = 8
# Seconds that work which is about to end has for it, when the worker does.
ENDING = 2
KEEP_WORKFLOWS = timedelta(days=2)


def main() -> None:
    """Until SIGTERM or SIGINT. A run under way then goes on at the next start."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running(stop):
        log.info("worker started", name=name())
        stop.wait()
    log.info("worker stopped")
    # Threads that wait for an app would keep the process for as long as the app takes.
    os._exit(0)


@contextmanager
def running(stop: threading.Event | None = None) -> Iterator[None]:
    stop = stop or threading.Event()
    tracing.start("worker")
    heart, dispatcher = _Heart(), Dispatcher()
    heart.beat()
    take_back_own()
    _launch()
    every = {
        "heartbeat": (lambda: BEAT, heart.beat),
        "prune": (lambda: PRUNE, prune),
        "dispatch": (lambda: heart.pause(TICK), dispatcher.tick),
        "runs": (lambda: heart.pause(POLL), dispatcher.hand_over_runs),
    }
    threads = [
        threading.Thread(target=_every, args=(pause, work, stop), name=called, daemon=True)
        for called, (pause, work) in every.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)
        settle(ENDING)
        DBOS.destroy(workflow_completion_timeout_sec=ENDING)
        connection.close()  # the database may have been away since it was last used
        Worker.objects.filter(pk=name()).delete()
        tracing.stop()


@contextmanager
def borrowed() -> Iterator[None]:
    """For a command that waits: a worker of its own, unless one lives already."""
    if Worker.any_alive():
        yield
    else:
        with running():
            yield


def spare_the_collector() -> None:
    """A page is thousands of objects and not one cycle. At Python's own threshold, looking for
    cycles among them takes a fifth of a sync; what was imported never becomes garbage."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _launch() -> None:
    spare_the_collector()
    DBOS(
        config=DBOSConfig(
            name="steward",
            system_database_url=settings.STEWARD_WORK_DATABASE_URL,
            executor_id=name(),
            application_version="1",
            log_level="WARNING",
        )
    )
    DBOS.launch()
    DBOS.register_queue(UPKEEP, worker_concurrency=2, polling_interval_sec=TICK)
    DBOS.register_queue(WEBHOOKS, worker_concurrency=RECEIVERS, polling_interval_sec=TICK)
    DBOS.register_queue(SCHEDULES, worker_concurrency=1, polling_interval_sec=TICK)
    DBOS.register_queue(IMPORTS, worker_concurrency=1, polling_interval_sec=TICK)


def _every(pause: Callable[[], float], work: Callable[[], None], stop: threading.Event) -> None:
    """Whatever goes wrong is said once and tried again: a thread that ended would leave a worker
    that lives and does nothing."""
    down = False
    while not stop.wait(pause()):
        try:
            _keep_connection()
            work()
            down = False
        except Exception as error:
            if not down:
                _say(error)
            down = True


def _keep_connection() -> None:
    """Elsewhere each piece of work has a connection of its own on SQLite, for the memory it takes.
    To open one for every look would be most of what a worker with nothing to do costs."""
    if connection.vendor == "sqlite":
        connection.close_at = None
    close_old_connections()


def _say(error: Exception) -> None:
    if is_full(error):
        log.warning("disk is full")
    elif isinstance(error, DatabaseError | SQLAlchemyError):
        log.warning("database is away", error=type(error).__name__)
    else:
        log.error("worker failed and tries again", exc_info=error)


class _Heart:
    """Says that this worker lives, and hears how many others do."""

    alive = 1

    def beat(self) -> None:
        now = timezone.now()
        Worker.objects.update_or_create(pk=name(), defaults={"heartbeat_at": now})
        held = Run.objects.filter(pk__in=held_runs(), state__in=(Run.QUEUED, Run.RUNNING))
        held.update(heartbeat_at=now)
        self.alive = Worker.alive().count()

    def pause(self, seconds: float) -> float:
        return seconds * min(max(self.alive, 1), SHARED_BY)


def prune() -> None:
    """DBOS keeps every workflow for ever; ours have said all they had to in their rows."""
    before = (timezone.now() - KEEP_WORKFLOWS).isoformat()
    old = DBOS.list_workflows(end_time=before, status=["SUCCESS", "ERROR"], limit=1000)
    DBOS.delete_workflows([workflow.workflow_id for workflow in old])
