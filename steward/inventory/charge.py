"""Charges: what was paid to whom, from finance apps, card statements and ledgers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from steward.inventory.amounts import RATE_PLACES, ExactField
from steward.inventory.application import Application
from steward.inventory.imports import Import
from steward.inventory.instance import Book
from steward.inventory.person import Person


class VendorRule(models.Model):
    """What somebody has said of a vendor's name on statements, once and for all: which application
    it is (None: no application at all). `pattern` is compared with `Charge.vendor_key`: equal, or
    the beginning of it where `is_prefix`."""

    pattern = models.CharField(max_length=300, unique=True)
    is_prefix = models.BooleanField(default=False)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.CASCADE, related_name="vendor_rules"
    )
    by = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.pattern}…" if self.is_prefix else str(self.pattern)


class ChargeQuerySet(models.QuerySet["Charge"]):
    def present(self) -> ChargeQuerySet:
        """What a person may see: all but what is in closed books, of which there are few, and
        those for some moments."""
        closed = list(Book.objects.exclude(closed_at=None).values_list("pk", flat=True))
        return self.filter(Q(book=None) | ~Q(book__in=closed)) if closed else self.all()

    def counted(self) -> ChargeQuerySet:
        """Each payment once."""
        return self.present().filter(duplicate_of=None)


class Charge(models.Model):
    """Paid on `day`; a refund is less than zero. `book` is set where an instance has read it,
    `entered` where it came with a file. `vendor_key` is the vendor's name as rules compare it.
    `matched` says by what the application was found: rule, name, hand, or nothing yet.
    `told` is the amount in the company's currency, at `told_rate` of `told_day`; None where no
    rate is known. `paid_by` is the app's own id of the account that paid, and `seen` the last run
    that read it. A duplicate of another charge is kept and not counted."""

    RULE, NAME, HAND, NOTHING = "rule", "name", "hand", ""

    book = models.BigIntegerField(null=True)
    entered = models.ForeignKey(Import, null=True, on_delete=models.CASCADE, related_name="charges")
    seen = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=300, blank=True)
    paid_by = models.CharField(max_length=300, blank=True, default="", db_default="")
    day = models.DateField()
    amount = ExactField()
    currency = models.CharField(max_length=3)
    vendor = models.CharField(max_length=300)
    vendor_key = models.CharField(max_length=300)
    description = models.CharField(max_length=500, blank=True)
    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="charges"
    )
    matched = models.CharField(max_length=5, blank=True, default=NOTHING)
    is_saas = models.BooleanField(default=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="charges")
    department = models.CharField(max_length=300, blank=True)
    told = ExactField(null=True)
    told_rate = ExactField(null=True, places=RATE_PLACES)
    told_day = models.DateField(null=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="duplicates"
    )
    not_duplicate = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = ChargeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "external_id"],
                condition=models.Q(book__isnull=False),
                name="charge_once_a_book",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["application", "day"]),
            models.Index(fields=["day", "id"]),
            models.Index(fields=["vendor_key", "day"]),
            models.Index(fields=["currency", "day"]),
            models.Index(fields=["book", "entered", "day"], name="charge_by_source"),
            models.Index(fields=["department", "day"], name="charge_by_department"),
            models.Index(fields=["day"], condition=Q(told=None), name="charge_without_rate"),
            models.Index(
                fields=["vendor_key"],
                condition=Q(application=None, matched=""),
                name="charge_unmatched",
            ),
            models.Index(
                fields=["day"], condition=Q(duplicate_of__isnull=False), name="charge_doubled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor}, {self.day}"
