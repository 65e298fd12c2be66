"""What accounts hold inside an instance: groups, paid seats, and applications seen through it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from steward.inventory.account import Account, BookQuerySet, book_key
from steward.inventory.application import Application


class Read(models.Model):
    """A row read from an app; `seen` is the last run that saw it."""

    instance = book_key(related_name="+")
    seen = models.BigIntegerField()

    objects: ClassVar[Any] = BookQuerySet.as_manager()

    class Meta:
        abstract = True


def _held_by(related_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        Account, db_constraint=False, on_delete=models.DO_NOTHING, related_name=related_name
    )


class Group(Read):
    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="group_once_a_book")
        ]


class Membership(Read):
    group = models.ForeignKey(
        Group, db_constraint=False, on_delete=models.DO_NOTHING, related_name="memberships"
    )
    account = _held_by("memberships")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "account"], name="membership_once")
        ]
        indexes: ClassVar = [models.Index(fields=["instance", "seen"])]


class License(Read):
    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    purchased = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="license_once_a_book")
        ]


class Seat(Read):
    license = models.ForeignKey(
        License, db_constraint=False, on_delete=models.DO_NOTHING, related_name="seats"
    )
    account = _held_by("seats")
    last_active_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["license", "account"], name="seat_once")
        ]
        indexes: ClassVar = [models.Index(fields=["instance", "seen"])]


class SeenApp(Read):
    """An application that shows up inside an instance (a tile of a sign-on service)."""

    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="seen"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="app_once_a_book")
        ]


class Assignment(Read):
    app = models.ForeignKey(
        SeenApp, db_constraint=False, on_delete=models.DO_NOTHING, related_name="assignments"
    )
    account = _held_by("assignments")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["app", "account"], name="assignment_once")
        ]
        indexes: ClassVar = [models.Index(fields=["instance", "seen"])]
