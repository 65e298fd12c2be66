"""SQLite has one writer. Who finds it busy sleeps and tries again, for up to a tenth of a second
each time, and often enough finds another one there again. Threads of one process wait for each
other here instead and lose no time; processes still wait for each other as SQLite has them.

A transaction has its turn from BEGIN to its end; a statement outside of one, while it is executed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

# These go in as they are. Else sqlite3 asks each such value first whether it knows a protocol,
# which takes longer than all that it does with one.
sqlite3.register_adapter(type(None), lambda value: value)
sqlite3.register_adapter(bytes, lambda value: value)
sqlite3.register_adapter(bool, int)

_WRITES = ("INSERT", "UPDATE", "DELETE")
# By the name of the database.
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    _has_turn = False

    def create_cursor(self, name: str | None = None) -> Any:
        def made(connection: Any) -> _Cursor:
            return _Cursor(connection, self.in_turn)

        return self.connection.cursor(factory=made)

    @contextmanager
    def in_turn(self, statement: str) -> Iterator[None]:
        """Around a statement. A BEGIN that succeeds keeps the turn."""
        begins = statement.startswith("BEGIN")
        if self._has_turn or not (begins or self._writes_alone(statement)):
            yield
            return
        self._take_turn()
        try:
            yield
        finally:
            if not (begins and self.connection.in_transaction):
                self._end_turn()

    def _writes_alone(self, statement: str) -> bool:
        return statement.startswith(_WRITES) and not self.connection.in_transaction

    def _take_turn(self) -> None:
        patience = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not _turns[str(self.settings_dict["NAME"])].acquire(timeout=patience):
            raise OperationalError("database is locked")
        self._has_turn = True

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _turns[str(self.settings_dict["NAME"])].release()

    def _commit(self) -> None:
        with self._ending():
            super()._commit()

    def _rollback(self) -> None:
        with self._ending():
            super()._rollback()

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """A commit that the disk has no room for leaves the transaction open."""
        try:
            yield
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()


class _Cursor(base.SQLiteCursorWrapper):  # type: ignore[misc]
    def __init__(self, connection: Any, in_turn: Callable[[str], Any]) -> None:
        super().__init__(connection)
        self._in_turn = in_turn

    def execute(self, query: str, params: Any = None) -> Any:
        with self._in_turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._in_turn(query):
            return super().executemany(query, param_list)
