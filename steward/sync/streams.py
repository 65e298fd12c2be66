"""What is done when a stream has been read to its end: match, sweep, count seats, link apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.holdings import License, Seat
from steward.inventory.instance import Instance
from steward.inventory.run import Run
from steward.sdk.connector import Connector
from steward.sync.applications import link_apps
from steward.sync.people import AUTHORITIES, match_some
from steward.sync.removals import settle
from steward.sync.writers import apps, grants
from steward.sync.writers.holdings import sweep
from steward.sync.writers.sightings import Sightings
from steward.sync.writers.versions import keep_versions

# Logs arrive late: what was written near the end of the last read is read once more.
LATE = timedelta(hours=6)

Save = Callable[[], None]


@dataclass(frozen=True)
class Finisher:
    """`before` may take long and saves as it goes; `after` is one transaction with the end."""

    before: Callable[[Run, Connector, Save], None]
    after: Callable[[Run, bool, Sightings], dict[str, int]]


def _nothing(run: Run, connector: Connector, save: Save) -> None:
    pass


def _match(run: Run, connector: Connector, save: Save) -> None:
    merged = Account.objects.filter(instance=run.book, person__merged_into__isnull=False)
    merged.update(matched=False)  # they were read while two people became one
    while match_some(run, authority=connector.kind in AUTHORITIES):
        save()


def _accounts(run: Run, complete: bool, sightings: Sightings) -> dict[str, int]:
    if not complete:
        sightings.begin()
        return {}
    removed, held = settle(run, sightings)
    return {"removed": removed, "held": held}


def _groups(run: Run, complete: bool, _: Sightings) -> dict[str, int]:
    return _sweep(run, complete, "inventory_membership", "inventory_group")


def _licenses(run: Run, complete: bool, _: Sightings) -> dict[str, int]:
    """An app that names no licences at all says nothing about seats; its accounts may."""
    if complete:
        sweep("inventory_seat", run.book, run.pk)
        had = sweep("inventory_license", run.book, run.pk)
        if had or License.objects.held().filter(instance=run.book).exists():
            _set_seats(run)
    return {}


def _apps(run: Run, complete: bool, _: Sightings) -> dict[str, int]:
    _sweep(run, complete, "inventory_assignment")
    return _settle_apps(run, complete, "apps")


def _grants(run: Run, complete: bool, _: Sightings) -> dict[str, int]:
    grants.settle(run, complete)
    _sweep(run, complete, "inventory_grant")
    return _settle_apps(run, complete, "grants")


def _settle_apps(run: Run, complete: bool, stream: str) -> dict[str, int]:
    if complete:
        apps.sweep(run, stream)
    link_apps(run.book)
    return {}


def _activity(run: Run, complete: bool, _: Sightings) -> dict[str, int]:
    link_apps(run.book)
    if complete:
        began = run.started_at or run.created_at
        Instance.objects.filter(book=run.book).update(activity_since=began - LATE)
    return {}


def _sweep(run: Run, complete: bool, *tables: str) -> dict[str, int]:
    if complete:
        for table in tables:
            sweep(table, run.book, run.pk)
    return {}


def _set_seats(run: Run) -> None:
    """The licences say who holds a seat; whose answer changes keeps how it was before, unless
    this very run was the first to see the account."""
    seat = Exists(Seat.objects.held().filter(account=OuterRef("pk")))
    accounts = Account.objects.filter(instance=run.book).exclude(status=Account.REMOVED)
    new = accounts.filter(first_seen_at__gte=run.started_at or run.created_at, holds_seat=None)
    now = timezone.now()
    for holds in (True, False):
        with_it = seat if holds else ~seat
        new.filter(with_it).update(holds_seat=holds)
        changed = accounts.filter(with_it).exclude(holds_seat=holds, holds_seat__isnull=False)
        keep_versions(changed, now)
        changed.update(holds_seat=holds, since=now)


FINISHERS = {
    "accounts": Finisher(_match, _accounts),
    "groups": Finisher(_nothing, _groups),
    "licenses": Finisher(_nothing, _licenses),
    "apps": Finisher(_nothing, _apps),
    "grants": Finisher(_nothing, _grants),
    "activity": Finisher(_nothing, _activity),
}
