"""Large files: looked at and brought by the worker, step by step told, once each. A worker that
dies leaves nothing half done: checking begins anew, and what is written is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from steward.inventory.imports import ImportDraft, ImportDraftRow, ImportTask
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.worker import left_behind
from steward.ledger.imports import bringing, drafts
from steward.ledger.imports.bringing import BadRows, Brought
from steward.ledger.imports.upload import Row
from steward.sdk.fields import FieldError

log = structlog.get_logger(__name__)

# A page waits for files of so many rows; what is larger is done behind.
DIRECT = 2_000
TRIES = 3
CRASHED = "Steward itself failed on it. The log of the worker says more; please report it."
DIED = "Its worker died three times on it. Nothing was imported; the log of the worker says more."
WRONG = (
    "Nothing was imported, since some rows have errors. Mend them in the file and upload it once "
    "more, or import the good rows alone."
)
# What this process is at; twice where it is asked for twice.
_here: list[int] = []
TOO_LATE = "It is being written already, all at once. It can be undone when it is done."


class Stopped(Exception):
    """Somebody has cancelled it, or another worker has it by now."""


def is_large(brought: Brought) -> bool:
    return sum(1 for _ in islice(brought.upload.rows(), DIRECT + 1)) > DIRECT


def ask(
    draft: ImportDraft, what: str, *, by: str, good_rows: bool = False, again: bool = False
) -> ImportTask:
    """Of two clicks on the button one asks. Invalid, or Conflict, where it can be seen at once
    that it will not do."""
    brought = drafts.open_draft(draft)
    brought.check()
    if what == ImportTask.BRING and not again:
        bringing.refuse_twice(brought)
    with transaction.atomic():
        ImportDraft.objects.select_for_update().get(pk=draft.pk)
        there: ImportTask | None = draft.tasks.filter(state__in=ImportTask.OPEN).first()
        if there is not None:
            return there
        facts = {"kind": draft.kind, "file_name": draft.file_name, "what": what, "by": by}
        how = {"good_rows": good_rows, "again": again}
        made: ImportTask = ImportTask.objects.create(draft=draft, **facts, **how)
    return made


def cancel(task: ImportTask, *, by: str) -> None:
    """Until it is written: what is, is written whole."""
    rows = ImportTask.objects.filter(pk=task.pk, state__in=ImportTask.STOPPABLE)
    said = {"problem": f"Cancelled by {by}.", "ended_at": timezone.now()}
    stopped = rows.update(state=ImportTask.CANCELLED, **said)
    task.refresh_from_db()
    if not stopped:
        writing = task.state == ImportTask.WRITING
        raise Conflict(TOO_LATE if writing else "It is over already.", "not_allowed")


def queued(worker: str) -> list[tuple[int, int]]:
    """What is to be handed over, and how many workers have taken it before."""
    _take_back(worker)
    rows = ImportTask.objects.filter(state=ImportTask.QUEUED)
    return list(rows.order_by("pk").values_list("pk", "attempt"))


def _take_back(worker: str) -> None:
    held = ImportTask.objects.filter(state__in=ImportTask.HELD)
    lost = held.filter(left_behind(worker, _here[:]))
    lost.filter(attempt__lt=TRIES).update(state=ImportTask.QUEUED)
    ended = {"state": ImportTask.FAILED, "problem": DIED, "ended_at": timezone.now()}
    lost.filter(attempt__gte=TRIES).update(**ended)


def carry_out(pk: int, worker: str) -> None:
    """Nothing where another has taken it, or it is cancelled."""
    _here.append(pk)
    try:
        _carry_out(pk, worker)
    finally:
        _here.remove(pk)


def _carry_out(pk: int, worker: str) -> None:
    mine = ImportTask.objects.filter(pk=pk, state=ImportTask.QUEUED)
    taken = {"started_at": timezone.now(), "worker": worker, "checked": 0}
    if not mine.update(state=ImportTask.CHECKING, attempt=F("attempt") + 1, **taken):
        return
    task = ImportTask.objects.select_related("draft").get(pk=pk)
    try:
        _do(task)
    except Stopped:
        log.info("import stopped", task=pk)
    except BadRows as wrong:
        _fail(task, WRONG, wrong)
    except Invalid as wrong:
        _fail(task, str(wrong), wrong)
    except Conflict as conflict:
        _fail(task, conflict.message)
    except Exception:
        log.exception("import crashed", task=pk)
        _fail(task, CRASHED)


def _do(task: ImportTask) -> None:
    brought = drafts.open_draft(task.draft)
    _move(task, rows=sum(1 for _ in brought.upload.rows()))
    _check(task, brought)
    if task.what == ImportTask.BRING:
        _write(task, brought)
    else:
        _move(task, ImportTask.DONE, ended_at=timezone.now())


def _check(task: ImportTask, brought: Brought) -> None:
    """What it would do, row by row; it begins with none, as a worker may have died on the way.
    `BadRows` where all or none are to be taken and some are wrong."""
    drafts.looked(task.draft, brought, None)
    ImportDraftRow.objects.filter(draft=task.draft).delete()
    errors: list[FieldError] = []

    def sink(batch: Sequence[Row]) -> None:
        if len(errors) < bringing.ERRORS_TOLD:
            errors.extend(bringing.errors_of(batch))
        with transaction.atomic():
            _move(task, checked=F("checked") + len(batch))
            drafts.keep_rows(task.draft, batch)

    counts = bringing.look(brought, sink)
    with transaction.atomic():
        _move(task, counts=counts)
        drafts.looked(task.draft, brought, counts)
    if errors and task.what == ImportTask.BRING and not task.good_rows:
        raise BadRows(errors[: bringing.ERRORS_TOLD], counts)


def _write(task: ImportTask, brought: Brought) -> None:
    _move(task, ImportTask.WRITING)
    with transaction.atomic():
        how = {"good_rows": task.good_rows, "again": task.again}
        entered = bringing.bring(brought, by=task.by, **how)
        ended = {"imported": entered, "counts": entered.counts, "ended_at": timezone.now()}
        _move(task, ImportTask.DONE, **ended)
        ImportDraft.objects.filter(pk=task.draft_id).delete()


def _move(task: ImportTask, state: str = "", **values: Any) -> None:
    """Raises `Stopped` where it is not what this worker has left it as."""
    same = ImportTask.objects.filter(pk=task.pk, attempt=task.attempt, state=task.state)
    if not same.update(state=state or task.state, **values):
        raise Stopped
    task.state = state or task.state


def _fail(task: ImportTask, problem: str, wrong: Invalid | None = None) -> None:
    errors = [{"field": e.field, "message": e.message} for e in wrong.errors] if wrong else []
    same = ImportTask.objects.filter(pk=task.pk, attempt=task.attempt, state__in=ImportTask.HELD)
    ended = {"problem": problem, "errors": errors, "ended_at": timezone.now()}
    same.update(state=ImportTask.FAILED, **ended)
