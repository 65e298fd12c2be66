"""Taking away what a completed stream did not see, and the guard against a list that lies.

A list that suddenly shrinks is more often a vendor's bad minute than a company's worst day. A
removal of more than a set share of the accounts is held until a person has looked at it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from steward.inventory import moments
from steward.inventory.account import Account
from steward.inventory.books import mark_untold
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sync.problems import Conflict
from steward.sync.tallies import tell
from steward.sync.writers.sightings import Sightings
from steward.sync.writers.sql import chunks
from steward.sync.writers.versions import keep_versions


def removals(instance: Instance) -> Any:
    """The accounts that the last complete read of the list did not show."""
    return _missing(instance.book)


def _missing(book: int) -> Any:
    present = Account.objects.filter(instance=book).exclude(status=Account.REMOVED)
    return present.filter(missing=True)


def settle(run: Run, sightings: Sightings, *, changes: bool) -> tuple[int, int]:
    """After the accounts stream has reached its end: (removed, held). Of a whole list all are
    missing that it did not show; of changes only those that it named."""
    gone_now = sightings.noted() if changes else sightings.unseen()
    for ids in chunks(list(gone_now)):
        Account.objects.filter(pk__in=ids).exclude(status=Account.REMOVED).update(missing=True)
    sightings.begin()
    gone = _missing(run.book).count()
    held = gone if gone and _too_many(run, gone) else 0
    Instance.objects.filter(book=run.book).update(removals_held=held)
    if not held and gone:
        remove_missing(run.book)
    return (0, held) if held else (gone, 0)


def _too_many(run: Run, gone: int) -> bool:
    guard = Instance.objects.only("guard_share", "guard_count").get(pk=run.instance_id)
    before = Account.objects.filter(instance=run.book).exclude(status=Account.REMOVED).count()
    return gone >= guard.guard_count and gone * 100 > guard.guard_share * before


def remove_missing(book: int) -> None:
    """Nobody who is gone holds a seat; where the app tells of none, that stays unknown, or who
    comes back would seem to have been told of."""
    now = timezone.now()
    rows = _missing(book)
    keep_versions(rows, now)
    lost = Case(When(holds_seat__isnull=False, then=False))
    rows.update(status=Account.REMOVED, removed_at=now, since=now, holds_seat=lost)


def release_removals(instance: Instance, *, by: str) -> int:
    """Let them through; how many accounts are marked as removed."""
    with transaction.atomic():
        held = _take_held(instance)
        rows = removals(instance)
        count = int(rows.count())
        remove_missing(instance.book)
        moments.record(instance, "removals_released", by, accounts=count, held=held)
        mark_untold(instance.book)
    tell(instance.book)
    return count


def dismiss_removals(instance: Instance, *, by: str) -> None:
    """Nobody is removed; the next complete read asks again if they are still missing."""
    with transaction.atomic():
        held = _take_held(instance)
        moments.record(instance, "removals_dismissed", by, held=held)


def _take_held(instance: Instance) -> int:
    instance.refresh_from_db()
    held = int(instance.removals_held)
    rows = Instance.objects.filter(pk=instance.pk, removals_held__gt=0)
    if not rows.update(removals_held=0):
        raise Conflict(f"No removals are held for {instance.name}.", "not_allowed", instance)
    instance.removals_held = 0
    return held
