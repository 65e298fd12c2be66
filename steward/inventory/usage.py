"""Usage, as it is told by `sync.usage` when accounts have changed: who uses which application, on
which days, and how many did so each day.

The days of a human in an application are bits, 60 to a column. Day number n (`date.toordinal`) is
bit n % 60 of column (n // 60) % 8. A ring: seven columns hold the last year, and the next one is
always empty, so that a row told yesterday is still right when a new column begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from steward.inventory.account import Account
from steward.inventory.application import Application
from steward.inventory.person import Person

WIDTH, COLUMNS = 60, 8
KEPT = COLUMNS - 1
EVERYWHERE = 0
NAMES = tuple(f"w{n}" for n in range(COLUMNS))

DIRECT, SIGN_INS, GRANTS, NOBODY = "direct", "sign-ins", "grants", ""
# The application's own word counts most.
SOURCES = (DIRECT, SIGN_INS, GRANTS)


def first_kept(today: date) -> date:
    """The earliest day that has a bit."""
    return date.fromordinal((today.toordinal() // WIDTH - KEPT + 1) * WIDTH)


def masks(first: date, last: date) -> Iterator[tuple[str, int]]:
    """Which bits of which columns are the days from `first` to `last`, both included. More than
    is kept must not be asked for."""
    start, end = first.toordinal(), last.toordinal()
    for part in range(start // WIDTH, end // WIDTH + 1):
        low = max(start - part * WIDTH, 0)
        high = min(end - part * WIDTH, WIDTH - 1)
        yield NAMES[part % COLUMNS], (1 << high + 1) - (1 << low)


def columns_of(bits: int, base: date) -> tuple[int, ...]:
    """The columns of days whose bit 0 is `base`, which begins one (see `first_kept`)."""
    columns = [0] * COLUMNS
    for part in range(KEPT):
        number = base.toordinal() // WIDTH + part
        columns[number % COLUMNS] = bits >> part * WIDTH & (1 << WIDTH) - 1
    return tuple(columns)


def bits_of(columns: tuple[int, ...], base: date) -> int:
    """The other way round."""
    bits = 0
    for part in range(KEPT):
        number = base.toordinal() // WIDTH + part
        bits |= columns[number % COLUMNS] << part * WIDTH
    return bits


def _days() -> models.BigIntegerField[Any, Any]:
    return models.BigIntegerField(default=0, db_default=0)


class Use(models.Model):
    """A human in an application, or in any (`application` 0: there is none of that number, so
    that joins must not need it). `human` is the person's number, and that of an account that is
    nobody's, negative. `source` is who says when they were active; empty where nobody can tell.
    `status` is the best of their accounts'. `last_active` may be older than the days kept."""

    application = models.ForeignKey(
        Application, null=True, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING,
        related_name="uses",
    )  # fmt: skip
    human = models.BigIntegerField()
    person = models.ForeignKey(
        Person, null=True, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING,
        related_name="uses",
    )  # fmt: skip
    account = models.ForeignKey(
        Account, null=True, db_constraint=False, db_index=False, on_delete=models.DO_NOTHING,
        related_name="+",
    )  # fmt: skip
    name = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=10)
    source = models.CharField(max_length=10, blank=True)
    last_active = models.DateField(null=True)
    w0, w1, w2, w3, w4, w5, w6, w7 = (_days() for _ in range(COLUMNS))

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "human"], name="use_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["application", "name", "id"], name="use_by_name"),
            models.Index(fields=["application", "last_active"], name="use_by_day"),
            models.Index(
                fields=["person"], condition=Q(person__isnull=False), name="use_of_person"
            ),
        ]


class UseOfDay(models.Model):
    """How many humans were active on a day, and within the 7 days that end with it (None: not all
    of these are known). A day of which nobody can tell has no row."""

    application = models.BigIntegerField()
    day = models.DateField()
    active = models.PositiveIntegerField()
    in_7 = models.PositiveIntegerField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "day"], name="use_of_day_once")
        ]


class UseTold(models.Model):
    """Of an application (0: of all of them): who says when its users were active, since when and
    until when every day is known, how many users it has, and how many were active within so many
    days up to `day`, and within as many days before those."""

    application = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=10, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    day = models.DateField()
    users = models.PositiveIntegerField(default=0)
    in_30 = models.PositiveIntegerField(default=0)
    in_60 = models.PositiveIntegerField(default=0)
    in_90 = models.PositiveIntegerField(default=0)
    before_30 = models.PositiveIntegerField(default=0)
    before_60 = models.PositiveIntegerField(default=0)
    before_90 = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = models.Manager()


class UseDue(models.Model):
    """When the usage of a book (0: everywhere) was told last, and how many seconds that took:
    what takes long is told less often."""

    book = models.BigIntegerField(primary_key=True)
    told_at = models.DateTimeField(null=True)
    took = models.FloatField(default=0)

    objects: ClassVar[Any] = models.Manager()


class PersonValue(models.Model):
    """What directories say of people, each value once, by the attribute's name: what people can be
    chosen and compared by. An attribute of too many values (a number, a birthday) has none."""

    MOST, LONGEST = 1_000, 200

    name = models.CharField(max_length=100)
    value = models.CharField(max_length=LONGEST)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "value"], name="person_value_once")
        ]
