"""What people have decided about which application something is. It outlasts every sync."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.instance import Instance


class Placement(models.Model):
    """Of which application an instance is, or an app that it shows (by the instance's own id of it,
    so that it holds when all users were deleted and read anew; "" is the instance itself)."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="placements")
    external_id = models.CharField(max_length=300, blank=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="placed_once")
        ]


class ApplicationChange(models.Model):
    """A merge of `other` into `application`, or a split of sources from it to `other`. `moved` says
    what went where, so that it can be undone: lists of numbers by the kind of row (`instances`,
    `apps`, `charges`, `contracts`, `licences`, `rules`, `merged`), `lines` of contracts as [line,
    licence before, after], `placed` as [instance, external id, before, after], `filled` as the
    fields of the kept application with what they were and are."""

    MERGED, SPLIT = "merged", "split"

    what = models.CharField(max_length=10)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="changes"
    )
    other = models.ForeignKey(Application, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.CharField(max_length=254, blank=True)
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()
