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
    amounts. It is nobody's where a program has sent it. `counts` says what it would do, None while
    nobody has asked."""

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE)
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


class ImportTask(models.Model):
    """A large file that the worker looks at, or brings. `checked` of its `rows` are; then they are
    written in one transaction, with `imported` and the end of the task. A worker that dies hands
    it back, and it begins anew (`attempt`). `errors` are those by row, `problem` says why it
    failed."""

    LOOK, BRING = "look", "bring"
    QUEUED, CHECKING, WRITING = "queued", "checking", "writing"
    DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
    STOPPABLE, HELD = (QUEUED, CHECKING), (CHECKING, WRITING)
    OPEN = (QUEUED, CHECKING, WRITING)

    draft = models.ForeignKey(
        ImportDraft, null=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    file_name = models.CharField(max_length=255)
    what = models.CharField(max_length=5)
    good_rows = models.BooleanField(default=False)
    again = models.BooleanField(default=False)
    by = models.CharField(max_length=254)
    state = models.CharField(max_length=9, default=QUEUED, db_index=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(null=True)
    checked = models.PositiveIntegerField(default=0)
    counts = models.JSONField(null=True)
    problem = models.TextField(blank=True)
    errors = models.JSONField(default=list)
    imported = models.ForeignKey(Import, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def can_be_cancelled(self) -> bool:
        return self.state in self.STOPPABLE

    @property
    def share(self) -> int:
        """Checked, in hundredths."""
        return 100 * self.checked // self.rows if self.rows else 0
