"""What people have decided about who is who. It outlasts every sync."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.instance import Instance
from steward.inventory.person import Person

SERVICE, SHARED = "service", "shared"


class Decision(models.Model):
    """Whose an account is, by the instance and the app's own id, so that it holds when all users
    were deleted and read anew. `kind` is set where the account is nobody's: service or shared."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="decisions")
    external_id = models.CharField(max_length=300)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="decided_once")
        ]


class Distinct(models.Model):
    """Two people who look like one and are not; `one` has the lower number."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="distinct_once")
        ]


class IdentityChange(models.Model):
    """One act of an admin on who is who. `moved` says what it moved, so that it can be undone:
    `accounts` are [instance, external_id], `kinds` and `decisions` [instance, external_id, before,
    after], `addresses` and `names` [key or person, before, after], `parted` and `joined` pairs of
    people who were made distinct, or are not any more. People are told by their numbers, decisions
    as {person, kind} or null."""

    DECIDED, MERGED, SPLIT, KEPT_APART = "decided", "merged", "split", "kept_apart"

    what = models.CharField(max_length=10)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    other = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.CharField(max_length=254, blank=True)
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()
