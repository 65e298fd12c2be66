"""What a connector is given: the admin's settings, the credential, and how it may go out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from steward.sdk.limiter import Limiter
from steward.sdk.network import Network
from steward.sdk.watching import Watch, unwatched

# How far back charges are read the first time: two whole years and a little more.
CHARGES_REACH = timedelta(days=740)


class TokenStore(Protocol):
    """Keeps access and refresh tokens between runs, encrypted, shared by all workers.

    A refresh happens inside `lock()`: read again, refresh, `save` before the token is used.
    """

    def lock(self) -> AbstractContextManager[None]: ...
    def load(self) -> dict[str, Any]: ...
    def save(self, tokens: Mapping[str, Any]) -> None: ...


class MemoryTokens:
    """For a credential that is being tried before anything is saved."""

    def __init__(self) -> None:
        self._tokens: dict[str, Any] = {}
        self._lock = threading.RLock()

    @contextmanager
    def lock(self) -> Iterator[None]:
        with self._lock:
            yield

    def load(self) -> dict[str, Any]:
        return dict(self._tokens)

    def save(self, tokens: Mapping[str, Any]) -> None:
        self._tokens = dict(tokens)


@dataclass(frozen=True)
class Context:
    """`since` is how far back activity was already read (aware UTC), None on a first run.
    `marks` are those that the last whole reads ended with, by stream (see `connector.Page`).
    `charges_from` is the first day of which charges are asked for.
    `auth` is the name of the chosen `AuthOption`. `credentials` holds that option's fields."""

    settings: Mapping[str, Any]
    credentials: Mapping[str, Any]
    auth: str = ""
    tokens: TokenStore = field(default_factory=MemoryTokens)
    network: Network = field(default_factory=Network)
    limiter: Limiter = field(default_factory=Limiter)
    watch: Watch = unwatched
    since: datetime | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    charges_from: date = field(default_factory=lambda: datetime.now(UTC).date() - CHARGES_REACH)
