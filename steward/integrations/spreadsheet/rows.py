"""A row of a list as an account, with everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.integrations.spreadsheet.table import Table
from steward.integrations.spreadsheet.words import DISABLED, FIELDS, KINDS, NO_SEAT
from steward.sdk.records import Account
from steward.sdk.sheets.dates import Order, date_of
from steward.sdk.sheets.words import plain

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_NO_ADDRESS = {"", "n/a", "na", "none", "null", "nil", "-", "–", "—"}


@dataclass
class Reader:
    """`complaints` gathers what was wrong with the row that was read last. `seat_if_active` says
    that every account that can sign in costs."""

    table: Table
    order: Order | None
    disabled: frozenset[str] = frozenset()
    seat_if_active: bool = False
    complaints: list[str] = field(default_factory=list)

    def account(self, cells: Sequence[str]) -> Account | None:
        """None where the row names no account."""
        self.complaints = []
        email = self._address(self._cell(cells, "email"))
        own = self._id(cells, email)
        if not own:
            return None
        status = self._cell(cells, "status")
        disabled = plain(status) in (self.disabled or DISABLED)
        return Account(
            id=own,
            email=email or None,
            emails=tuple(_ADDRESS.findall(self._cell(cells, "aliases"))),
            username=self._cell(cells, "username"),
            name=self._cell(cells, "name") or self._joined(cells),
            status="disabled" if disabled else "active",
            kind=KINDS.get(plain(self._cell(cells, "kind")), "person"),
            role=self._cell(cells, "role"),
            holds_seat=not disabled if self.seat_if_active else self._seat(cells),
            created_at=self._date(cells, "created"),
            last_active_at=self._date(cells, "last_active"),
            attributes=self._attributes(cells, status),
        )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        return self.table.cell(cells, name)

    def _address(self, text: str) -> str:
        """`Ann Lee <ann@example.com>` is read too."""
        if text.casefold() in _NO_ADDRESS:
            return ""
        found = _ADDRESS.findall(text)
        if len(found) == 1:
            return found[0].removeprefix("mailto:")
        self.complaints.append(f"“{text[:60]}” is no e-mail address")
        return ""

    def _id(self, cells: Sequence[str], email: str) -> str:
        """The id where the list has one, else the address, else the user name."""
        values = {
            "id": self._cell(cells, "id"),
            "email": email.casefold(),
            "username": self._cell(cells, "username"),
        }
        asked = ["id"] if "id" in self.table.places else ["email", "username"]
        found = next((values[name] for name in asked if values[name]), "")
        if not found and not self.complaints:
            first = next(name for name in (*asked, "username") if name in self.table.places)
            self.complaints.append(f"{FIELDS[first][0]} is empty")
        return found[:300]

    def _joined(self, cells: Sequence[str]) -> str:
        return f"{self._cell(cells, 'first_name')} {self._cell(cells, 'last_name')}".strip()

    def _seat(self, cells: Sequence[str]) -> bool | None:
        if "seat" not in self.table.places:
            return None
        return plain(self._cell(cells, "seat")) not in NO_SEAT

    def _date(self, cells: Sequence[str], name: str) -> datetime | None:
        try:
            return date_of(self._cell(cells, name), self.order)
        except (ValueError, OverflowError) as problem:
            self.complaints.append(f"{FIELDS[name][0]}: {problem}")
            return None

    def _attributes(self, cells: Sequence[str], status: str) -> dict[str, str]:
        said = {"app_status": status, "seat": self._cell(cells, "seat")}
        said |= {name: self._cell(cells, name) for name in ("department", "title", "manager")}
        return {name: value for name, value in said.items() if value}
