"""Accounts: users inside one instance, how they stood on past days, and when they were active."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef

from steward.inventory import lifecycle
from steward.inventory.instance import Instance
from steward.inventory.person import Person


def book_key(**options: Any) -> models.ForeignKey[Any, Any]:
    """What was read belongs to a book. The join to the instance drops closed books."""
    return models.ForeignKey(
        Instance,
        to_field="book",
        db_column="book",
        db_constraint=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        **options,
    )


class BookQuerySet(models.QuerySet[Any]):
    def present(self) -> BookQuerySet:
        """Rows of instances that a person may see. Every page and answer starts from here."""
        return self.filter(instance__state__in=lifecycle.PRESENT)

    def present_in_order(self) -> BookQuerySet:
        """The same, for lists by number. Of a join SQLite would begin with the instances, and sort
        all that they hold for the first hundred."""
        there = Instance.objects.filter(state__in=lifecycle.PRESENT, book=OuterRef("instance"))
        return self.filter(Exists(there))


class AccountFields(models.Model):
    """What an account is at a time: shared by the current row and by its past versions."""

    email = models.CharField(max_length=254, blank=True)
    username = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    role = models.CharField(max_length=200, blank=True)
    holds_seat = models.BooleanField(null=True)
    attributes = models.JSONField(default=dict)
    last_active_at = models.DateTimeField(null=True)
    since = models.DateTimeField()

    class Meta:
        abstract = True


class Account(AccountFields):
    """`since` is when it came to be as it is now. `missing` is true while the latest whole list
    does not show it; `matched` is false until it was looked for among the people. `attributes`
    may hold `emails` (further addresses) and `verified`, besides what the app says of the human.
    `doubtful` asks an admin whose it is. `digest` is 8 bytes of the record and 8 of the bytes it
    was read from (zero: none kept)."""

    ACTIVE, DISABLED, REMOVED = "active", "disabled", "removed"

    instance = book_key(related_name="account_set")
    external_id = models.CharField(max_length=300)
    created_at = models.DateTimeField(null=True)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="accounts", db_index=False,
        db_constraint=False,
    )  # fmt: skip
    first_seen_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    matched = models.BooleanField(default=False)
    missing = models.BooleanField(default=False, db_default=False)
    doubtful = models.BooleanField(default=False, db_default=False)
    digest = models.BinaryField(max_length=16)

    objects: ClassVar[Any] = BookQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "external_id"], name="account_once_a_book")
        ]
        indexes: ClassVar = [
            models.Index(fields=["instance", "status", "id"]),
            models.Index(fields=["instance", "last_active_at"]),
            models.Index(fields=["name", "id"], name="account_by_name"),
            models.Index(fields=["person", "instance"], name="account_by_person"),
            models.Index(
                fields=["instance"], condition=models.Q(matched=False), name="account_unmatched"
            ),
            models.Index(
                fields=["instance"], condition=models.Q(missing=True), name="account_missing"
            ),
            models.Index(
                fields=["instance"], condition=models.Q(doubtful=True), name="account_doubtful"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.username or self.external_id


class AccountVersion(AccountFields):
    """How an account stood from `since` until `until`, written when it changes."""

    instance = book_key(related_name="+")
    account = models.ForeignKey(
        Account, db_constraint=False, on_delete=models.DO_NOTHING, related_name="versions"
    )
    until = models.DateTimeField()

    objects: ClassVar[Any] = BookQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["instance", "until"])]


class ActiveDays(models.Model):
    """The days of a month on which an account was active: bit 0 of `days` is the first.
    With `app` set, the account was active in that application, seen through this instance."""

    instance = book_key(related_name="+")
    account = models.ForeignKey(
        Account, db_constraint=False, on_delete=models.DO_NOTHING, related_name="active_days"
    )
    app = models.BigIntegerField(default=0)
    month = models.DateField()
    days = models.BigIntegerField()

    objects: ClassVar[Any] = BookQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "app", "month"], name="active_days_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["instance"]),
            models.Index(fields=["app", "month"], condition=~models.Q(app=0), name="days_by_app"),
        ]


def last_day(month: date, days: int) -> datetime:
    """The beginning of the last of the days of a month, in UTC."""
    day = month.replace(day=days.bit_length())
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class AccountAt(AccountFields):
    """An account as it stood from `since` until `until` (None: still), over the database view
    that puts current rows and past versions together. Read it through `inventory.history`."""

    instance = book_key(related_name="+")
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING, related_name="+")
    external_id = models.CharField(max_length=300)
    created_at = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.DO_NOTHING, related_name="+")
    first_seen_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = BookQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "inventory_account_at"
