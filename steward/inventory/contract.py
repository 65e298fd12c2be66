"""Contracts with vendors, what they are about, and the papers they stand on."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.amounts import ExactField
from steward.inventory.application import Application
from steward.inventory.licence import LicenceType
from steward.inventory.member import Member, fingerprint
from steward.inventory.person import Person

# What a term that comes by itself follows from, and what is told of it.
_AGREED = frozenset(
    ("starts_on", "ends_on", "notice_on", "auto_renews", "renews_for_months", "ended_on")
)
_ROLLED = ("rolled_starts_on", "rolled_ends_on", "rolled_notice_on")


class Contracts(models.QuerySet["Contract"]):
    def update(self, **values: Any) -> int:
        """Whatever is agreed anew, of many at once too: what was told of before is void."""
        void = dict.fromkeys(_ROLLED) if _AGREED & values.keys() else {}
        return super().update(**{**void, **values})


class Contract(models.Model):
    """A term with a vendor. It renews, or ends, the day after `ends_on`; whoever wants out says so
    by `notice_on`. `value` is what the whole term costs. `began_on` is set once it has renewed: the
    day since which it holds. `ended_on` is set when somebody has ended it before its time, or has
    let it run out.

    What is `rolled_` is the term that has come by itself since (see `terms`). The worker tells it,
    so that lists can be sorted and cut by it; it is void once anything else is agreed."""

    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="contracts"
    )
    vendor = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    reference = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    notice_on = models.DateField(null=True)
    auto_renews = models.BooleanField(default=False)
    renews_for_months = models.PositiveSmallIntegerField(null=True)
    value = ExactField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    owner = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="contracts"
    )
    notes = models.TextField(blank=True)
    began_on = models.DateField(null=True)
    rolled_starts_on = models.DateField(null=True)
    rolled_ends_on = models.DateField(null=True)
    rolled_notice_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = Contracts.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ends_on"]), models.Index(fields=["notice_on"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **more: Any) -> None:
        if update_fields is None or _AGREED.intersection(update_fields):
            for name in _ROLLED:
                setattr(self, name, None)
            update_fields = update_fields and {*update_fields, *_ROLLED}
        super().save(*args, update_fields=update_fields, **more)


class ContractLine(models.Model):
    """So many seats of a licence, at that price a seat for a period of `months`."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    licence = models.ForeignKey(LicenceType, on_delete=models.CASCADE, related_name="lines")
    seats = models.PositiveIntegerField()
    amount = ExactField(null=True)
    months = models.PositiveSmallIntegerField(default=12)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "licence"], name="line_once_a_contract")
        ]

    def __str__(self) -> str:
        return str(self.licence)


class Document(models.Model):
    """A file of a contract, in the database, so that every web process has it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return self.name


class ContractReminder(models.Model):
    """That somebody was told of a date. `kind` is 90, 60, 30 (days before `day`, on which it renews
    or is over) or notice (`day` is the last one for it)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "kind", "day"], name="reminded_once")
        ]


class CalendarFeed(models.Model):
    """A secret address under which a member's calendar reads the renewals; of it only the hash
    is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="feeds")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()

    @classmethod
    def make(cls, member: Member) -> tuple[CalendarFeed, str]:
        """The row, and the secret of its address, which is shown once and never stored."""
        secret = secrets.token_urlsafe(32)
        return cls.objects.create(member=member, hash=fingerprint(secret)), secret

    @classmethod
    def find(cls, secret: str) -> CalendarFeed | None:
        """None where it was revoked, or its member may not sign in any more."""
        rows = cls.objects.filter(revoked_at=None, member__is_active=True)
        found: CalendarFeed | None = (
            rows.select_related("member").filter(hash=fingerprint(secret)).first()
        )
        return found

    def mark_used(self) -> None:
        """To the minute: a write for every request would be too much."""
        now = timezone.now()
        stale = models.Q(last_used_at=None) | models.Q(last_used_at__lt=now - timedelta(minutes=1))
        CalendarFeed.objects.filter(stale, pk=self.pk).update(last_used_at=now)
