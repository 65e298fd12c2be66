"""Carrying out runs, each in a thread of its own.

A run's row says all that there is to know of it: whose it is, when that one was last heard of, and
how far it has come. Whoever takes it up again needs nothing else (see docs/decisions/0002).
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress

import structlog
from django.db import close_old_connections

from steward.inventory.run import Run
from steward.sync import engine, verdict
from steward.sync.room import is_full, park_full
from steward.work import held
from steward.work.threads import LOST, in_thread

log = structlog.get_logger(__name__)

CRASHED = "Steward itself failed while syncing. The log of the worker says more; please report it."

# More than are ever begun (see `dispatch.OPEN`): none waits here for another to end.
_threads = ThreadPoolExecutor(64, thread_name_prefix="sync")
_begun: set[Future[None]] = set()


def begin(run: int) -> None:
    """Held from here on; the thread lets go of it, unless it cannot even be started."""
    held.hold(run)
    try:
        begun = _threads.submit(carry_out, run)
    except RuntimeError:
        held.let_go(run)
        raise
    _begun.add(begun)
    begun.add_done_callback(_ended)


def _ended(begun: Future[None]) -> None:
    """Nobody asks a thread of the pool what became of it."""
    _begun.discard(begun)
    if error := begun.exception():
        log.error("run could not be ended", exc_info=error)


def settle(seconds: float) -> None:
    """Those that are about to end may do so."""
    wait(list(_begun), timeout=seconds)


@in_thread
def carry_out(run_id: int) -> None:
    named = {"run": run_id}
    try:
        with held.holding(run_id):
            mine = Run.objects.filter(pk=run_id)
            named["instance"] = mine.values_list("instance_id", flat=True).first()
            engine.carry_out(run_id)
    except LOST as error:
        _leave(named, error)
    except Exception:
        log.exception("run crashed", **named)
        run = Run.objects.select_related("instance").filter(pk=run_id).first()
        if run:
            verdict.crashed(run, CRASHED)


def _leave(named: dict[str, int], error: Exception) -> None:
    """The database is away or full, so the run cannot even be ended. It falls silent, is taken
    back when the database answers again, and goes on at its checkpoint."""
    full = is_full(error)
    log.warning("disk is full" if full else "run lost the database", **named)
    if full:
        with suppress(*LOST):
            close_old_connections()
            park_full(named["run"])
