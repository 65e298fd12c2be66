"""How a message to a webhook stands."""

from __future__ import annotations

from django import template

from steward.insight import webhooks
from steward.inventory.webhook import WebhookDelivery

register = template.Library()


@register.filter
def sent_said(delivery: WebhookDelivery) -> str:
    return webhooks.said_of(delivery)


@register.filter
def sent_fails(delivery: WebhookDelivery | None) -> bool:
    return delivery is not None and webhooks.is_failing(delivery)


@register.filter
def sent_waits(delivery: WebhookDelivery) -> bool:
    """Whether it is tried again."""
    is_queued = delivery.state == WebhookDelivery.QUEUED and bool(delivery.attempts)
    return is_queued and delivery.webhook.enabled
