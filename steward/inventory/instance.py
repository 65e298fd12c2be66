"""An instance: one connection of an integration, its credential, its streams and its runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from steward.inventory import lifecycle
from steward.inventory.application import Application
from steward.inventory.lifecycle import Act, State
from steward.inventory.member import Member

EVERY_HOURS = 24
HOURS_RANGE = (1, 168)
# Within this an account counts as active.
RECENT = timedelta(days=30)
# Who has only ever signed in to an application is a user of it for as long as this.
SIGNED_IN = timedelta(days=90)


class InstanceQuerySet(models.QuerySet["Instance"]):
    def present(self) -> InstanceQuerySet:
        """All that a person may see: an instance being deleted is gone at once."""
        return self.exclude(state=State.DELETING)

    def due(self, now: datetime) -> InstanceQuerySet:
        return self.filter(state__in=lifecycle.SYNCING, next_sync_at__lte=now)


class Instance(models.Model):
    """`book` names the set of data read from the app. All that was read hangs on it, not on the
    instance: deleting all users is opening a new book, and what was in the old one is purged
    behind. `connection` counts the credentials, so that a verdict on an older one is dropped.
    Removals of more than `guard_share` percent and at least `guard_count` accounts are held.
    `says_who_works` marks those that an admin has chosen to be believed about who is employed.
    `expiry_warned` says of which end of the credential somebody was warned last, and how early."""

    integration = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=State.PENDING)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    state_since = models.DateTimeField(default=timezone.now)
    connection = models.PositiveIntegerField(default=1)
    book = models.BigIntegerField(unique=True)
    tenant_id = models.CharField(max_length=300)
    tenant_name = models.CharField(max_length=300, blank=True)
    scopes = models.JSONField(null=True)
    every_hours = models.PositiveIntegerField(default=EVERY_HOURS)
    next_sync_at = models.DateTimeField(null=True)
    last_synced_at = models.DateTimeField(null=True)
    activity_since = models.DateTimeField(null=True)
    guard_share = models.PositiveSmallIntegerField(default=30)
    guard_count = models.PositiveIntegerField(default=20)
    removals_held = models.PositiveIntegerField(default=0)
    says_who_works = models.BooleanField(default=False, db_default=False)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="instances"
    )
    secret_expires_at = models.DateTimeField(null=True)
    expiry_warned = models.CharField(max_length=40, blank=True, default="")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = InstanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"), condition=~models.Q(state="deleting"), name="instance_name_unique"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_sync_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        return lifecycle.status(self.state)

    @property
    def syncs(self) -> bool:
        return self.state in lifecycle.SYNCING

    @property
    def acts(self) -> frozenset[Act]:
        return lifecycle.allowed(self.state)

    def may(self, act: Act) -> bool:
        return act in self.acts

    def is_stale(self, now: datetime | None = None) -> bool:
        """Its data is older than promised, or nothing is going to refresh it."""
        if not self.syncs:
            return True
        promised = timedelta(hours=2 * self.every_hours)
        return (now or timezone.now()) - (self.last_synced_at or self.created_at) > promised


class Book(models.Model):
    """Gives out the numbers of books, and remembers which are to be purged.

    The rest is counted by `sync.tallies` when the accounts have changed: those not removed, those
    that work, those active within `RECENT`, and the paid seats, with whether the app tells
    of activity and of seats at all. `untold` is true from when they change until it is counted;
    `changes` tells whoever counts that they have changed meanwhile.
    `was_directory`: a closed one was of an instance whose word on people counts.
    `days_from` is the earliest day of which the app has told who was active."""

    closed_at = models.DateTimeField(null=True)
    was_directory = models.BooleanField(default=False, db_default=False)
    untold = models.BooleanField(default=True, db_default=True)
    changes = models.PositiveBigIntegerField(default=0, db_default=0)
    told_at = models.DateTimeField(null=True)
    present = models.PositiveIntegerField(default=0, db_default=0)
    live = models.PositiveIntegerField(default=0, db_default=0)
    recent = models.PositiveIntegerField(default=0, db_default=0)
    seats = models.PositiveIntegerField(default=0, db_default=0)
    tells_activity = models.BooleanField(default=False, db_default=False)
    tells_seats = models.BooleanField(default=False, db_default=False)
    days_from = models.DateField(null=True)

    objects: ClassVar[Any] = models.Manager()


class Credential(models.Model):
    """`secrets` and `tokens` are sealed by `inventory.vault`; nothing else may read them."""

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, related_name="credential")
    auth = models.CharField(max_length=50)
    secrets = models.BinaryField()
    tokens = models.BinaryField(null=True)
    updated_at = models.DateTimeField(auto_now=True)


class StreamState(models.Model):
    """The latest result of one stream: ok, not_permitted, failed or never.

    `mark` is where the next read can begin that asks for changes alone. It holds for what
    `mark_for` names (see `sync.marks`), and for some days after `whole_at`, when the whole list
    was last read."""

    OK, NOT_PERMITTED, FAILED, NEVER = "ok", "not_permitted", "failed", "never"

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="streams")
    name = models.CharField(max_length=20)
    state = models.CharField(max_length=15, default=NEVER)
    last_ok_at = models.DateTimeField(null=True)
    records = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    missing = models.JSONField(default=list)
    mark = models.JSONField(null=True)
    mark_for = models.CharField(max_length=100, blank=True, default="", db_default="")
    whole_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instance", "name"], name="stream_once_an_instance")
        ]


class Moment(models.Model):
    """A recorded change of an instance. Mail, audit log and timeline all read moments.
    The name is kept, so that the record can be read when the instance is gone."""

    instance = models.ForeignKey(
        Instance, null=True, on_delete=models.SET_NULL, related_name="moments"
    )
    instance_name = models.CharField(max_length=200)
    integration = models.CharField(max_length=100)
    event = models.CharField(max_length=30)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    actor = models.CharField(max_length=254, blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    notified_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["instance", "-at"]),
            models.Index(fields=["-at"]),
            models.Index(fields=["id"], condition=models.Q(notified_at=None), name="moment_unsent"),
        ]


class SharedWindow(models.Model):
    """What workers know together of how many requests a tenant still takes; `window` has the
    fields of `sdk.budget.Window`."""

    key = models.CharField(max_length=400, unique=True)
    window = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()
