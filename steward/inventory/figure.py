"""Figures of past days, told once a day, from which trends are drawn."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from steward.inventory.amounts import ExactField


class DailyFigure(models.Model):
    """A day on which nobody told has no row; it is a gap, not a zero."""

    day = models.DateField()
    name = models.CharField(max_length=30)
    value = ExactField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "day"], name="figure_once_a_day")
        ]
