"""Contracts with vendors, what they are about, and the papers they stand on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.amounts import ExactField
from steward.inventory.application import Application
from steward.inventory.licence import LicenceType
from steward.inventory.member import Member
from steward.inventory.person import Person


class Contract(models.Model):
    """A term with a vendor. It renews, or ends, the day after `ends_on`; whoever wants out says so
    by `notice_on`. `value` is what the whole term costs. `ended_on` is set when somebody has ended
    it before its time, or has let it run out."""

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
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ends_on"]), models.Index(fields=["notice_on"])]

    def __str__(self) -> str:
        return self.name


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


class ContractReminder(models.Model):
    """That somebody was told of a date. `kind` is 90, 60, 30 (days before `day`) or notice."""

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
