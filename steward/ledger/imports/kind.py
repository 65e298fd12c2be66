"""A kind of data that can be imported: its fields, and what a row of it would do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from steward.inventory.imports import Import
from steward.ledger.imports import work
from steward.ledger.imports.fields import Field
from steward.ledger.imports.found import Applications
from steward.ledger.imports.upload import Row


class Kind(ABC):
    """`about` says to whoever imports it what a row is, and by what it is recognised. A file is
    planned and carried out by one object of its kind, which remembers what it has seen."""

    slug: ClassVar[str]
    name: ClassVar[str]
    about: ClassVar[str]
    # An empty cell of a column that is there takes away what was there before.
    empty_clears: ClassVar[bool] = False
    # The same file once more would enter everything once more.
    once: ClassVar[bool] = False

    def __init__(self, file_name: str = "") -> None:
        self.file_name = file_name
        self._seen: dict[Hashable, int] = {}

    @cached_property
    def applications(self) -> Applications:
        return Applications()

    @classmethod
    @abstractmethod
    def fields(cls) -> list[Field]: ...

    @abstractmethod
    def plan(self, rows: Sequence[Row]) -> None:
        """Gives good rows their name and works, and says in them what is wrong."""

    def write(self, rows: Sequence[Row], entered: Import, by: str) -> None:
        """Rows that are new or changed."""
        work.carry_out(rows, entered, by)

    def finish(self, entered: Import) -> None:
        """In the same transaction, when all is written."""

    def undone(self, entered: Import) -> None:
        """The same when it was taken back."""

    def take_back(self, entered: Import, by: str) -> int | None:
        """How many rows, where a kind does it all by itself."""
        return None

    def touched(self, objects: Sequence[Any]) -> None:
        """Before these, which an import made or changed, are taken away or put back."""

    def is_first(self, row: Row, key: Hashable) -> bool:
        """Says it in the row where an earlier one of the file is of the same."""
        before = self._seen.setdefault(key, row.line)
        if before != row.line:
            row.refuse("", f"Line {before} is of the same already.")
        return before == row.line

    def judge(self, rows: Iterable[Row]) -> None:
        for row in rows:
            row.verdict = work.ERROR if row.errors else work.verdict_of(row.works)


def said(row: Row, names: Mapping[str, str] | Sequence[str]) -> dict[str, Any]:
    """The values the row has of these fields, by what they are called in the model."""
    pairs = names.items() if isinstance(names, Mapping) else ((name, name) for name in names)
    return {to: row.values[name] for name, to in pairs if name in row.values}
