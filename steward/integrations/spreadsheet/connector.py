"""A list of users that an admin exports from an app and uploads here: CSV, XLSX, XLS or ODS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from steward.integrations.spreadsheet.columns import setting_of
from steward.integrations.spreadsheet.rows import Reader
from steward.integrations.spreadsheet.table import Table, table_of
from steward.integrations.spreadsheet.words import FIELDS
from steward.sdk.connector import Connector, Cursor, Page, Pages, Problem, Tenant
from steward.sdk.errors import Unexpected
from steward.sdk.fields import AuthOption, Field
from steward.sdk.records import Account
from steward.sdk.sheets.dates import Order, order_of
from steward.sdk.sheets.delimited import ENCODINGS
from steward.sdk.sheets.words import plain

ROWS_A_PAGE = 1000
_DATES = ("last_active", "created")


def _column(name: str, label: str) -> Field:
    return Field(
        setting_of(name),
        f"Column: {label}",
        "Heading of the column; empty means: recognise it.",
        required=False,
    )


class Spreadsheet(Connector):
    slug = "csv"
    name = "CSV / Excel upload"
    summary = "A list of users from any app, uploaded as CSV, XLSX, XLS or ODS."
    category = "Files"
    kind = "custom"
    speaks = "file"
    active_means = "The date in the list's column for last activity; as old as the upload."
    settings = (
        Field(
            "application",
            "App",
            "The app this list is of. Each app has its own list.",
            placeholder="Miro",
        ),
        Field(
            "seats",
            "Paid seats",
            "Which accounts hold a paid seat.",
            kind="choice",
            required=False,
            default="column",
            choices=(
                ("column", "Those with a licence in the list"),
                ("active", "Every account that can sign in"),
            ),
        ),
        Field(
            "dates",
            "Dates such as 03/04/2026",
            "Needed when no date in the list shows it.",
            kind="choice",
            required=False,
            default="auto",
            choices=(
                ("auto", "Recognise it"),
                ("day", "Day first: 3 April"),
                ("month", "Month first: March 4"),
            ),
        ),
        Field(
            "encoding",
            "Encoding",
            "Only for text files with wrong letters.",
            kind="choice",
            required=False,
            default="auto",
            choices=ENCODINGS,
        ),
        Field("sheet", "Sheet", "Empty means the first that is not empty.", required=False),
        Field(
            "disabled_words",
            "Words for “cannot sign in”",
            "As they stand in the status column, "
            "separated by commas. Empty means the usual ones, such as inactive or suspended.",
            required=False,
            placeholder="frozen, on leave",
        ),
        *(_column(name, label) for name, (label, _) in FIELDS.items()),
    )
    auth = (
        AuthOption(
            "upload",
            "Upload a file",
            fields=(
                Field(
                    "file",
                    "File",
                    "CSV, XLSX, XLSB, XLS or ODS; up to 20 MB, 1,000,000 rows.",
                    kind="file",
                    secret=True,
                ),
            ),
        ),
    )

    def check(self) -> Tenant:
        """Reads the whole list once, so that what cannot be read is said before it is saved."""
        first = next(self._table.rows(), None)
        if first is None:
            raise Unexpected("The list has headings but no rows.")
        _ = self._order
        application = str(self.context.settings["application"])
        return Tenant(_key(application), application)

    def accounts(self, after: Cursor) -> Pages[Account]:
        done = after["row"] if after and after["file"] == self._table.digest else 0
        accounts: list[Account] = []
        problems: list[Problem] = []
        last = done
        for number, account, found in self._read():
            if number <= done:
                continue
            accounts += [account] if account else []
            problems += found
            last = number
            if len(accounts) + len(problems) >= ROWS_A_PAGE:
                yield Page(tuple(accounts), self._place(last), tuple(problems))
                accounts, problems = [], []
        yield Page(tuple(accounts), self._place(last), tuple(problems))

    def _place(self, row: int) -> Cursor:
        """Holds for this very upload; another one is read from its beginning."""
        return {"file": self._table.digest, "row": row}

    @cached_property
    def _table(self) -> Table:
        return table_of(str(self.context.credentials["file"]), self.context.settings)

    @cached_property
    def _order(self) -> Order | None:
        """The order of day and month: as chosen, or as the dates of the whole list show it."""
        asked: Any = self.context.settings.get("dates") or "auto"
        return asked if asked != "auto" else self._recognised_order()

    def _recognised_order(self) -> Order | None:
        cells = (cells or () for _, cells in self._table.rows())
        order, unclear = order_of(self._table.cell(row, name) for row in cells for name in _DATES)
        if unclear and not order:
            raise Unexpected(
                f"Dates such as “{unclear}” can be read in two ways. Choose in the "
                "settings whether the day or the month comes first."
            )
        return order

    def _read(self) -> Iterator[tuple[int, Account | None, list[Problem]]]:
        """Each row with its account, if it names one, and what is wrong with it."""
        reader = self._reader()
        rows: dict[str, int] = {}
        for number, cells in self._table.rows():
            label = f"row {number}"
            if cells is None:
                yield number, None, [Problem(label, "a quote in it is opened and not closed")]
                continue
            account = reader.account(cells)
            problems = [Problem(label, complaint) for complaint in reader.complaints]
            if account and rows.setdefault(account.id, number) != number:
                same = f"the same account stands in row {rows[account.id]} already"
                yield number, None, [*problems, Problem(label, same)]
                continue
            yield number, account, problems

    def _reader(self) -> Reader:
        words = str(self.context.settings.get("disabled_words") or "").split(",")
        return Reader(
            self._table,
            self._order,
            disabled=frozenset(plain(word) for word in words if word.strip()),
            seat_if_active=self.context.settings.get("seats") == "active",
        )


def _key(application: str) -> str:
    """Stays the same when only capitals, signs or spaces of the name change."""
    folded = unicodedata.normalize("NFKC", application).casefold()
    return "list:" + re.sub(r"[\W_]+", "-", folded).strip("-")
