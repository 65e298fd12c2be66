"""From what the database says is to be done to workflows that do it.

The rows are the truth: a run that is queued, a closed book, an unsent mail. Whoever takes a run
says so in its row (see `syncing`), and the id of workflows is made from theirs, so handing the same
thing over twice is handing it over once, and nothing is lost between a commit and the queue (see
docs/decisions).
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import structlog
from dbos import DBOS, SetWorkflowID
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from steward.inventory.instance import Book, Moment
from steward.inventory.mail import Mail
from steward.inventory.person import Describing, Person
from steward.inventory.review import Review
from steward.inventory.run import Run
from steward.inventory.spend import Retelling, SpendMonth
from steward.ledger import deciding_many
from steward.ledger.contracts import roll_on
from steward.ledger.findings import lapse
from steward.ledger.imports import behind
from steward.ledger.imports.drafts import drop_old
from steward.ledger.schedules import fire_due
from steward.notify import reminding, reviewing, sending, webhooks
from steward.sync import together, usage
from steward.sync.anew import let_go
from steward.sync.expiry import warn_of_expiry
from steward.sync.runs import request_due
from steward.sync.tallies import waiting
from steward.work import findings, held, naming, schedules, sealing, syncing, workflows
from steward.work.figures import EVERY
from steward.work.lost import take_back

log = structlog.get_logger(__name__)

UPKEEP = "upkeep"
# Each has a queue of its own, so that a slow receiver or a long report holds up nothing else.
WEBHOOKS, SCHEDULES, IMPORTS = "webhooks", "schedules", "imports"
LOST_AFTER = timedelta(seconds=15)
# Syncs that may be open at once. The one worker of SQLite begins more than it has requests for
# (see `sync.turns`), so that it need not wait while others write; of several on PostgreSQL none
# should take what another is free for.
OPEN = {"sqlite": 24, "postgresql": 8}
LOOK_AHEAD = 60.0
USAGE = 2.0
FINDINGS = 5.0


class Dispatcher:
    def __init__(self) -> None:
        self._schedules: set[str] = set()
        self._imports: set[str] = set()
        self._upkeep: dict[str, Any] = {}
        self._next_look = 0.0
        self._next_figures = 0.0
        self._next_usage = 0.0
        self._next_findings = 0.0

    def tick(self) -> None:
        request_due()
        self._look_ahead()
        self._wake_parked()
        self._take_back_lost()
        if Book.objects.exclude(closed_at=None).exists():
            self._keep_up("purge", workflows.purge)
        if waiting().exists():
            self._keep_up("tell", workflows.tell)
        self._tell_usage()
        self._find()
        if Describing.objects.exists() or Person.objects.filter(undescribed=True).exists():
            self._keep_up("describe", workflows.describe)
        self._review()
        if _money_waits():
            self._keep_up("count_money", workflows.count_money)
        if _mail_waits():
            self._keep_up("mail", workflows.mail)
        for webhook in webhooks.waiting():
            self._keep_up(f"deliver-{webhook}", workflows.deliver, webhook, queue=WEBHOOKS)
        fire_due()
        self._hand_over_schedules()
        self._hand_over_imports()

    def _look_ahead(self) -> None:
        """A day is long enough to be told a minute late, and so is an application that has become
        known, whose vendor was paid before."""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_AHEAD
            warn_of_expiry()
            roll_on()
            lapse()
            if reminding.waiting():
                self._keep_up("remind", workflows.remind)
            if reviewing.waiting():
                self._keep_up("remind_reviewers", workflows.remind_reviewers)
            self._keep_up("count_money", workflows.count_money)
            let_go()
            drop_old()
            sending.drop_files()
            webhooks.drop_old()
            schedules.prune()
        if time.monotonic() >= self._next_figures:
            self._next_figures = time.monotonic() + EVERY.total_seconds()
            self._keep_up("figures", workflows.figures)

    def _tell_usage(self) -> None:
        """Looked for less often, as what is small is told at once."""
        if time.monotonic() >= self._next_usage:
            self._next_usage = time.monotonic() + USAGE
            if usage.is_waiting():
                self._keep_up("usage", workflows.usage)

    def _find(self) -> None:
        if time.monotonic() >= self._next_findings:
            self._next_findings = time.monotonic() + FINDINGS
            if findings.is_waiting():
                self._keep_up("findings", workflows.findings)

    def _review(self) -> None:
        if Review.objects.filter(state=Review.STARTING).exists():
            self._keep_up("start_reviews", workflows.start_reviews)
        if deciding_many.waiting() or sealing.waiting():
            self._keep_up("carry_on_reviews", workflows.carry_on_reviews)

    def hand_over_runs(self) -> None:
        """Besides all else and more often: somebody may be waiting for it. Not by a queue, which
        each worker would have to ask as often again. What only waits to be told takes no room,
        but each has a connection, so that there are never more than twice as many."""
        most = OPEN[connection.vendor]
        room = most - len(held.held_runs()) + min(together.waiting(), most)
        if room <= 0:
            return
        waiting = Run.objects.filter(_is_free(), state=Run.QUEUED).order_by("pk")
        for pk in waiting.values_list("pk", flat=True)[:room]:
            mine = Run.objects.filter(_is_free(), pk=pk, state=Run.QUEUED)
            if mine.update(worker=naming.name(), heartbeat_at=timezone.now()):
                syncing.begin(pk)

    def _hand_over_schedules(self) -> None:
        names = {f"schedule-{pk}-{attempt}": pk for pk, attempt in schedules.queued()}
        for name, pk in names.items():
            if name not in self._schedules:
                with SetWorkflowID(name):
                    DBOS.enqueue_workflow(SCHEDULES, workflows.schedule_run, pk)
        self._schedules = set(names)

    def _hand_over_imports(self) -> None:
        names = {f"import-{pk}-{attempt}": pk for pk, attempt in behind.queued(naming.name())}
        for name, pk in names.items():
            if name not in self._imports:
                with SetWorkflowID(name):
                    DBOS.enqueue_workflow(IMPORTS, workflows.import_file, pk)
        self._imports = set(names)

    def _wake_parked(self) -> None:
        due = Run.objects.filter(state=Run.PARKED, resume_at__lte=timezone.now())
        due.update(state=Run.QUEUED, resume_at=None, heartbeat_at=None)

    def _take_back_lost(self) -> None:
        """A worker that holds a run says so every few seconds, and one that has fallen silent has
        lost it. What this very process holds is not lost, however long the database kept it
        waiting."""
        silent = timezone.now() - LOST_AFTER
        lost = Run.objects.filter(state=Run.RUNNING, heartbeat_at__lt=silent)
        take_back(lost.exclude(pk__in=held.held_runs()).select_related("instance"))

    def _keep_up(self, name: str, workflow: Any, *given: Any, queue: str = UPKEEP) -> None:
        """At most one of a kind at a time."""
        handle = self._upkeep.get(name)
        if handle is None or _is_over(handle):
            self._upkeep[name] = DBOS.enqueue_workflow(queue, workflow, *given)


def _is_over(handle: Any) -> bool:
    """Also where DBOS had no room to write that down."""
    ended = held.has_ended(handle.workflow_id)
    return ended or handle.get_status().status not in ("PENDING", "ENQUEUED")


def _is_free() -> Q:
    """Of queued runs: no worker is about to begin it, or the one that was has fallen silent."""
    return Q(heartbeat_at=None) | Q(heartbeat_at__lt=timezone.now() - LOST_AFTER)


def _money_waits() -> bool:
    return Retelling.objects.exists() or SpendMonth.objects.filter(untold=True).exists()


def _mail_waits() -> bool:
    due = Q(state=Mail.QUEUED, next_try_at__lte=timezone.now())
    return Moment.objects.filter(notified_at=None).exists() or Mail.objects.filter(due).exists()
