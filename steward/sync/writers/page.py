"""A page of records to the writers of its kinds, parents before those who point at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steward.inventory.run import Run
from steward.sdk import records as kinds
from steward.sync.writers import accounts, days, holdings
from steward.sync.writers.accounts import Counts

_WRITERS: dict[type[kinds.Record], Callable[[Run, Sequence[Any]], Counts | None]] = {
    kinds.Account: accounts.write,
    kinds.Group: holdings.write_groups,
    kinds.License: holdings.write_licenses,
    kinds.App: holdings.write_apps,
    kinds.Membership: holdings.write_memberships,
    kinds.Seat: holdings.write_seats,
    kinds.Assignment: holdings.write_assignments,
    kinds.Activity: days.write,
}


def write_page(run: Run, records: Sequence[kinds.Record]) -> Counts:
    counts = Counts()
    for kind, write in _WRITERS.items():
        of_kind = [record for record in records if type(record) is kind]
        if of_kind:
            counts = write(run, of_kind) or counts
    return counts
