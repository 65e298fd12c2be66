"""Findings: what a rule has found wrong, with its evidence, and whether somebody has accepted it.

open ──accepted (reason, until)──► accepted ──its day passes, or withdrawn──► open
open or accepted ──the cause is gone──► ended ──it comes back──► open
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from steward.inventory import lifecycle
from steward.inventory.account import Account, book_key
from steward.inventory.application import Application

LOW, MEDIUM, HIGH, CRITICAL = range(1, 5)
SEVERITIES = ("low", "medium", "high", "critical")


def severity_word(level: int) -> str:
    return SEVERITIES[level - LOW]


class FindingQuerySet(models.QuerySet[Any]):
    def present(self) -> FindingQuerySet:
        """Those that a person may see: of an instance that is there, or of no instance."""
        there = Q(instance__state__in=lifecycle.PRESENT)
        return self.filter(there | Q(instance=None)).filter(Q(application__merged_into=None))


class Finding(models.Model):
    """A rule finds a subject (an account or an application, by its number) once. `name` is what the
    subject is called, `said` the evidence in a sentence, `evidence` the same as facts. It hangs on
    the book of its account, and goes when that is purged. `accepted_until` is the last day on which
    the acceptance holds; `reason` and who accepted stay until it is opened again."""

    OPEN, ACCEPTED, ENDED = "open", "accepted", "ended"
    STATES = ((OPEN, "Open"), (ACCEPTED, "Accepted"), (ENDED, "Ended"))

    rule = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    instance = book_key(null=True, related_name="+")
    account = models.ForeignKey(
        Account,
        null=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="findings",
    )
    application = models.ForeignKey(
        Application, null=True, on_delete=models.CASCADE, related_name="findings"
    )
    name = models.CharField(max_length=300)
    severity = models.PositiveSmallIntegerField()
    said = models.TextField()
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=STATES, default=OPEN)
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    accepted_until = models.DateField(null=True)
    reason = models.TextField(blank=True, default="")
    accepted_by = models.CharField(max_length=254, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "subject"], name="finding_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-severity", "-id"], name="finding_listed"),
            models.Index(fields=["rule", "state", "-severity", "-id"], name="finding_by_rule"),
            models.Index(fields=["instance", "state"], name="finding_of_book"),
            models.Index(
                fields=["accepted_until"], condition=Q(state="accepted"), name="finding_lapses"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FindingsTold(models.Model):
    """One row: when findings were last told, and what was newest then (`traces`). `took` seconds;
    `changed_at` is when any finding was last opened, ended or said otherwise. `unasked` gives, by
    rule and by what is not known, the instances that could not be asked. `news` is what webhooks
    are still to be told: by rule, how many were `found` (by severity) and how many have `ended`."""

    traces = models.TextField(blank=True, default="")
    told_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    took = models.FloatField(default=0.0)
    unasked = models.JSONField(default=dict)
    news = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()

    @classmethod
    def get(cls) -> FindingsTold:
        return cls.objects.filter(pk=1).first() or cls(pk=1)
