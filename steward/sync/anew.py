"""Describing people anew, in batches behind: everybody when others are believed, and those of whom
the people list says something else."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from steward.inventory.person import Describing, Person, PersonEmail
from steward.inventory.staff import Staff
from steward.sync.describing import BATCH, describe
from steward.sync.tallies import tell_people
from steward.sync.writers.tallies import alone


def all_anew() -> None:
    """Others are believed now than before; the worker sees to everybody in batches."""
    Describing.objects.all().delete()
    Describing.objects.create()


@transaction.atomic
def describe_some() -> bool:
    """A batch of the people who are to be described and told anew; False when there are none."""
    alone()
    row = Describing.objects.order_by("-pk").first()
    if row is None:
        return False
    rows = Person.objects.filter(pk__gt=row.done_to).order_by("pk")
    people = list(rows.values_list("pk", flat=True)[:BATCH])
    same = Describing.objects.filter(pk=row.pk, done_to=row.done_to)
    if not people:
        same.delete()
        return False
    describe(people, last=True)
    tell_people(people)
    same.update(done_to=people[-1])
    return True


@transaction.atomic
def describe_listed() -> bool:
    """A batch of those of whom the people list says something else now; False when none is left."""
    alone()
    rows = Person.objects.filter(undescribed=True).order_by("pk")
    people = list(rows.values_list("pk", flat=True)[:BATCH])
    if people:
        Person.objects.filter(pk__in=people).update(undescribed=False)
        describe(people, last=True)
        tell_people(people)
    return bool(people)


@transaction.atomic
def let_go() -> int:
    """Whose last day has passed by the people list has left; how many did so."""
    today = datetime.now(UTC).date()
    rows = Staff.objects.exclude(standing=Staff.LEFT).filter(last_day__lt=today)
    keys = list(rows.values_list("key", flat=True))
    for part in (keys[n : n + BATCH] for n in range(0, len(keys), BATCH)):
        Staff.objects.filter(key__in=part).update(standing=Staff.LEFT)
        people = PersonEmail.objects.filter(key__in=part).values("person")
        Person.objects.filter(pk__in=people).update(undescribed=True)
    return len(keys)


def describe_soon() -> None:
    """What an import has just said of a few people is told at once; of many, behind."""
    for _ in range(4):
        if not describe_listed():
            return
