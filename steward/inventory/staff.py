"""The people list that somebody has imported (from HR): what it says of each human.

It hangs on addresses and not on people, so that whatever is decided of who is who carries it along,
and no sync writes over it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from steward.inventory.company import Company
from steward.inventory.person import PersonEmail


class Staff(models.Model):
    """One row of the list. `key` is the address as `PersonEmail.key`. `attributes` are under the
    names of `Person.STANDARD`, days as text. `status` is what the list itself says; `standing`
    follows from it and from `last_day`, the last on which they work here (None: no end is
    known)."""

    HERE, AWAY, LEFT = "here", "away", "left"
    STANDINGS = ((HERE, "works here"), (AWAY, "is away"), (LEFT, "has left"))

    key = models.CharField(max_length=254, unique=True)
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=300, blank=True)
    attributes = models.JSONField(default=dict)
    status = models.CharField(max_length=100, blank=True)
    standing = models.CharField(max_length=5, choices=STANDINGS, default=HERE)
    last_day = models.DateField(null=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["last_day"], condition=~Q(standing="left"), name="staff_about_to_leave"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


def of_person(person: Any) -> Any:
    """Rows of a person, by a number, or by a reference (twice an `OuterRef`) to one."""
    return Staff.objects.filter(key__in=PersonEmail.objects.filter(person=person).values("key"))


def is_believed() -> bool:
    """Whether the list goes before what directories say, on who is employed too."""
    return Company.get().people_list_believed and bool(Staff.objects.exists())
