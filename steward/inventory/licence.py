"""What a kind of paid seat costs, as people say it: its price over time, and how many were bought
where the app does not say. The seats themselves are read from apps (see `holdings`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from steward.inventory.amounts import ExactField
from steward.inventory.application import Application


class LicenceType(models.Model):
    """`key` is the app's own id of the licence (`License.external_id`), so that a price outlasts
    the instance it was read from; one that nobody reads has a key that begins with "hand:".
    `counted` says who holds a seat where the app does not: the accounts that hold a paid seat,
    those of a role (`role`), or nobody can tell. `bought` counts where the app does not say."""

    SEATS, ROLE, UNKNOWN = "seats", "role", "unknown"
    COUNTED = (
        (SEATS, "accounts with a paid seat"),
        (ROLE, "accounts of a role"),
        (UNKNOWN, "nobody can tell"),
    )
    # Of the licence that stands for paid seats of which the app does not say what kind they are.
    BY_HAND, UNNAMED = "hand:", "hand:seats"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="licence_types"
    )
    key = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    counted = models.CharField(max_length=10, choices=COUNTED, default=SEATS)
    role = models.CharField(max_length=200, blank=True)
    bought = models.PositiveIntegerField(null=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "key"], name="licence_once_an_app")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def hand_key(cls, counted: str, name: str = "", role: str = "") -> str:
        """Of one that no app names: the paid seats themselves, those of a role, or a name."""
        if counted == cls.SEATS:
            return cls.UNNAMED
        told = f"role:{role}" if counted == cls.ROLE else f"named:{name.strip().casefold()}"
        return f"{cls.BY_HAND}{told}"[:300]

    @property
    def is_by_hand(self) -> bool:
        return str(self.key).startswith(self.BY_HAND)

    @property
    def counts_unnamed(self) -> bool:
        """Whether its seats are those of which the app does not say what kind they are."""
        return self.is_by_hand and self.counted == self.SEATS


class LicencePrice(models.Model):
    """What a seat costs from that day on, a period of `months` (1: monthly, 12: yearly)."""

    licence = models.ForeignKey(LicenceType, on_delete=models.CASCADE, related_name="prices")
    since = models.DateField()
    amount = ExactField()
    currency = models.CharField(max_length=3)
    months = models.PositiveSmallIntegerField(default=1)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["licence", "since"], name="price_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.licence} from {self.since:%-d %B %Y}"
