"""What accounts hold inside an instance: groups, paid seats, applications seen through it, and
what they have let other applications do.

A row that is no longer read is kept with the time at which it was missed (`until`), so that the
past can be asked for. `present()` leaves such rows out; `at(day)` gives what was held then.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from steward.inventory.account import Account, BookQuerySet, book_key
from steward.inventory.application import Application
from steward.inventory.history import end_of

HELD = Q(until=None)


class HeldQuerySet(BookQuerySet):
    def held(self) -> HeldQuerySet:
        """Rows that the latest whole reading showed."""
        return self.filter(HELD)

    def present(self) -> HeldQuerySet:
        return super().present().filter(HELD)

    def at(self, day: date | None) -> HeldQuerySet:
        """What a person may see, as it was held at the end of that UTC day (None: now)."""
        if day is None:
            return self.present()
        end = end_of(day)
        return super().present().filter(HELD | Q(until__gte=end), since__lt=end)


class Read(models.Model):
    """A row read from an app; `seen` is the last run that saw it."""

    instance = book_key(related_name="+")
    seen = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = HeldQuerySet.as_manager()

    class Meta:
        abstract = True


def _once(name: str, *fields: str) -> list[models.UniqueConstraint]:
    """Held once at a time; a row that comes back begins anew."""
    return [models.UniqueConstraint(fields=fields, condition=HELD, name=name)]


def _swept(name: str) -> models.Index:
    return models.Index(fields=["instance", "seen"], condition=HELD, name=name)


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
        constraints: ClassVar = _once("membership_once", "group", "account")
        indexes: ClassVar = [_swept("membership_swept")]


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
        constraints: ClassVar = _once("seat_once", "license", "account")
        indexes: ClassVar = [
            _swept("seat_swept"),
            # Whether the app says of any seat of a licence when it was used.
            models.Index(
                fields=["license"],
                condition=HELD & Q(last_active_at__isnull=False),
                name="seat_used",
            ),
        ]


class SeenApp(Read):
    """An application that shows up inside an instance: a tile of a sign-on service, an app that
    was let in to people's data, one that was signed in to. Three streams may show it. Each of
    `in_apps`, `in_grants` and `in_activity` is the last run in which that stream did, and None
    where it does not, or not any more; the app is there while one of them shows it.
    `told_sign_ins`: somebody has signed in to it (see `sync.tallies`). `beside`: its application is
    connected, but that is by what somebody has merged, and no instance speaks for this app; its
    users count beside the accounts of the instances."""

    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=True)
    publisher = models.CharField(max_length=300, blank=True, default="", db_default="")
    verified = models.BooleanField(null=True)
    in_apps = models.BigIntegerField(null=True)
    in_grants = models.BigIntegerField(null=True)
    in_activity = models.BigIntegerField(null=True)
    told_sign_ins = models.BooleanField(default=False, db_default=False)
    beside = models.BooleanField(default=False, db_default=False)
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
        constraints: ClassVar = _once("assignment_once", "app", "account")
        indexes: ClassVar = [_swept("assignment_swept")]


class Grant(Read):
    """What an app may do with the data of an account, or with everybody's where `account` is None.
    Other scopes are another row. `reading` are the scopes that the run `seen` has read so far: an
    app may tell of one grant in several records. `granted_by` is the app's own id of the account
    that consented. `level` (how grave what it may do is) and `appeared_at` are told when the book
    has been read; the latter is None for what was there before Steward looked, and undated."""

    app = models.ForeignKey(
        SeenApp, db_constraint=False, on_delete=models.DO_NOTHING, related_name="grants"
    )
    account = models.ForeignKey(
        Account,
        null=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="grants",
    )
    scopes = models.JSONField(default=list)
    reading = models.JSONField(default=list)
    granted_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=300, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    appeared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            *_once("grant_once", "app", "account"),
            models.UniqueConstraint(
                fields=["app"], condition=HELD & Q(account=None), name="grant_once_for_all"
            ),
        ]
        indexes: ClassVar = [
            # With `until`, so that counting an instance's needs no row of the table.
            models.Index(fields=["instance", "seen", "until"], condition=HELD, name="grant_swept"),
            models.Index(fields=["level", "id"], condition=HELD, name="grant_level"),
            models.Index(fields=["appeared_at"], condition=HELD, name="grant_appeared"),
            # Most apps never say when a grant was used, and then all of its grants would be read.
            models.Index(
                fields=["app"],
                condition=HELD & Q(last_used_at__isnull=False),
                name="grant_used",
            ),
        ]
