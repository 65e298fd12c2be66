"""Reading by index (RFC 7644, 3.4.2.4) a list that others change meanwhile.

Somebody deleted before the place that was reached moves all who follow up by one, so the next
page would pass one over. Each page is therefore asked for from the last record already read: when
it does not begin with that one, the list has moved, and the read steps back to somebody it knows.
Such a page has one more, so that reading this way takes no more pages than reading straight on.
Apps that cannot be asked so (pages of one, indexes rounded to whole pages) are watched by their
totals.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property

import msgspec

from steward.integrations.scim.page import COUNT, MOST_PAGES, Listed, Part
from steward.sdk.connector import Cursor, Problem
from steward.sdk.errors import Unexpected
from steward.sdk.unread import keys_of

# By the index of the first record, and how many there may be.
Ask = Callable[[int, int], Listed]

PASSES = 3
REMEMBERED = 2_000
MOVES, PAGES_A_MOVE = 5, 10
SAME_BEFORE = 3


@dataclass(frozen=True)
class Place:
    """`start` is the index after the last record read and `last` that record's id, "" where the
    next page is not to begin with it. `doubt` is set when somebody may have been passed over: the
    list is then read `again`."""

    start: int = 1
    total: int | None = None
    last: str = ""
    doubt: bool = False
    again: int = 0

    @classmethod
    def of(cls, cursor: Cursor) -> Place:
        return cls(**{f.name: cursor[f.name] for f in fields(cls) if f.name in cursor})

    @property
    def cursor(self) -> Cursor:
        return {name: value for name, value in asdict(self).items() if value}


def by_index(ask: Ask, path: str, place: Place) -> Iterator[Part]:
    """Read again from the start while in doubt; in the end a problem says that it is no list to
    remove anybody by. A list that comes twice in the very same pages has not moved: the app only
    counts otherwise, leaving out of a page what it has counted."""
    before = None
    while True:
        walk = _Walk(ask, path, place)
        end = yield from walk.parts()
        if not walk.place.doubt or walk.read() == before:
            yield end
            return
        before = walk.read()
        place = Place(again=walk.place.again + 1)
        if place.again == PASSES:
            break
        yield replace(end, cursor=place.cursor, problem=None)
    moved = Problem(path, "the list changed too much while it was read")
    yield replace(end, cursor=None, problem=moved)


@dataclass(frozen=True)
class _Asked:
    begin: int
    listed: Listed

    @cached_property
    def ids(self) -> list[str]:
        return keys_of(self.listed.resources, "id")

    @property
    def is_cut_short(self) -> bool:
        """Empty, though the app says that there are more."""
        return not self.ids and (self.listed.total or 0) >= self.begin


class _Walk:
    """Once from a place to the end of the list."""

    def __init__(self, ask: Ask, path: str, place: Place) -> None:
        self._ask, self._path, self.place = ask, path, place
        self._overlaps = True
        self._one_more = True
        self._known = deque([place.last] if place.last else [], REMEMBERED)
        self._before: list[str] = []
        self._longest = 0
        self._pages = self._moves = self._same = 0
        self._read = hashlib.sha256(str(place.start).encode())

    def read(self) -> bytes:
        """A print of all pages, by the ids on them."""
        return self._read.digest()

    def parts(self) -> Generator[Part, None, Part]:
        for _ in range(MOST_PAGES):
            asked = self._next()
            if asked is None:
                continue
            part = self._taken(asked)
            if part.cursor is None:
                return part
            yield part
        raise Unexpected("The app keeps sending pages without end.")

    def _next(self) -> _Asked | None:
        """A page to go on with; None where the place or the way of asking has changed."""
        overlapping = self._overlaps and bool(self.place.last)
        asked = self._page(self.place.start - overlapping, overlapping)
        if self._before and asked.ids[: len(self._before)] == self._before:
            return self._same_page(asked, overlapping)
        if overlapping and not self._is_in_place(asked):
            return self._sought(asked)
        return asked

    def _page(self, begin: int, overlapping: bool = False) -> _Asked:
        asked = _Asked(begin, self._listed(begin, overlapping))
        self._longest = max(self._longest, len(asked.ids))
        return asked

    def _listed(self, begin: int, overlapping: bool) -> Listed:
        """An app may refuse pages larger than its own, instead of giving fewer."""
        if overlapping and self._one_more:
            try:
                return self._ask(begin, COUNT + 1)
            except Unexpected:
                self._one_more = False
        return self._ask(begin, COUNT)

    def _same_page(self, asked: _Asked, overlapping: bool) -> _Asked | None:
        """An app that does not count its records may give the last page for ever."""
        if overlapping:
            self._overlaps = False
            return None
        if asked.listed.total is None:
            return _Asked(asked.begin, Listed([], None, ""))
        raise Unexpected("The app keeps sending the same page, so its list never ends.")

    def _is_in_place(self, asked: _Asked) -> bool:
        return asked.ids[:1] == [self.place.last] or asked.is_cut_short

    def _sought(self, asked: _Asked) -> _Asked | None:
        """Back, ever further, to a page with somebody who was read: all who stand before were
        read too. None when it is the app that cannot be asked so, or the list never rests."""
        self._moves += 1
        if self._moves > MOVES + self._pages // PAGES_A_MOVE:
            self._overlaps = False
            self._doubt()
            return None
        step = max((self._longest or COUNT) - 1, 1)
        while not self._holds_somebody_known(asked):
            asked, step = self._page(max(1, asked.begin - step)), step * 2
            if asked.ids and asked.ids == self._before:
                self._note_same()
                return None
        self._weigh(asked)
        return asked

    def _holds_somebody_known(self, asked: _Asked) -> bool:
        if asked.begin == 1 or asked.is_cut_short or self.place.last in asked.ids:
            return True
        return bool(asked.ids) and asked.ids[0] in self._known

    def _note_same(self) -> None:
        """The page before is as it was, again and again: the app takes other indexes than asked."""
        self._same += 1
        self._overlaps = self._same < SAME_BEFORE

    def _weigh(self, asked: _Asked) -> None:
        """When more stand before the last one read than were added, somebody unread may be among
        them: one whose name, by which the app sorts, has changed."""
        now, before, place = asked.listed.total, self.place.total, self.place
        added = max(0, now - before) if now is not None and before is not None else 0
        expected = place.start - 1
        if place.last in asked.ids:
            shift = asked.begin + asked.ids.index(place.last) - expected
        else:
            shift = int(asked.begin == expected)
        if shift > added or asked.is_cut_short:
            self._doubt()

    def _doubt(self) -> None:
        self.place = replace(self.place, doubt=True)

    def _taken(self, asked: _Asked) -> Part:
        listed, ids, place = asked.listed, asked.ids, self.place
        if asked.begin == place.start and self._has_shrunk(listed.total):
            self._doubt()
        overlap = int(asked.begin < place.start and ids[:1] == [place.last])
        given = max(asked.begin - 1 + len(ids), asked.begin if asked.begin < place.start else 0)
        self._remember(asked, given + 1)
        more = bool(ids) and (listed.total is None or given < listed.total)
        cursor = self.place.cursor if more else None
        problem = None if more else self._fewer(given, listed.total)
        return Part(listed.resources[overlap:], cursor, problem, ids[overlap:])

    def _has_shrunk(self, total: int | None) -> bool:
        before = self.place.total
        return total is not None and before is not None and total < before

    def _remember(self, asked: _Asked, start: int) -> None:
        ids = asked.ids
        last = ids[-1] if len(ids) > 1 else ""
        self.place = replace(self.place, start=start, total=asked.listed.total, last=last)
        self._read.update(msgspec.json.encode(ids))
        self._known.extend(filter(None, ids))
        self._before = ids
        self._pages += 1

    def _fewer(self, given: int, total: int | None) -> Problem | None:
        if total is None or given >= total:
            return None
        reason = f"the app says that it has {total} of these, and gave {given}"
        return Problem(self._path, reason)
