"""Worker processes, by their heartbeats."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

FRESH = timedelta(seconds=15)


class Worker(models.Model):
    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    @classmethod
    def alive(cls) -> models.QuerySet[Worker]:
        found: models.QuerySet[Worker] = cls.objects.filter(heartbeat_at__gt=timezone.now() - FRESH)
        return found

    @classmethod
    def any_alive(cls) -> bool:
        return cls.alive().exists()


def left_behind(name: str, here: Collection[int]) -> Q:
    """Of rows with `worker` and `started_at`: what is held by a worker that is not there any more,
    or by one of this very `name` that was there before this process, which is at those in `here`.
    """
    since = timezone.now() - FRESH
    gone = Q(started_at__lt=since) & ~Q(worker__in=Worker.alive().values("pk"))
    return gone | (Q(worker=name) & ~Q(pk__in=list(here)))
