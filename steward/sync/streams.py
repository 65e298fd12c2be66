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
from steward.inventory.person import Person
from steward.inventory.run import Run
from steward.sdk.connector import Connector
from steward.sync import charges
from steward.sync.applications import link_apps
from steward.sync.describing import seek_managers
from steward.sync.people import is_authority, match_some
from steward.sync.removals import settle
from steward.sync.writers import apps, grants
from steward.sync.writers.holdings import sweep
from steward.sync.writers.sightings import Sightings
from steward.sync.writers.sql import chunks
from steward.sync.writers.versions import keep_versions

# Logs arrive late: what was written near the end of the last read is read once more.
LATE = timedelta(hours=6)

Save = Callable[[], None]


@dataclass(frozen=True)
class End:
    """Of a stream that has been read to its end. `complete` means that nothing was set aside;
    `changes` that only changes were read. `sightings` are of the accounts."""

    run: Run
    complete: bool
    changes: bool
    sightings: Sightings


@dataclass(frozen=True)
class Finisher:
    """`before` may take long and saves as it goes; `after` is one transaction with the end."""

    before: Callable[[Run, Connector, Save], None]
    after: Callable[[End], dict[str, int]]


def _nothing(run: Run, connector: Connector, save: Save) -> None:
    pass


def _match(run: Run, connector: Connector, save: Save) -> None:
    merged = list(Person.objects.filter(merged_into__isnull=False).values_list("pk", flat=True))
    for part in chunks(merged):  # they were read while two people became one
        Account.objects.filter(person__in=part, instance=run.book).update(matched=False)
    authority, last = is_authority(run.instance), 0
    while match_some(run, authority=authority):
        save()
    while authority and (last := seek_managers(last)):
        save()


def _accounts(end: End) -> dict[str, int]:
    if not end.complete:
        end.sightings.begin()
        return {}
    removed, held = settle(end.run, end.sightings, changes=end.changes)
    return {"removed": removed, "held": held}


def _groups(end: End) -> dict[str, int]:
    return _sweep(end, "inventory_membership", "inventory_group")


def _licenses(end: End) -> dict[str, int]:
    """An app that names no licences at all says nothing about seats; its accounts may."""
    run = end.run
    if end.complete:
        sweep("inventory_seat", run.book, run.pk)
        had = sweep("inventory_license", run.book, run.pk)
        if had or License.objects.held().filter(instance=run.book).exists():
            _set_seats(run)
    return {}


def _apps(end: End) -> dict[str, int]:
    _sweep(end, "inventory_assignment")
    return _settle_apps(end, "apps")


def _grants(end: End) -> dict[str, int]:
    grants.settle(end.run, end.complete)
    _sweep(end, "inventory_grant")
    return _settle_apps(end, "grants")


def _settle_apps(end: End, stream: str) -> dict[str, int]:
    if end.complete:
        apps.sweep(end.run, stream)
    link_apps(end.run.book)
    return {}


def _activity(end: End) -> dict[str, int]:
    link_apps(end.run.book)
    if end.complete:
        began = end.run.started_at or end.run.created_at
        Instance.objects.filter(book=end.run.book).update(activity_since=began - LATE)
    return {}


def _charges(end: End) -> dict[str, int]:
    charges.settle(end.run, complete=end.complete)
    return {}


def _sweep(end: End, *tables: str) -> dict[str, int]:
    if end.complete:
        for table in tables:
            sweep(table, end.run.book, end.run.pk)
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
    "charges": Finisher(_nothing, _charges),
}
