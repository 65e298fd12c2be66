"""Taking away what a completed stream did not see, and the guard against a list that lies.

A list that suddenly shrinks is more often a vendor's bad minute than a company's worst day. A
removal of more than a set share of the accounts is held until a person has looked at it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from steward.inventory import moments
from steward.inventory.account import Account
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sync.problems import Conflict
from steward.sync.writers.versions import keep_versions

HELD_SHARE = 0.30
HELD_COUNT = 20


def removals(instance: Instance) -> Any:
    """The accounts that the last complete read of the list did not see."""
    return _unseen(instance.book, instance.accounts_run) if instance.accounts_run else _none()


def _none() -> Any:
    return Account.objects.none()


def _unseen(book: int, run: int) -> Any:
    present = Account.objects.filter(instance=book).exclude(status=Account.REMOVED)
    return present.exclude(seen=run)


def settle(run: Run) -> tuple[int, int]:
    """After the accounts stream has reached its end: (removed, held)."""
    gone = _unseen(run.book, run.pk).count()
    before = Account.objects.filter(instance=run.book).exclude(status=Account.REMOVED).count()
    held = gone if gone >= HELD_COUNT and gone > HELD_SHARE * before else 0
    Instance.objects.filter(book=run.book).update(accounts_run=run.pk, removals_held=held)
    if not held and gone:
        remove_unseen(run.book, run.pk)
    return (0, held) if held else (gone, 0)


def remove_unseen(book: int, run: int) -> None:
    now = timezone.now()
    rows = _unseen(book, run)
    keep_versions(rows, now)
    rows.update(status=Account.REMOVED, removed_at=now, since=now, holds_seat=False)


def release_removals(instance: Instance, *, by: str) -> int:
    """Let them through; how many accounts are marked as removed."""
    with transaction.atomic():
        held = _take_held(instance)
        rows = removals(instance)
        count = int(rows.count())
        remove_unseen(instance.book, instance.accounts_run or 0)
        moments.record(instance, "removals_released", by, accounts=count, held=held)
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
