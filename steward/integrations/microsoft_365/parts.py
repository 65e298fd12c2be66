"""The parts of one stream, each with a permission of its own: what is permitted is read, and what
is not is said at the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from steward.sdk.connector import Cursor, Page, Pages, R
from steward.sdk.errors import Forbidden

Refusal = tuple[str, list[str]]


def parts(
    after: Cursor,
    passes: Mapping[str, Callable[[Cursor], Pages[R]]],
    besides: Collection[str] = (),
) -> Iterator[Page[R]]:
    """In order, resumed inside the part it was in. Parts in `besides` only add to the others: that
    one of them is refused is said only where another is refused too."""
    after = after or {"part": next(iter(passes)), "at": None, "done": False, "refused": {}}
    refused: dict[str, Refusal] = {name: (m, list(s)) for name, (m, s) in after["refused"].items()}
    names = list(passes)
    for name in names[names.index(after["part"]) :]:
        begun = name == after["part"]
        if begun and after["done"]:
            continue
        try:
            for page in passes[name](after["at"] if begun else None):
                done = page.cursor is None
                place = {"part": name, "at": page.cursor, "done": done, "refused": dict(refused)}
                yield page.going_on_at(place)
        except Forbidden as error:
            refused[name] = (error.message, list(error.missing))
    _say(refused, besides)


def _say(refused: Mapping[str, Refusal], besides: Collection[str]) -> None:
    if not set(refused) - set(besides):
        return
    sentences = dict.fromkeys(message for message, _ in refused.values())
    scopes = dict.fromkeys(scope for _, missing in refused.values() for scope in missing)
    raise Forbidden(" ".join(sentences), missing=tuple(scopes))
