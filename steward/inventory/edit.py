"""What people have entered and changed by hand or file: who, when, what it was and what it is.

The trail of everything that no app was asked for: applications, licences and prices, contracts,
charges, rates, imports. Moments are the same for instances, identity changes for people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class Edit(models.Model):
    """`kind` is what it is of, in the words of the API (application, licence, contract, charge …),
    `object` its number, `name` what it was called. `before` and `after` hold the fields that
    changed, as the API writes them; an empty `before` made it, an empty `after` took it away."""

    kind = models.CharField(max_length=20)
    object = models.BigIntegerField()
    name = models.CharField(max_length=300, blank=True)
    what = models.CharField(max_length=20)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "object", "id"])]

    @classmethod
    def note(cls, kind: str, row: models.Model, what: str, by: str, **more: Any) -> Edit:
        made = cls.of(kind, row, what, by, **more)
        made.save(force_insert=True)
        return made

    @classmethod
    def of(cls, kind: str, row: models.Model, what: str, by: str, **more: Any) -> Edit:
        """Not kept yet."""
        return cls(kind=kind, object=row.pk, name=str(row)[:300], what=what, by=by, **more)
