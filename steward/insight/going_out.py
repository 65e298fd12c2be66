"""Whether what is to leave Steward does: schedules that are late or fail, webhooks that do not
answer or were disabled, and how many there are of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from steward.insight.health_finding import LATE, SHOWN, Finding, counted
from steward.insight.provenance import age
from steward.insight.schedules import failing
from steward.insight.webhooks import disabled
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.inventory.webhook import Webhook, WebhookDelivery

_DELIVERED = (
    "It is tried again for a day and disabled then. See why at the webhook, and press Test."
)


def findings(now: datetime) -> Iterator[Finding]:
    yield from _schedules(now)
    yield from _webhooks(now)


def _schedules(now: datetime) -> Iterator[Finding]:
    for row in late(now).order_by("next_at")[:SHOWN]:
        said = f"The schedule {row.name} should have run {age(row.next_at)} ago."
        todo = "A worker does it as soon as one is free; look whether one is running."
        yield Finding("schedule_late", "warn", said, todo, since=row.next_at, schedule=row.pk)
    waiting = ScheduleRun.objects.filter(state=ScheduleRun.QUEUED, created_at__lt=now - LATE)
    if count := waiting.count():
        said = f"{counted(count, 'report')} of schedules not begun for more than ten minutes."
        todo = "They are made one after the other; look whether a worker is running."
        yield Finding("schedule_waits", "warn", said, todo)
    for row in failing()[:SHOWN]:
        said = f"The schedule {row.name} fails: {row.last_sentence}"
        todo = "Change it, or switch it off."
        yield Finding("schedule_fails", "warn", said, todo, since=row.last_at, schedule=row.pk)


def _webhooks(now: datetime) -> Iterator[Finding]:
    for row in failing_webhooks().order_by("failing_since")[:SHOWN]:
        said = f"Messages to the webhook {row.name} do not arrive."
        since = row.failing_since
        yield Finding("webhook_fails", "warn", said, _DELIVERED, since=since, webhook=row.pk)
    for row in disabled()[:SHOWN]:
        said = f"The webhook {row.name} is disabled: {row.disabled_why}"
        todo = "See to the receiver, press Test, and enable it again."
        since = row.disabled_at
        yield Finding("webhook_disabled", "warn", said, todo, since=since, webhook=row.pk)
    if count := overdue(now).count():
        said = f"{counted(count, 'message')} to webhooks not tried for more than ten minutes."
        yield Finding("webhook_waits", "warn", said, "Look whether a worker is running.")


def late(now: datetime) -> Any:
    return Schedule.objects.filter(enabled=True, next_at__lt=now - LATE)


def failing_webhooks() -> Any:
    return Webhook.objects.filter(enabled=True, failing_since__isnull=False)


def overdue(now: datetime) -> Any:
    """Messages that should have been tried."""
    rows = WebhookDelivery.objects.filter(
        state=WebhookDelivery.QUEUED, next_try_at__lt=now - LATE, webhook__enabled=True
    )
    return rows.filter(tried_once=False)


def schedule_counts() -> dict[str, int]:
    """`late` and `failing` are among those that are `on`."""
    now = timezone.now()
    return {
        "on": Schedule.objects.filter(enabled=True).count(),
        "off": Schedule.objects.filter(enabled=False).count(),
        "late": late(now).count(),
        "failing": failing().count(),
        "queued": ScheduleRun.objects.filter(state=ScheduleRun.QUEUED).count(),
        "running": ScheduleRun.objects.filter(state=ScheduleRun.RUNNING).count(),
    }


def webhook_counts() -> dict[str, int]:
    """`failing` are among those that are `on`; `disabled` by Steward, `off` by somebody. `waiting`
    counts messages, and `overdue` those of them that should have been tried."""
    now, off = timezone.now(), Webhook.objects.filter(enabled=False)
    return {
        "on": Webhook.objects.filter(enabled=True).count(),
        "off": off.filter(disabled_at=None).count(),
        "disabled": disabled().count(),
        "failing": failing_webhooks().count(),
        "waiting": WebhookDelivery.objects.filter(state=WebhookDelivery.QUEUED).count(),
        "overdue": overdue(now).count(),
    }
