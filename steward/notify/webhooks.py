"""Messages to webhooks: written with what they speak of, delivered behind, tried again for a day.

A webhook that has failed for a day is disabled and a mail says so; the messages that wait then
stay, and go out when somebody enables it again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from steward.inventory.mail import Mail
from steward.inventory.webhook import KEPT, MOST_TRIES_KEPT, Webhook, WebhookDelivery
from steward.notify.admins import those_who_run_it
from steward.notify.events import TEST
from steward.notify.posting import GONE, Answer, post

log = structlog.get_logger(__name__)

# A day in all; the try after the last pause is the last one.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 8 * 3600, 9 * 3600)
)
DAY = timedelta(days=1)
BATCH = 50
# Then the next webhook has its turn.
SPELL = 15.0
# Longer than a try can take; whoever dies while trying is followed by another then.
CLAIMED = timedelta(minutes=1)
MOST_PURGED = 1_000


def announce(event: str, data: Mapping[str, Any]) -> int:
    """To all that want it; in the transaction of what it speaks of. How many were written."""
    wanting = [w for w in Webhook.objects.filter(enabled=True) if event in w.events]
    payload = payload_of(event, data)
    made = [WebhookDelivery(webhook=w, event=event, payload=payload) for w in wanting]
    WebhookDelivery.objects.bulk_create(made)
    return len(made)


def payload_of(event: str, data: Mapping[str, Any]) -> str:
    whole = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=str)


def waiting(now: datetime | None = None) -> list[int]:
    """The webhooks that have something to deliver."""
    found = _due(now or timezone.now()).order_by().values_list("webhook", flat=True)
    return list(found.distinct())


def _due(now: datetime) -> Any:
    rows = WebhookDelivery.objects.filter(state=WebhookDelivery.QUEUED, next_try_at__lte=now)
    return rows.filter(webhook__enabled=True, tried_once=False)


def deliver_due(webhook: int) -> int:
    """How many of one webhook went out; for some seconds at most."""
    ends = time.monotonic() + SPELL
    due = _due(timezone.now()).filter(webhook=webhook).order_by("pk")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        if time.monotonic() > ends:
            break
        sent += _deliver(pk)
    return sent


def _deliver(pk: int) -> bool:
    """The try is claimed before it is made: of two workers that found it due, one sends."""
    now = timezone.now()
    row = _due(now).select_related("webhook").filter(pk=pk).first()
    if row is None:
        return False
    mine = WebhookDelivery.objects.filter(pk=pk, state=row.state, attempts=row.attempts)
    until = now + CLAIMED
    if not mine.update(attempts=F("attempts") + 1, next_try_at=until):
        return False
    row.attempts += 1
    return _told(row, post(row))


def test(webhook: Webhook, by: str) -> WebhookDelivery:
    """A message of no meaning, tried once, at once, and whether or not it is enabled."""
    made: WebhookDelivery = WebhookDelivery.objects.create(
        webhook=webhook,
        event=TEST,
        payload=payload_of(TEST, {"webhook": webhook.name, "by": by}),
        tried_once=True,
        attempts=1,
    )
    _told(made, post(made))
    made.refresh_from_db()
    return made


def _pause(attempts: int) -> timedelta:
    """A little more now and then, so that many do not come back together; never less."""
    pause = PAUSES[min(attempts, len(PAUSES) - 1)]
    return pause * random.uniform(1, 1.1)  # noqa: S311


@transaction.atomic
def _told(row: WebhookDelivery, answer: Answer) -> bool:
    row.tries = [*row.tries, _logged(answer)][-MOST_TRIES_KEPT:]
    changes: dict[str, Any] = {
        "tries": row.tries,
        "status": answer.status,
        "error": answer.error,
        "milliseconds": answer.milliseconds,
    }
    if not answer.error:
        changes |= {"state": WebhookDelivery.DELIVERED, "delivered_at": timezone.now()}
        Webhook.objects.filter(pk=row.webhook_id).update(failing_since=None)
    elif row.tried_once or row.attempts > len(PAUSES):
        changes["state"] = WebhookDelivery.GIVEN_UP
    else:
        asked = timedelta(seconds=min(answer.wait or 0, DAY.total_seconds()))
        changes["next_try_at"] = timezone.now() + max(_pause(row.attempts - 1), asked)
    same = WebhookDelivery.objects.filter(pk=row.pk, attempts=row.attempts)
    same.filter(state=WebhookDelivery.QUEUED).update(**changes)
    if answer.error and not row.tried_once:
        _failed(row, answer)
    return not answer.error


def _logged(answer: Answer) -> dict[str, Any]:
    return {
        "at": answer.at.isoformat(),
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "error": answer.error,
    }


def _failed(row: WebhookDelivery, answer: Answer) -> None:
    log.warning("webhook not delivered", webhook=row.webhook_id, status=answer.status)
    webhook = Webhook.objects.filter(pk=row.webhook_id)
    webhook.filter(failing_since=None).update(failing_since=answer.at)
    if answer.status == GONE:
        _disable(row.webhook_id, answer.error, answer.at)
    else:
        why = f"Every message has failed for a day. The last time: {answer.error}"
        _disable(row.webhook_id, why, answer.at - DAY)


def _disable(pk: int, why: str, failing_since: datetime) -> None:
    """Where it has failed since then or longer."""
    now = timezone.now()
    failing = Webhook.objects.filter(pk=pk, enabled=True, failing_since__lte=failing_since)
    if failing.update(enabled=False, disabled_at=now, disabled_why=why):
        webhook = Webhook.objects.get(pk=pk)
        subject, body = letter(webhook)
        mails = [Mail(to=a, subject=subject, body=body) for a in those_who_run_it()]
        Mail.objects.bulk_create(mails)


def letter(webhook: Webhook) -> tuple[str, str]:
    """Subject and body."""
    name = " ".join(webhook.name.split())
    where = f"{settings.STEWARD_BASE_URL}/settings/webhooks/{webhook.pk}/"
    body = (
        f"Steward has disabled the webhook {name} ({webhook.shown}):\n\n"
        f"    {webhook.disabled_why}\n\n"
        "Messages that were waiting are kept for 30 days. See to the receiver, press Test, and "
        f"enable the webhook again: they are delivered then.\n\n{where}\n\n— Steward"
    )
    return f"{name}: the webhook is disabled"[:300], body


def drop_old() -> None:
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - KEPT)
    some = list(old.order_by("created_at").values_list("pk", flat=True)[:MOST_PURGED])
    WebhookDelivery.objects.filter(pk__in=some).delete()
