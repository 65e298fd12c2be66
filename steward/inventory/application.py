"""Applications: what the company uses, connected or only seen through another app."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Application(models.Model):
    """`key` is the integration's slug where there is one, else the name in small letters. What is
    `told_` is counted by `sync.tallies`: who has the application according to others that show
    it (humans, and the accounts that stand for them), and who was active in it within
    `instance.RECENT`."""

    STATUSES = (
        ("unconfirmed", "Unconfirmed"),
        ("approved", "Approved"),
        ("unapproved", "Unapproved"),
    )

    key = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=300)
    integration = models.CharField(max_length=100, blank=True)
    category = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=12, choices=STATUSES, default="unconfirmed")
    told_users = models.PositiveIntegerField(default=0, db_default=0)
    told_accounts = models.PositiveIntegerField(default=0, db_default=0)
    told_active = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name
