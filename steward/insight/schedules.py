"""Schedules and their log, as facts; and those that fail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Subquery

from steward.insight.facts import moment_text
from steward.insight.reports import report
from steward.insight.webhooks import address_of, said_of
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.inventory.webhook import WebhookDelivery


def schedules() -> Any:
    """With the number of the last message that each has sent to a webhook."""
    sent = ScheduleRun.objects.filter(schedule=OuterRef("pk"), delivery__isnull=False)
    last = Subquery(sent.order_by("-pk").values("delivery")[:1])
    rows = Schedule.objects.select_related("webhook", "owner").annotate(last_delivery=last)
    return rows.order_by("name", "pk")


def runs_of(schedule: Schedule) -> Any:
    runs = schedule.runs.select_related("delivery__webhook").defer("delivery__payload")
    return runs.order_by("-pk")


def last_deliveries(rows: Iterable[Any]) -> dict[int, WebhookDelivery]:
    """By the number of the schedule, of rows of `schedules`."""
    last = {row.pk: row.last_delivery for row in rows if row.last_delivery}
    messages = WebhookDelivery.objects.select_related("webhook").defer("payload", "tries")
    found = messages.in_bulk(list(last.values()))
    return {pk: found[number] for pk, number in last.items() if number in found}


def failing() -> Any:
    """Those that are on and whose last run did not go out."""
    return schedules().filter(enabled=True, failures__gt=0)


def title_of(slug: str) -> str:
    """The slug itself where the report is gone."""
    found = report(slug)
    return found.title if found else slug


def ways_of(schedule: Schedule) -> list[str]:
    """Where it goes, in words."""
    below = f"Folder {schedule.folder}" if schedule.folder else "Export folder"
    return [
        *schedule.emails,
        *([f"Webhook {schedule.webhook.name}"] if schedule.webhook else []),
        *([below] if schedule.folder is not None else []),
    ]


def facts_of_all(rows: Iterable[Schedule]) -> list[dict[str, Any]]:
    """Of rows of `schedules`."""
    rows = list(rows)
    sent = last_deliveries(rows)
    return [{**_facts_of(row), "delivery": _delivered(sent.get(row.pk))} for row in rows]


def facts_of(schedule: Schedule) -> dict[str, Any]:
    return facts_of_all([schedule])[0]


def _delivered(delivery: WebhookDelivery | None) -> dict[str, Any] | None:
    if delivery is None:
        return None
    waits = delivery.state == WebhookDelivery.QUEUED and delivery.webhook.enabled
    return {
        "id": delivery.pk,
        "webhook": delivery.webhook_id,
        "state": delivery.state,
        "said": said_of(delivery),
        "error": delivery.error,
        "attempts": delivery.attempts,
        "next_try_at": moment_text(delivery.next_try_at) if waits else None,
        "delivered_at": moment_text(delivery.delivered_at),
        "url": address_of(delivery),
    }


def _facts_of(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.pk,
        "name": schedule.name,
        "report": schedule.report,
        "filters": schedule.filters,
        "sort": schedule.sort,
        "columns": schedule.columns,
        "cadence": schedule.cadence,
        "weekdays": schedule.weekdays,
        "day": schedule.day,
        "at": f"{schedule.at:%H:%M}",
        "zone": schedule.zone,
        "when": schedule.when().words(),
        "format": schedule.format,
        "emails": schedule.emails,
        "webhook": schedule.webhook_id,
        "folder": schedule.folder,
        "keep": schedule.keep,
        "with_money": schedule.with_money,
        "only_if_rows": schedule.only_if_rows,
        "enabled": schedule.enabled,
        "next_at": moment_text(schedule.next_at) if schedule.enabled else None,
        "owner": schedule.owner.email if schedule.owner else None,
        "failures": schedule.failures,
        "last_state": schedule.last_state or None,
        "last_sentence": schedule.last_sentence,
        "last_at": moment_text(schedule.last_at),
    }


def facts_of_run(run: ScheduleRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "due_at": moment_text(run.due_at),
        "by": run.by,
        "state": run.state,
        "sentence": run.sentence,
        "rows": run.rows,
        "size": run.size,
        "delivery": _delivered(run.delivery),
        "started_at": moment_text(run.started_at),
        "ended_at": moment_text(run.ended_at),
    }
