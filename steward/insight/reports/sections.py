"""Pages of a report that is too long to sort: it is made of sections that follow one another, each
is a choice of one filter, and how long each is is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from steward.insight.memory import remembered
from steward.insight.traces import Minds


@dataclass(frozen=True)
class Section:
    """`choice` is the value of the filter that gives its rows."""

    choice: str
    length: int


@dataclass(frozen=True)
class Sections:
    """`of` gives the sections in the report's usual order, for a question that does not narrow
    them itself; None where it cannot know how long they are."""

    filter: str
    of: Callable[[Any], Sequence[Section] | None]

    def found(self, slug: str, question: Any) -> Sequence[Section] | None:
        if question[self.filter] or question.as_of:
            return None
        key = ("sections", slug, tuple(sorted(question.filters.items())))
        return remembered(key, lambda: self.of(question), Minds.FIGURES)  # type: ignore[no-any-return]


def spread(sections: Sequence[Section], offset: int, limit: int) -> Iterator[tuple[str, int, int]]:
    """Which part of which section is to be read: (choice, offset, limit)."""
    for section in sections:
        if limit <= 0:
            return
        if offset < section.length:
            taken = min(limit, section.length - offset)
            yield section.choice, offset, taken
            limit -= taken
        offset = max(offset - section.length, 0)
