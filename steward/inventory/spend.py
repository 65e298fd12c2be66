"""What was paid, shared out among departments and people, month by month.

It is told by `ledger.shares` when charges or those who share them have changed; the rows of a month
add up exactly to what was paid in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import TruncMonth

from steward.inventory.amounts import ExactField
from steward.inventory.application import Application
from steward.inventory.person import Person


class SpendMonth(models.Model):
    """`untold` is true from when its charges change until they are shared out anew; `changes` tells
    whoever does it that they have changed meanwhile."""

    month = models.DateField(unique=True)
    untold = models.BooleanField(default=True)
    changes = models.PositiveBigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = models.Manager()


class DepartmentShare(models.Model):
    """What a department bears of an application's cost. Where nobody can be named, `department` is
    empty and `why` says so: one of `WHY`."""

    month = models.DateField()
    application = models.ForeignKey(
        Application, null=True, on_delete=models.CASCADE, related_name="department_shares"
    )
    department = models.CharField(max_length=300, blank=True)
    why = models.CharField(max_length=10, blank=True)
    amount = ExactField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "department"])]


class PersonShare(models.Model):
    """What a person bears; `parts` is the same by application, as text by number ("" for what has
    no application). Without a person, `why` says why nobody is named."""

    month = models.DateField()
    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="spend_shares"
    )
    why = models.CharField(max_length=10, blank=True)
    amount = ExactField()
    parts = models.JSONField(default=dict)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "person"])]


class Retelling(models.Model):
    """A row is there while charges are converted anew: those in `currency`, or all (""), as rates
    or the company's own currency have changed. `done_to` is the highest number that is done."""

    currency = models.CharField(max_length=3, blank=True)
    done_to = models.BigIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()


# Why nobody is named as bearing a part.
UNKNOWN, OWNERLESS, FIXED, REST, PLACELESS = "unknown", "ownerless", "fixed", "rest", "placeless"
WHY = {
    UNKNOWN: "Nobody is known to use it",
    OWNERLESS: "Accounts that nobody owns",
    FIXED: "Shared among departments, not people",
    REST: "Not in any fixed share",
    PLACELESS: "People without a department",
}


def first_of(day: date) -> date:
    return day.replace(day=1)


def mark_untold(charges: Any) -> None:
    """In the transaction that changes them; before they are deleted."""
    months = charges.order_by().annotate(of=TruncMonth("day")).values_list("of", flat=True)
    mark_months(months.distinct())


def mark_months(months: Iterable[date]) -> None:
    found = sorted(set(months))
    if found:
        SpendMonth.objects.bulk_create(
            [SpendMonth(month=month) for month in found], ignore_conflicts=True
        )
        rows = SpendMonth.objects.filter(month__in=found)
        rows.update(untold=True, changes=F("changes") + 1)
