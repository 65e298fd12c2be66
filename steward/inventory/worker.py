"""Worker processes, by their heartbeats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

FRESH = timedelta(seconds=15)


class Worker(models.Model):
    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    @classmethod
    def any_alive(cls) -> bool:
        return cls.objects.filter(heartbeat_at__gt=timezone.now() - FRESH).exists()
