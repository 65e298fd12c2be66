"""Outgoing mail: written with what it speaks of, sent behind, and shown when it cannot be."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.instance import Moment


class Recipient(models.Model):
    email = models.EmailField(unique=True)


class MailFile(models.Model):
    """What is attached to one or more mails; gone when none of them waits any more."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()


class Mail(models.Model):
    QUEUED, SENT, FAILED = "queued", "sent", "failed"

    to = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    moment = models.ForeignKey(Moment, null=True, on_delete=models.SET_NULL, related_name="mails")
    file = models.ForeignKey(MailFile, null=True, on_delete=models.SET_NULL, related_name="mails")
    state = models.CharField(max_length=10, default=QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["moment", "to"], name="one_mail_a_moment_and_person")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_try_at"])]
