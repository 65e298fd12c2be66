"""Schedules: which report goes where and when; and each time that it went, or why it did not."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.cadence import Cadence
from steward.inventory.member import Member
from steward.inventory.webhook import Webhook, WebhookDelivery

LINK = "link"


class Schedule(models.Model):
    """`filters`, `sort` and `columns` are as the page of the report has them. It goes by `emails`,
    to `webhook`, and into `folder` beneath the export folder ("" is that folder itself, null no
    folder), where the `keep` newest stay (null: all). What things cost travels only
    `with_money`. `failures` counts those since the last success, `told_at` is when its owner was
    told of them. The `last_` fields are those of its last run that has ended."""

    name = models.CharField(max_length=200)
    report = models.CharField(max_length=100)
    filters = models.JSONField(default=dict)
    sort = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=list)
    cadence = models.CharField(max_length=10)
    weekdays = models.JSONField(default=list)
    day = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField()
    zone = models.CharField(max_length=64)
    format = models.CharField(max_length=10)
    emails = models.JSONField(default=list)
    webhook = models.ForeignKey(
        Webhook, null=True, on_delete=models.PROTECT, related_name="schedules"
    )
    folder = models.CharField(max_length=200, null=True)
    keep = models.PositiveIntegerField(null=True)
    with_money = models.BooleanField(default=False)
    only_if_rows = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    owner = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    last_state = models.CharField(max_length=10, blank=True)
    last_sentence = models.TextField(blank=True)
    last_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(enabled=True), name="schedule_due")
        ]

    def __str__(self) -> str:
        return self.name

    def when(self) -> Cadence:
        return Cadence(self.cadence, self.at, self.zone, tuple(self.weekdays), self.day)


class ScheduleRun(models.Model):
    """`by` asked for it, "" where it was due. `sentence` says where it went or why it did not.
    `attempt` counts the workers that took it; `rows` and `size` (bytes) are known at its end.
    `delivery` is its message to the webhook, as long as that is kept."""

    QUEUED, RUNNING, DONE, EMPTY, FAILED = "queued", "running", "done", "empty", "failed"
    OPEN = (QUEUED, RUNNING)

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    due_at = models.DateTimeField()
    by = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=10, default=QUEUED)
    sentence = models.TextField(blank=True)
    rows = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    delivery = models.ForeignKey(
        WebhookDelivery, null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    attempt = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="schedule_fires_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["schedule", "-id"], name="schedule_run_newest"),
            models.Index(fields=["state"], name="schedule_run_state"),
            models.Index(fields=["ended_at"], name="schedule_run_ended"),
        ]
