"""Pages whose items are still the bytes that the app sent.

Most of a list is as it was at the last sync. An item whose bytes are the same as then needs no
decoding and no mapping, so a page can be handed over unread: the engine asks for the prints,
compares, and has only what is new or changed read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property
from types import GenericAlias
from typing import Any

import msgspec
from xxhash import xxh3_64_digest, xxh3_64_intdigest

from steward.sdk.connector import Cursor, Mapper, Page, Problem, R, page_of


class UnreadPage(Page[R]):
    """`key` names the field whose text is the id of the record made of an item. The mapper must
    be a function of the item and of the instance's settings alone: it is not asked again while
    both stay the same. `decode` makes of an item's bytes what the mapper takes. `unlisted` are
    problems of the page itself, not of an item. `ids` are those of the items, where they are known
    already."""

    def __init__(
        self,
        items: Sequence[msgspec.Raw],
        to_record: Mapper[R],
        cursor: Cursor = None,
        *,
        key: str = "id",
        decode: Callable[[msgspec.Raw], Any] = msgspec.json.decode,
        unlisted: tuple[Problem, ...] = (),
        mark: Any = None,
        ids: Sequence[str] | None = None,
    ) -> None:
        self.__dict__ |= {"cursor": cursor, "mark": mark, "changes": False, "gone": ()}
        self.__dict__ |= {"items": items, "to_record": to_record, "key": key, "unlisted": unlisted}
        self.__dict__ |= {"ids": ids, "decode": decode, "printed": {}}

    items: Sequence[msgspec.Raw]
    to_record: Mapper[R]
    key: str
    decode: Callable[[msgspec.Raw], Any]
    unlisted: tuple[Problem, ...]
    ids: Sequence[str] | None
    printed: dict[int, list[bytes]]

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def _whole(self) -> Page[R]:
        return self._read(range(len(self.items)))

    @property
    def records(self) -> tuple[R, ...]:
        return self._whole.records

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._whole.problems

    def going_on_at(self, cursor: Cursor) -> UnreadPage[R]:
        told = {"key": self.key, "unlisted": self.unlisted, "mark": self.mark, "ids": self.ids}
        return UnreadPage(self.items, self.to_record, cursor, decode=self.decode, **told)

    def keys(self) -> Sequence[str]:
        """The ids of the items, "" where one has none."""
        return self._keys if self.ids is None else self.ids

    @cached_property
    def _keys(self) -> Sequence[str]:
        return keys_of(self.items, self.key)

    def prints(self, salt: bytes) -> list[bytes]:
        """Of the bytes of each item, 8 each. `salt` stands for whatever else the records depend
        on, and should hold a secret: whoever knows it can word a change that is not seen."""
        seed = xxh3_64_intdigest(salt)
        if seed not in self.printed:
            self.printed[seed] = [xxh3_64_digest(item, seed) for item in self.items]
        return self.printed[seed]

    def read(self, which: Collection[int]) -> Page[R]:
        """The records of those items only."""
        return self._whole if len(which) == len(self.items) else self._read(which)

    def _read(self, which: Collection[int]) -> Page[R]:
        chosen = (self.decode(self.items[number]) for number in which)
        page = page_of(chosen, self.to_record, self.cursor)
        problems = (*page.problems, *self.unlisted)
        return Page(page.records, self.cursor, problems, self.mark)


def joined(
    items: Sequence[msgspec.Raw], field: str, facts: Mapping[str, Any], key: str = "id"
) -> Iterator[msgspec.Raw]:
    """The items, and under `field` in each what another answer says of it, by its key. So a change
    of that is a change of the item, whose bytes are compared with those of the last sync."""
    if not facts:
        yield from items
        return
    for item, own in zip(items, keys_of(items, key), strict=True):
        yield _with(item, field, facts[own]) if own in facts else item


def _with(item: msgspec.Raw, field: str, fact: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode({**msgspec.json.decode(item), field: fact}))


def keys_of(items: Sequence[msgspec.Raw], key: str) -> list[str]:
    """All at once, which costs a third; one by one where one of the items is no object."""
    one, all_ = _decoders(key)
    try:
        found = all_.decode(b"[%b]" % b",".join(items))
    except msgspec.DecodeError:
        return [_key_of(one, item) for item in items]
    return [_text(keyed.key) for keyed in found]


def _key_of(decoder: Any, item: msgspec.Raw) -> str:
    try:
        return _text(decoder.decode(item).key)
    except msgspec.DecodeError:
        return ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


@cache
def _decoders(key: str) -> tuple[Any, Any]:
    """They pass over all other fields without making objects of them."""
    fields = [("key", Any, None)]
    shape = msgspec.defstruct("Keyed", fields, rename={"key": key})
    return msgspec.json.Decoder(shape), msgspec.json.Decoder(GenericAlias(list, (shape,)))
