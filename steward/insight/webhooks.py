"""Webhooks and their messages, as facts; never a secret, nor an address with what it may hide."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from steward.insight.facts import moment_text
from steward.inventory.webhook import Webhook, WebhookDelivery


def webhooks() -> Any:
    """With how many messages wait, counted by an index and not by all that were ever sent."""
    queued = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=WebhookDelivery.QUEUED)
    counted = queued.order_by().values("webhook").annotate(count=Count("pk")).values("count")
    waiting = Coalesce(Subquery(counted), 0)
    return Webhook.objects.annotate(waiting=waiting).order_by("name", "pk")


def deliveries_of(webhook: Webhook) -> Any:
    """Without what was sent, which may be long."""
    return webhook.deliveries.defer("payload").order_by("-pk")


def disabled() -> Any:
    """Those that Steward has given up."""
    return Webhook.objects.filter(enabled=False, disabled_at__isnull=False).order_by("name")


def facts_of(webhook: Webhook) -> dict[str, Any]:
    """Of a row of `webhooks`."""
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.shown,
        "events": webhook.events,
        "enabled": webhook.enabled,
        "waiting": webhook.waiting,  # type: ignore[attr-defined]
        "failing_since": moment_text(webhook.failing_since),
        "disabled_at": moment_text(webhook.disabled_at),
        "disabled_why": webhook.disabled_why,
        "made_by": webhook.made_by,
        "made_at": moment_text(webhook.made_at),
    }


def said_of(delivery: WebhookDelivery) -> str:
    """How a message stands, in a sentence. Of a row with its webhook joined."""
    webhook = delivery.webhook
    if delivery.state == WebhookDelivery.DELIVERED:
        return f"Delivered to the webhook {webhook.name}."
    if delivery.state == WebhookDelivery.GIVEN_UP:
        return f"Not delivered to the webhook {webhook.name}, and given up: {delivery.error}"
    if not webhook.enabled:
        return (
            f"Not delivered: the webhook {webhook.name} is switched off. {delivery.error}".strip()
        )
    if delivery.error:
        return f"Not delivered to the webhook {webhook.name} yet: {delivery.error}"
    return f"On the way to the webhook {webhook.name}."


def is_failing(delivery: WebhookDelivery) -> bool:
    waits = delivery.state == WebhookDelivery.QUEUED
    is_late = waits and bool(delivery.error or not delivery.webhook.enabled)
    return delivery.state == WebhookDelivery.GIVEN_UP or is_late


def address_of(delivery: WebhookDelivery) -> str:
    """Where it is the first that is shown."""
    path = f"/settings/webhooks/{delivery.webhook_id}/?before={delivery.pk + 1}"
    return f"{settings.STEWARD_BASE_URL}{path}"


def facts_of_delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    waits = delivery.state == WebhookDelivery.QUEUED
    return {
        "id": delivery.pk,
        "message": delivery.message,
        "event": delivery.event,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_try_at": moment_text(delivery.next_try_at) if waits else None,
        "status": delivery.status,
        "error": delivery.error,
        "milliseconds": delivery.milliseconds,
        "tries": delivery.tries,
        "created_at": moment_text(delivery.created_at),
        "delivered_at": moment_text(delivery.delivered_at),
    }
