"""Carrying a schedule's run out: ask the report, make the file, and write what is to be sent in
one transaction with the end of the run, so that each goes out once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from steward.insight import reports
from steward.insight.formats import FORMATS
from steward.insight.reports import BadRequest, Result
from steward.inventory.mail import Mail
from steward.inventory.schedule import LINK, Schedule, ScheduleRun
from steward.inventory.worker import left_behind
from steward.notify import folder
from steward.notify.admins import those_who_run_it
from steward.work import posted
from steward.work.naming import name
from steward.work.scheduling import about_money, ask

log = structlog.get_logger(__name__)

TRIES = 3
# The owner is told when so many in a row have failed, and then once until one succeeds.
TOLD_AFTER = 3
IN_MEMORY = 1024 * 1024
# Of a filter whose choice is gone, a report names all the choices that there are.
MOST_SAID = 500
CRASHED = (
    "Steward itself failed while making it. The log of the worker says more; please report it."
)
DIED = "Its worker died three times while making it. The log of the worker says more."
# What this process is at; twice where it is asked for twice.
_here: list[int] = []


class CannotRun(Exception):
    """Its text is the sentence to show."""


class TakenOver(Exception):
    """Another worker has the run by now, or it is deleted; what was written for it is undone."""


def queued() -> list[tuple[int, int]]:
    """Runs to be handed over, and how many workers have taken them before."""
    _take_back()
    rows = ScheduleRun.objects.filter(state=ScheduleRun.QUEUED)
    return list(rows.order_by("pk").values_list("pk", "attempt"))


def _take_back() -> None:
    running = ScheduleRun.objects.filter(state=ScheduleRun.RUNNING)
    lost = running.filter(left_behind(name(), _here[:]))
    lost.filter(attempt__lt=TRIES).update(state=ScheduleRun.QUEUED)
    for run in lost.filter(attempt__gte=TRIES).select_related("schedule"):
        _fail(run, DIED)


def carry_out(pk: int) -> None:
    """Nothing where another has taken it."""
    _here.append(pk)
    try:
        _carry_out(pk)
    finally:
        _here.remove(pk)


def _carry_out(pk: int) -> None:
    mine = ScheduleRun.objects.filter(pk=pk, state=ScheduleRun.QUEUED)
    started = {"started_at": timezone.now(), "worker": name()}
    if not mine.update(state=ScheduleRun.RUNNING, attempt=F("attempt") + 1, **started):
        return
    run = ScheduleRun.objects.select_related("schedule__webhook", "schedule__owner").get(pk=pk)
    try:
        _make(run)
    except TakenOver:
        log.warning("schedule lost its worker", schedule=run.schedule_id)
    except (CannotRun, BadRequest) as error:
        _fail(run, str(error))
    except Exception:
        log.exception("schedule crashed", schedule=run.schedule_id)
        _fail(run, CRASHED)


def _make(run: ScheduleRun) -> None:
    schedule = run.schedule
    result = asked(schedule)
    rows = result.total
    if schedule.only_if_rows and not rows:
        _end(run, ScheduleRun.EMPTY, "There were no rows, so nothing was sent.", rows=0)
        return
    with SpooledTemporaryFile(IN_MEMORY) as file:
        size = _write(schedule, result, file)
        wrong, said = _into_folder(run, file) if schedule.folder is not None else ("", "")
        with transaction.atomic():
            sent = [*posted.by_mail(run, result, file, size), *posted.by_webhook(run, result), said]
            wrong = " ".join(filter(None, [wrong, posted.switched_off(schedule)]))
            state = ScheduleRun.FAILED if wrong else ScheduleRun.DONE
            sentence = " ".join(filter(None, [wrong, *sent]))
            _end(run, state, sentence, rows=rows, size=size, delivery=run.delivery)


def asked(schedule: Schedule) -> Result:
    """Raises `CannotRun` where the report is gone or takes this no more."""
    found = reports.report(schedule.report)
    if found is None:
        raise CannotRun(f"The report {schedule.report} is not there any more. Choose another one.")
    if found.about_money and not schedule.with_money:
        raise CannotRun(about_money(found))
    try:
        made: Result = ask(
            found,
            schedule.filters,
            schedule.sort,
            schedule.columns,
            with_money=schedule.with_money,
        )
    except BadRequest as error:
        said = f"The report does not take what this schedule asks: {error}"
        raise CannotRun(said[:MOST_SAID]) from None
    return made


def _write(schedule: Schedule, result: Result, file: IO[bytes]) -> int:
    """Where nothing but a webhook wants it, there is no file to make."""
    if schedule.format == LINK or (not schedule.emails and schedule.folder is None):
        return 0
    return sum(file.write(part) for part in FORMATS[schedule.format].write(result))


def _into_folder(run: ScheduleRun, file: IO[bytes]) -> tuple[str, str]:
    """What is wrong, and what was done; what goes elsewhere goes out all the same."""
    schedule, base = run.schedule, settings.STEWARD_EXPORT_DIR
    stem, local = posted.stem(schedule), run.due_at.astimezone(schedule.when().tz)
    named = f"{stem}{local:%Y-%m-%d-%H%M%S}.{schedule.format}"
    file.seek(0)
    try:
        folder.put(base, schedule.folder, named, iter(lambda: file.read(IN_MEMORY), b""))
        if schedule.keep:
            folder.keep_newest(base, schedule.folder, stem, schedule.keep)
    except folder.CannotWrite as error:
        return str(error), ""
    return "", f"Written to {'/'.join(filter(None, (schedule.folder, named)))}."


def _fail(run: ScheduleRun, sentence: str) -> None:
    with suppress(TakenOver):
        _end(run, ScheduleRun.FAILED, sentence)


@transaction.atomic
def _end(run: ScheduleRun, state: str, sentence: str, **more: Any) -> None:
    """Raises `TakenOver` where it is another worker's by now, which undoes what was written."""
    now = timezone.now()
    same = ScheduleRun.objects.filter(pk=run.pk, state=ScheduleRun.RUNNING, attempt=run.attempt)
    if not same.update(state=state, sentence=sentence, ended_at=now, **more):
        raise TakenOver
    failed = state == ScheduleRun.FAILED
    last = {"last_state": state, "last_sentence": sentence, "last_at": now}
    row = Schedule.objects.filter(pk=run.schedule_id)
    row.update(**last, failures=F("failures") + 1 if failed else 0)
    if failed:
        _tell_owner(row, now)
    else:
        row.update(told_at=None)


def _tell_owner(row: Any, now: Any) -> None:
    if not row.filter(failures__gte=TOLD_AFTER, told_at=None).update(told_at=now):
        return
    schedule = row.select_related("owner").get()
    owner = schedule.owner
    to = [owner.email] if owner and owner.is_active else those_who_run_it()
    subject, body = posted.failing(schedule)
    Mail.objects.bulk_create(Mail(to=address, subject=subject, body=body) for address in to)


def prune(kept: timedelta = timedelta(days=400)) -> None:
    """The log of a year, and a little more to compare with."""
    old = ScheduleRun.objects.filter(ended_at__lt=timezone.now() - kept).order_by("ended_at")
    ScheduleRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:1000])).delete()
