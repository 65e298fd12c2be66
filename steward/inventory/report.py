"""Reports that people have made and saved."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from steward.inventory.member import Member

_SLUG = re.compile(r"r-([1-9][0-9]{0,17})(?:-[-a-z0-9_]*)?")


class SavedReportQuerySet(models.QuerySet["SavedReport"]):
    def seen_by(self, member: Member) -> SavedReportQuerySet:
        """One's own and those that are shared; admins see all."""
        return self if member.is_admin else self.filter(Q(owner=member) | Q(shared=True))


class SavedReport(models.Model):
    """`definition` says what it is made of (see `insight.reports.datasets.definition`). One without
    an owner was made by a token or the command line, or by somebody who is gone."""

    name = models.CharField(max_length=200)
    description = models.CharField(max_length=1_000, blank=True)
    definition = models.JSONField(default=dict)
    owner = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="saved_reports"
    )
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = SavedReportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name", "id"], name="saved_report_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """In addresses. The number finds it, whatever it is called by now."""
        called = slugify(self.name)[:40].strip("-")
        return f"r-{self.pk}-{called}" if called else f"r-{self.pk}"

    @classmethod
    def called(cls, slug: str) -> SavedReport | None:
        found = _SLUG.fullmatch(slug)
        row: SavedReport | None = cls.objects.filter(pk=int(found[1])).first() if found else None
        return row

    def is_of(self, member: Member) -> bool:
        """Whether the member may change it."""
        return member.is_admin or self.owner_id == member.pk

    def may_be_seen_by(self, member: Member) -> bool:
        return self.shared or self.is_of(member)
