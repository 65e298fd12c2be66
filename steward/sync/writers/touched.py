"""Which accounts an attempt at a run has changed, so that only their people are told anew."""

from __future__ import annotations

from collections.abc import Collection

from steward.inventory.account import Account
from steward.inventory.books import mark_untold
from steward.inventory.directory import OTHER, rank_now
from steward.inventory.instance import Book
from steward.inventory.run import Run
from steward.inventory.staff import Staff


class Touched:
    """`accounts` are their ids; None where they are too many to name, or an earlier attempt or run
    may have left others untold."""

    MOST = 20_000

    def __init__(self, run: Run) -> None:
        self._run = run
        self._any = False
        self._alone = self._speak_alone()
        self.accounts: set[int] | None = None if run.progress or self._left() else set()

    def __bool__(self) -> bool:
        return self._any or self.accounts is None

    def note(self, accounts: Collection[int], told: Collection[int] = ()) -> None:
        """In the transaction that changes them. All that the accounts speak for of those who were
        `told` is told already."""
        if not accounts and not told:
            return
        mark_untold(self._run.book)
        self._any = True
        if self.accounts is not None:
            self.accounts.update(accounts, () if self._alone else told)
            if len(self.accounts) > self.MOST:
                self.accounts = None

    def note_all(self) -> None:
        """In the transaction that changes whoever else."""
        mark_untold(self._run.book)
        self.accounts = None

    def at_the_end(self) -> set[int] | None:
        """Whom to tell. Somebody may have begun meanwhile to say who is employed."""
        return self.accounts if self._alone == self._speak_alone() else None

    def _left(self) -> bool:
        """Whether some may be untold; of a new book there are none yet."""
        untold = Book.objects.filter(pk=self._run.book, untold=True)
        return untold.exists() and Account.objects.filter(instance=self._run.book).exists()

    def _speak_alone(self) -> bool:
        """Neither this app nor a people list says who is employed."""
        return rank_now(self._run.instance) == OTHER and not Staff.objects.exists()
