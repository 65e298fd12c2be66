"""What people bring in files: each import, and what it did to every row, to be undone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.member import Member

KINDS = (
    ("people", "People"),
    ("applications", "Applications"),
    ("licenses", "Licences"),
    ("contracts", "Contracts"),
    ("charges", "Charges"),
    ("rates", "Exchange rates"),
)


class ImportDraft(models.Model):
    """A file that somebody is looking at. It is gone with its import, or when the time is up.
    `mapping` gives the field of each column by its heading, `options` how the file writes dates and
    amounts. `counts` says what it would do, None while nobody has asked."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12, choices=KINDS)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[Any] = models.Manager()


class ImportDraftRow(models.Model):
    """What a row of a draft would do, as it was seen when somebody asked."""

    draft = models.ForeignKey(
        ImportDraft, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    line = models.PositiveIntegerField()
    verdict = models.CharField(max_length=7)
    name = models.CharField(max_length=300)
    changes = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    cells = models.JSONField(default=list)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["draft", "line"]),
            models.Index(fields=["draft", "verdict", "line"]),
        ]


class ImportMapping(models.Model):
    """Which column means what, remembered for files with the same columns (`columns` is a hash of
    their names), and how they write dates and amounts."""

    kind = models.CharField(max_length=12, choices=KINDS)
    columns = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "columns"], name="mapping_once")
        ]


class Import(models.Model):
    """`counts` are of rows: new, changed, same, error (left out); after an undo also undone and
    kept. `headings` are those of the file."""

    kind = models.CharField(max_length=12, choices=KINDS)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.CharField(max_length=254, blank=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()


class ImportedRow(models.Model):
    """What a row of the file did to one object: `before` is None where it made it, and `after` is
    how it left it. What is no longer as it was left is not undone; `kept` says why."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    model = models.CharField(max_length=30)
    object = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(default=dict)
    name = models.CharField(max_length=300, blank=True)
    kept = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = models.Manager()


class LeftOut(models.Model):
    """A row that was not taken, with what was wrong with it and its cells as the file has them."""

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="left_out")
    line = models.PositiveIntegerField()
    errors = models.JSONField(default=list)
    cells = models.JSONField(default=list)

    objects: ClassVar[Any] = models.Manager()
