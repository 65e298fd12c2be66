"""A list, and for each of its items a list of its own: groups and their members, apps and who is
assigned. The small lists are asked for twenty at a time, and only a page of the large one is held.

Reading goes on where it was: at a page of the list, after the items that were asked about, with
the questions that were still open.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from steward.integrations.microsoft_365.graph import (
    AT_ONCE,
    NEXT,
    Graph,
    Object,
    Outcome,
    listed,
    values,
)
from steward.sdk.connector import Cursor
from steward.sdk.errors import Forbidden

# Whose list it is (a key of our own choosing), and the path of the list.
Question = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """Items of the large list, or parts of small ones by whose they are."""

    parents: tuple[Object, ...] = ()
    children: tuple[tuple[str, list[Any]], ...] = ()
    cursor: Cursor = None


@dataclass
class _Place:
    page: str | None = None
    listed: bool = False
    done: str = ""
    questions: list[list[str]] = field(default_factory=list)
    refused: list[str] | None = None

    def cursor(self) -> Cursor:
        return {**vars(self), "questions": [*self.questions]}


@dataclass
class Families:
    """`child` is the question about an item, None where there is nothing to ask. `further` are
    questions that an answer raises. `kept` leaves items of the list out."""

    graph: Graph
    path: str
    params: Object
    child: Callable[[Object], Question | None]
    kept: Callable[[Object], bool] = lambda item: True
    further: Callable[[str, list[Any]], Iterable[Question]] = lambda key, items: ()

    def steps(self, after: Cursor) -> Iterator[Step]:
        """Raises Forbidden at the end where part of the small lists was refused."""
        place = _Place(**after) if after else _Place()
        for answer, following in self.graph.pages(self.path, place.page, **self.params):
            items = [i for i in listed(answer) if isinstance(i, dict) and self.kept(i)]
            if not place.listed:
                place.listed = True
                yield Step(tuple(items), cursor=place.cursor())
            yield from self._children(place, items)
            place.page, place.listed, place.done = following, False, ""
        if place.refused:
            raise Forbidden(place.refused[0], missing=tuple(place.refused[1:]))

    def _children(self, place: _Place, items: list[Object]) -> Iterator[Step]:
        waiting = deque(_after(place.done, items))
        while asked := self._next(place, waiting):
            outcomes = self.graph.batch([path for _, path in asked])
            found = [self._part(place, key, o) for (key, _), o in zip(asked, outcomes, strict=True)]
            yield Step(children=tuple(part for part in found if part), cursor=place.cursor())

    def _next(self, place: _Place, waiting: deque[Object]) -> list[Question]:
        """Questions that were left open come before new ones."""
        asked = [(key, path) for key, path in place.questions[:AT_ONCE]]
        del place.questions[:AT_ONCE]
        while waiting and len(asked) < AT_ONCE:
            item = waiting.popleft()
            place.done = str(item.get("id"))
            question = self.child(item)
            if question:
                asked.append(question)
        return asked

    def _part(self, place: _Place, key: str, outcome: Outcome) -> tuple[str, list[Any]] | None:
        """None where it was deleted since it was listed, or is not permitted."""
        if isinstance(outcome, Forbidden):
            place.refused = place.refused or [outcome.message, *outcome.missing]
        if not isinstance(outcome, dict):
            return None
        items = values(outcome)
        if link := outcome.get(NEXT):
            place.questions.append([key, self.graph.relative(link)])
        place.questions += [[whose, path] for whose, path in self.further(key, items)]
        return key, items


def _after(done: str, items: list[Object]) -> list[Object]:
    """Where the one we stopped at is gone, the page is asked about anew."""
    ids = [str(item.get("id")) for item in items]
    return items[ids.index(done) + 1 :] if done in ids else items


def is_user(item: Any) -> bool:
    """Of a list that holds devices, groups and apps as well."""
    return isinstance(item, dict) and item.get("@odata.type") == "#microsoft.graph.user"
