"""A batch of pages to the writers of its kinds, parents before those who point at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.inventory.account import Account
from steward.inventory.run import Run
from steward.sdk import records as kinds
from steward.sdk.connector import Page, Problem
from steward.sync.writers import accounts, apps, charges, days, grants, holdings
from steward.sync.writers.known import Shelf
from steward.sync.writers.reading import Read, read
from steward.sync.writers.sightings import Sightings
from steward.sync.writers.sql import own_id
from steward.sync.writers.touched import Touched

_WRITERS: dict[type[kinds.Record], Callable[[Run, Sequence[Any]], None]] = {
    kinds.Group: holdings.write_groups,
    kinds.License: holdings.write_licenses,
    kinds.Membership: holdings.write_memberships,
    kinds.Seat: holdings.write_seats,
    kinds.Assignment: holdings.write_assignments,
    kinds.Grant: grants.write,
    kinds.Activity: days.write,
    kinds.Charge: charges.write,
}


# What they say changes what is told of people, applications or seats.
_TOLD = ("licenses", "apps", "grants", "activity")


@dataclass(frozen=True)
class Written:
    records: int
    problems: list[Problem]
    counts: dict[str, int] = field(default_factory=dict)


class Writer:
    """Of one attempt at a run. `salt` is what the bytes of an account are printed with: it
    changes with the integration's code and with the instance's settings. `is_first` says that no
    account is stored yet."""

    def __init__(self, run: Run, *, salt: bytes, authority: bool) -> None:
        self._run = run
        self._salt = salt
        self._authority = authority
        self._shelf = Shelf(run.book)
        self._all_at_once = True
        self.is_first = not Account.objects.filter(instance=run.book).exists()
        self.sightings = Sightings(run)
        self.touched = Touched(run)

    def write_accounts(self, pages: Sequence[Page[Any]]) -> Written:
        """Counts whom the run had not seen: a list that moves shows some twice."""
        if any(page.changes for page in pages):
            return self._write_changes(pages)
        seen = self.sightings.count()
        found = read(self._parts(pages), self._salt, self._shelf.find)
        self._all_at_once = found.is_mostly_new
        counts = self._write(found, self.sightings.add)
        self.sightings.save()
        return Written(self.sightings.count() - seen, found.problems, counts)

    def _parts(self, pages: Sequence[Page[Any]]) -> list[Sequence[Page[Any]]]:
        """Where all is new, each look costs more than it finds. Where it is as before there is
        little else to do, and between two looks the thread that reads ahead has its turn."""
        return [pages] if self._all_at_once else [[page] for page in pages]

    def _write_changes(self, pages: Sequence[Page[Any]]) -> Written:
        """Page by page: who is gone on one may be back on the next."""
        records, problems, counts = 0, list[Problem](), Counter[str]()
        for page in pages:
            found = read([[page]], self._salt, self._shelf.find)
            counts.update(self._write(found, self.sightings.discard))
            gone = self._shelf.find([own_id(number) for number in page.gone])
            self.sightings.add(stored.id for stored in gone.values())
            records += len(found.records) + len(found.as_before) + len(page.gone)
            problems += found.problems
        self.sightings.save()
        return Written(records, problems, dict(counts))

    def _write(self, found: Read, note: accounts.Note) -> dict[str, int]:
        written = accounts.write(self._run, found, note, authority=self._authority)
        self.touched.note(written.untold, written.told)
        return vars(written.counts)

    def write_others(self, stream: str, pages: Sequence[Page[Any]]) -> Written:
        records = [record for page in pages for record in page.records]
        if records and stream in _TOLD:
            self.touched.note_all()
        if shown := [record for record in records if type(record) is kinds.App]:
            apps.write(self._run, shown, stream)
        for kind, write in _WRITERS.items():
            of_kind = [record for record in records if type(record) is kind]
            if of_kind:
                write(self._run, of_kind)
        return Written(len(records), [problem for page in pages for problem in page.problems])
