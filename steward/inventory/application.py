"""Applications: what the company uses, connected or only seen through another app."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Application(models.Model):
    """`key` is the integration's slug where there is one, else the name in small letters."""

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
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name
