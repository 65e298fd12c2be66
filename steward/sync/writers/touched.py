"""Which accounts an attempt at a run has changed, so that only their people are told anew."""

from __future__ import annotations

from collections.abc import Collection

from steward.inventory.instance import Book
from steward.inventory.run import Run


class Touched:
    """`accounts` are their ids; None where they are too many to name, or an earlier attempt may
    have changed others."""

    MOST = 20_000

    def __init__(self, run: Run) -> None:
        self._book = run.book
        self.accounts: set[int] | None = None if run.progress else set()

    def note(self, accounts: Collection[int]) -> None:
        """In the transaction that changes them."""
        if not accounts:
            return
        Book.objects.filter(pk=self._book).update(untold=True)
        if self.accounts is not None:
            self.accounts.update(accounts)
            if len(self.accounts) > self.MOST:
                self.accounts = None

    def note_all(self) -> None:
        Book.objects.filter(pk=self._book).update(untold=True)
        self.accounts = None
