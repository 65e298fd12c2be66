"""Webhooks: where programs are told of what happens, and each message that goes there."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

# A message is kept as long as this, to be read and sent again.
KEPT = timedelta(days=30)
MOST_TRIES_KEPT = 30


def message_id() -> str:
    return f"msg_{secrets.token_hex(16)}"


class Webhook(models.Model):
    """`sealed` holds its address, its secret and, for a day after a change, the former secret
    (`inventory.signing`); an address may hold a password, so people see `shown` alone. It wants
    the `events` named. `failing_since` is the first of the failures since the last success. One
    that was disabled by Steward says when and why."""

    name = models.CharField(max_length=200)
    shown = models.CharField(max_length=2000)
    sealed = models.BinaryField()
    events = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.TextField(blank=True)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """A message. `payload` is the very text that is signed and sent; `tries` are the last ones,
    each with at (ISO), status (null without an answer), milliseconds, and error. One that is
    `tried_once` is a test: it is not tried again and says nothing of the webhook's failing."""

    QUEUED, DELIVERED, GIVEN_UP = "queued", "delivered", "given_up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.CharField(max_length=40, unique=True, default=message_id)
    event = models.CharField(max_length=40)
    payload = models.TextField()
    tried_once = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveIntegerField(null=True)
    error = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    tries = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["webhook", "-id"], name="delivery_newest"),
            models.Index(fields=["created_at"], name="delivery_created"),
            models.Index(fields=["state", "next_try_at"], name="delivery_due"),
            models.Index(fields=["webhook", "state"], name="delivery_waiting"),
        ]

    def __str__(self) -> str:
        return self.message
