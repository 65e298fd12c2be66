"""Which accounts an attempt at a run has changed, so that only their people are told anew."""

from __future__ import annotations

from collections.abc import Collection

from steward.inventory.books import mark_untold
from steward.inventory.instance import Book
from steward.inventory.run import Run


class Touched:
    """`accounts` are their ids; None where they are too many to name, or an earlier attempt or run
    may have left others untold."""

    MOST = 20_000

    def __init__(self, run: Run) -> None:
        self._book = run.book
        left = Book.objects.filter(pk=run.book, untold=True).exists()
        self.accounts: set[int] | None = None if left or run.progress else set()

    def __bool__(self) -> bool:
        return self.accounts is None or bool(self.accounts)

    def note(self, accounts: Collection[int]) -> None:
        """In the transaction that changes them."""
        if not accounts:
            return
        mark_untold(self._book)
        if self.accounts is not None:
            self.accounts.update(accounts)
            if len(self.accounts) > self.MOST:
                self.accounts = None

    def note_all(self) -> None:
        """In the transaction that changes whoever else."""
        mark_untold(self._book)
        self.accounts = None
