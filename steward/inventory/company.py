"""What holds for the company as a whole: its currency, and who may see what things cost."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from steward.inventory.amounts import RATE_PLACES, ExactField


class Company(models.Model):
    """One row, or none while nothing was said. `currency` (ISO 4217) is what figures of several
    currencies are told in. `people_list_believed`: the imported people list (`Staff`) goes before
    what directories say."""

    currency = models.CharField(max_length=3, default="USD")
    readers_see_money = models.BooleanField(default=True)
    people_list_believed = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return "Company"

    @classmethod
    def get(cls) -> Company:
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class ExchangeRate(models.Model):
    """One unit of `base` was worth `rate` units of `quote` on `day` (and until the next one)."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = ExactField(places=RATE_PLACES)
    source = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["base", "quote", "day"], name="rate_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.base} in {self.quote}, {self.day}"
