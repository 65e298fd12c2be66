"""What people bring in files: each import, and what it did to every row, to be undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

KINDS = (
    ("people", "People"),
    ("applications", "Applications"),
    ("licenses", "Licences"),
    ("contracts", "Contracts"),
    ("charges", "Charges"),
    ("rates", "Exchange rates"),
)


class ImportMapping(models.Model):
    """Which column means what, remembered for files with the same columns (`columns` is a hash of
    their names)."""

    kind = models.CharField(max_length=12, choices=KINDS)
    columns = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "columns"], name="mapping_once")
        ]


class Import(models.Model):
    kind = models.CharField(max_length=12, choices=KINDS)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.CharField(max_length=254, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()


class ImportedRow(models.Model):
    """What a row of the file did to one object: `before` is None where it made it, and `after` is
    how it left it. What is no longer as it was left is not undone."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    model = models.CharField(max_length=30)
    object = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()
