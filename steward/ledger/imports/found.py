"""What a file names, among what is known already: applications by their name, people by address."""

from __future__ import annotations

from collections.abc import Sequence

from steward.inventory.application import Application
from steward.inventory.matching import email_key
from steward.inventory.naming import key_of, plain
from steward.inventory.person import Person, PersonEmail
from steward.ledger.imports.upload import Row


class Applications:
    """All of them, read once, by key and by name, those that were merged under where they went."""

    def __init__(self) -> None:
        self._known = {row.pk: row for row in Application.objects.order_by("-pk")}
        self._names: dict[str, Application] = {}
        for row in self._known.values():
            for name in (plain(row.name), row.key):
                self._names[name] = self._now(row)
        # A key is one application's alone; of several with one name the eldest counts.
        self._names |= {row.key: self._now(row) for row in self._known.values()}

    def _now(self, row: Application) -> Application:
        while row.merged_into_id is not None:
            row = self._known[row.merged_into_id]
        return row

    def find(self, name: str) -> Application | None:
        names = (name.strip(), key_of(name), plain(name))
        return next((self._names[n] for n in names if n in self._names), None)

    def fill(self, rows: Sequence[Row], field: str = "application") -> None:
        """In place of the names, in each row; who is not known is said there."""
        for row in rows:
            if name := row.values.get(field):
                found = self.find(name)
                row.values[field] = found
                if found is None:
                    row.refuse(
                        field, f"There is no application “{name[:60]}” here. Import it first."
                    )


def fill_people(rows: Sequence[Row], *fields: str) -> None:
    """In place of their addresses, in each row; who is not known is said there."""
    asked = [(row, name) for row in rows for name in fields if row.values.get(name)]
    people = by_address({row.values[name] for row, name in asked})
    for row, name in asked:
        address = row.values[name]
        row.values[name] = people.get(email_key(address))
        if row.values[name] is None:
            row.refuse(name, f"Nobody here has the address “{address[:60]}”.")


def by_address(addresses: set[str]) -> dict[str, Person]:
    """By `PersonEmail.key`."""
    keys = {email_key(address) for address in addresses} - {""}
    found = PersonEmail.objects.filter(key__in=keys).select_related("person")
    return {row.key: row.person for row in found}
