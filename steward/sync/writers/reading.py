"""A batch of account pages, compared with what is stored before any of it is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from steward.sdk.connector import Page, Problem
from steward.sdk.records import Account
from steward.sdk.unread import UnreadPage
from steward.sync.writers.sql import own_id


@dataclass
class Read:
    """`records` by external id, with the `prints` of the bytes they were read from; `as_before`
    are the ids of accounts whose bytes are as they were."""

    known: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Account] = field(default_factory=dict)
    prints: dict[str, bytes] = field(default_factory=dict)
    as_before: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_mostly_new(self) -> bool:
        return len(self.records) > len(self.as_before)


Look = Callable[[Sequence[str]], dict[str, Any]]


def read(parts: Iterable[Sequence[Page[Any]]], salt: bytes, look: Look) -> Read:
    """The accounts on the pages of a part are looked for together. One that is on two pages,
    because the list moved while it was read, is taken as it was last."""
    found, wanted = Read(), dict[str, None]()
    for pages in parts:
        keyed = [(page, _keys(page)) for page in pages]
        together = dict.fromkeys(key for _, keys in keyed for key in keys)
        wanted |= together
        found.known |= look(list(together)) if together else {}
        for page, keys in keyed:
            _read_page(page, keys, salt, found)
    late = [name for name in found.records if name not in wanted]
    found.known |= look(late) if late else {}
    return found


def _read_page(page: Page[Any], keys: Sequence[str], salt: bytes, found: Read) -> None:
    if isinstance(page, UnreadPage):
        _read_new(page, keys, salt, found)
    else:
        _take(page, found)


def _keys(page: Page[Any]) -> list[str]:
    return list(map(own_id, page.keys())) if isinstance(page, UnreadPage) else []


def _read_new(page: UnreadPage[Any], keys: Sequence[str], salt: bytes, found: Read) -> None:
    new = []
    for number, (key, mark) in enumerate(zip(keys, page.prints(salt), strict=True)):
        stored = found.known.get(key)
        if stored is not None and stored.is_as_read(mark) and key not in found.records:
            found.as_before.append(stored.id)
        else:
            new.append(number)
            found.prints[key] = mark
    _take(page.read(new), found)


def _take(page: Page[Any], found: Read) -> None:
    found.records |= {own_id(record.id): record for record in page.records}
    found.problems += page.problems
