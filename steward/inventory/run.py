"""A run: one attempt to sync one instance, and how far it has come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.instance import Instance

OPEN = ("queued", "running", "parked")


class Run(models.Model):
    """`progress` is the checkpoint, written in the transaction that writes the data: for each
    stream `{state, cursor, pages, records, set_aside, problems, error, missing}`.

    `attempt` is the fence: it grows whenever a worker takes the run, and a worker whose number
    is not the current one can write nothing any more. `moved` is the attempt that last got
    further: attempts since then have all died at the same place. `worker` is who took it last."""

    QUEUED, RUNNING, PARKED = OPEN
    SUCCEEDED, FAILED, REFUSED, STOPPED = "succeeded", "failed", "refused", "stopped"

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="runs")
    book = models.BigIntegerField()
    connection = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    moved = models.PositiveIntegerField(default=0)
    trigger = models.CharField(max_length=20)
    requested_by = models.CharField(max_length=254, blank=True)
    progress = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    sample = models.TextField(blank=True)
    stop_requested_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["instance"], condition=models.Q(state__in=OPEN), name="one_open_run"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["instance", "-created_at"]),
            models.Index(fields=["state", "resume_at"]),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
