"""What holds of every act: is it allowed now, and is what was entered fit to be stored?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from steward.inventory.instance import HOURS_RANGE, Instance
from steward.inventory.lifecycle import Act
from steward.sdk.fields import FieldError
from steward.sync.problems import Conflict


def allow(instance: Instance, act: Act) -> None:
    if not instance.may(act):
        raise Conflict(
            f"{instance.name} is {instance.state}; that cannot be done to it now.",
            "not_allowed",
            instance,
        )


def wrong_name(name: str) -> list[FieldError]:
    if not name.strip():
        return [FieldError("name", "A name is needed.")]
    if len(name) > 200:
        return [FieldError("name", "The name is too long: 200 characters at most.")]
    if not name.isprintable():
        return [FieldError("name", "The name contains a character that cannot be shown.")]
    return []


def wrong_hours(hours: int) -> list[FieldError]:
    low, high = HOURS_RANGE
    if low <= hours <= high:
        return []
    return [FieldError("every_hours", f"Between {low} and {high} hours.")]


def wrong_guard(share: int | None, count: int | None) -> list[FieldError]:
    wrong = []
    if share is not None and not 1 <= share <= 100:
        wrong.append(FieldError("guard_share", "Between 1 and 100 percent; 100 holds nothing."))
    if count is not None and not 1 <= count <= 1_000_000:
        wrong.append(FieldError("guard_count", "At least 1 account, and at most 1000000."))
    return wrong


def refuse_taken(name: str, besides: Instance | None = None) -> None:
    rows = Instance.objects.present().filter(name__iexact=name.strip())
    taken = rows.exclude(pk=besides.pk if besides else None).first()
    if taken:
        raise _taken(name, taken)


@contextmanager
def names_unique(name: str) -> Iterator[None]:
    """Two people may take one name in the same moment; the database decides, and one is told."""
    try:
        yield
    except IntegrityError as error:
        if "name" not in str(error):
            raise
        raise _taken(name) from None


def _taken(name: str, by: Instance | None = None) -> Conflict:
    return Conflict(
        f"There is an instance named “{name.strip()}” already. Choose another name.",
        "same_name",
        by,
    )
