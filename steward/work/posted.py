"""What a schedule sends: mails with the file or a link, and the message to a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import urlencode

from django.conf import settings

from steward.insight.formats import FORMATS
from steward.insight.printed import asked_in_words
from steward.insight.reports import Result
from steward.insight.reports.results import as_json, provenance_facts
from steward.inventory.mail import Mail, MailFile
from steward.inventory.schedule import LINK, Schedule, ScheduleRun
from steward.inventory.webhook import WebhookDelivery
from steward.notify import webhooks
from steward.notify.events import REPORT
from steward.notify.sending import UNSET

MOST_ATTACHED = 10 * 1024 * 1024
# Of rows, as JSON; more is to be fetched over the API.
MOST_POSTED = 1024 * 1024


def stem(schedule: Schedule) -> str:
    """How the names of its files begin; the number tells two schedules of one report apart."""
    return f"{schedule.report}-{schedule.pk}-"


def link(schedule: Schedule) -> str:
    """To the report as it was asked; whoever opens it must sign in."""
    asked = [(n, v) for n, v in schedule.filters.items() if v]
    asked += [("sort", schedule.sort)] if schedule.sort else []
    asked += [("columns", column) for column in schedule.columns]
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{settings.STEWARD_BASE_URL}/reports/{schedule.report}/{query}"


def when(run: ScheduleRun) -> str:
    """In the schedule's own time."""
    local = run.due_at.astimezone(run.schedule.when().tz)
    return f"{local:%-d %B %Y, %H:%M} ({run.schedule.zone})"


def by_mail(run: ScheduleRun, result: Result, file: IO[bytes], size: int) -> list[str]:
    """One mail an address. Whole sentences on what was done."""
    schedule = run.schedule
    if not schedule.emails:
        return []
    is_large = size > MOST_ATTACHED
    attached = None if schedule.format == LINK or is_large else _attached(run, file)
    note = _too_large(size) if is_large else ""
    body = _body(run, result, note, attached is not None)
    subject = f"{' '.join(schedule.name.split())}: {_counted(result.total)}"[:300]
    Mail.objects.bulk_create(
        Mail(to=address, subject=subject, body=body, file=attached) for address in schedule.emails
    )
    to = ", ".join(schedule.emails)
    way = "" if attached else " as a link"
    if settings.STEWARD_EMAIL:
        return [f"Mailed to {to}{way}.", *filter(None, [note])]
    return [f"Written to {to}{way}, and waits. {UNSET}", *filter(None, [note])]


def _attached(run: ScheduleRun, file: IO[bytes]) -> MailFile:
    schedule = run.schedule
    local = run.due_at.astimezone(schedule.when().tz)
    file.seek(0)
    made: MailFile = MailFile.objects.create(
        name=f"{schedule.report}-{local:%Y-%m-%d}.{schedule.format}",
        kind=FORMATS[schedule.format].kind.partition(";")[0],
        content=file.read(),
    )
    return made


def _too_large(size: int) -> str:
    return (
        f"The file has {size / 1024**2:.0f} MB, more than the {MOST_ATTACHED // 1024**2} MB that "
        "are attached to a mail, so there is only a link."
    )


def _body(run: ScheduleRun, result: Result, note: str, is_attached: bool) -> str:
    asked = "\n".join(f"{label}: {value}" for label, value in asked_in_words(result))
    opens = "The same in Steward, as it is when you open it" if is_attached else "Open it here"
    parts = (
        result.report.title,
        f"As of {when(run)}: {_counted(result.total)}.",
        asked,
        result.provenance.sentence(),
        note,
        f"{opens} (you must sign in):\n{link(run.schedule)}",
        "— Steward",
    )
    return "\n\n".join(filter(None, parts))


def _counted(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def by_webhook(run: ScheduleRun, result: Result) -> list[str]:
    """The rows travel with it as far as they are not too many. The run remembers its message."""
    webhook = run.schedule.webhook
    if webhook is None or not webhook.enabled:
        return []
    rows = _rows(result)
    data = {**_facts(run, result), "rows": rows, "rows_left_out": rows is None}
    run.delivery = WebhookDelivery.objects.create(
        webhook=webhook, event=REPORT, payload=webhooks.payload_of(REPORT, data)
    )
    alone = "" if rows is not None else " as a link, as the rows are more than a megabyte"
    return [f"Sent to the webhook {webhook.name}{alone}."]


def switched_off(schedule: Schedule) -> str:
    webhook = schedule.webhook
    off = webhook is not None and not webhook.enabled
    return f"The webhook {webhook.name} is switched off." if webhook and off else ""


def _facts(run: ScheduleRun, result: Result) -> dict[str, Any]:
    schedule = run.schedule
    return {
        "schedule": {"id": schedule.pk, "name": schedule.name},
        "report": schedule.report,
        "title": result.report.title,
        "due_at": run.due_at.isoformat(),
        "filters": dict(result.question.filters),
        "row_count": result.total,
        "provenance": provenance_facts(result.provenance),
        "url": link(schedule),
    }


def _rows(result: Result) -> list[dict[str, Any]] | None:
    """None where they are too many."""
    rows, size = [], 0
    for record in _records(result):
        rows.append(record)
        size += len(json.dumps(record, ensure_ascii=False).encode()) + 1
        if size > MOST_POSTED:
            return None
    return rows


def _records(result: Result) -> Iterable[dict[str, Any]]:
    return (as_json(record, result.all_columns) for record in result.records())


def failing(schedule: Schedule) -> tuple[str, str]:
    """Subject and body of the mail to the owner."""
    name = " ".join(schedule.name.split())
    where = f"{settings.STEWARD_BASE_URL}/reports/schedules/{schedule.pk}/"
    body = (
        f"The schedule {name} has failed {schedule.failures} times in a row. The last time:\n\n"
        f"    {schedule.last_sentence}\n\n"
        "It goes on trying. Change it, switch it off, or delete it here:"
        f"\n\n{where}\n\n— Steward"
    )
    return f"{name}: the schedule fails"[:300], body
