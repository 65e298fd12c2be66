"""Noting whom a run has seen, and telling who is missing at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from steward.inventory.account import Account
from steward.inventory.run import Run
from steward.inventory.sighting import Sighting
from steward.sync.writers.sql import BulkInsert

_SAVE = BulkInsert(
    Sighting,
    ("book", "run", "chunk", "bits"),
    "ON CONFLICT (book, run, chunk) DO UPDATE SET bits = excluded.bits",
)


class Sightings:
    """Of a whole list, who was on it. Of changes, who is gone and was not shown again since."""

    def __init__(self, run: Run) -> None:
        self._run = run
        rows = Sighting.objects.filter(book=run.book, run=run.pk)
        self._chunks = {row.chunk: bytearray(row.bits) for row in rows}
        self._changed: set[int] = set()

    def begin(self) -> None:
        """Forget what this or an earlier run has noted and not made use of."""
        Sighting.objects.filter(book=self._run.book).delete()
        self._chunks.clear()

    def add(self, ids: Iterable[int]) -> None:
        for number in ids:
            chunk, bit = divmod(number, Sighting.SIZE)
            bits = self._chunks.get(chunk)
            if bits is None:
                bits = self._chunks[chunk] = bytearray(Sighting.SIZE // 8)
            bits[bit >> 3] |= 1 << (bit & 7)
            self._changed.add(chunk)

    def discard(self, ids: Iterable[int]) -> None:
        for number in ids:
            chunk, bit = divmod(number, Sighting.SIZE)
            if self._has(number):
                self._chunks[chunk][bit >> 3] &= ~(1 << (bit & 7))
                self._changed.add(chunk)

    def save(self) -> None:
        """In the transaction that writes what was seen."""
        book, run = self._run.book, self._run.pk
        rows = [(book, run, chunk, bytes(self._chunks[chunk])) for chunk in self._changed]
        _SAVE.write(rows)
        self._changed.clear()

    def count(self) -> int:
        return sum(int.from_bytes(bits, "little").bit_count() for bits in self._chunks.values())

    def unseen(self) -> Iterator[int]:
        """Ids of the accounts that the app did not list. Nobody is looked at one by one when as
        many were seen as there are."""
        present = Account.objects.filter(instance=self._run.book).exclude(status=Account.REMOVED)
        if present.count() == self.count():
            return
        for number in present.order_by().values_list("pk", flat=True).iterator(chunk_size=10_000):
            if not self._has(number):
                yield number

    def noted(self) -> Iterator[int]:
        for chunk, bits in self._chunks.items():
            found = range(chunk * Sighting.SIZE, (chunk + 1) * Sighting.SIZE) if any(bits) else ()
            yield from (number for number in found if self._has(number))

    def _has(self, number: int) -> bool:
        chunk, bit = divmod(number, Sighting.SIZE)
        bits = self._chunks.get(chunk)
        return bits is not None and bool(bits[bit >> 3] >> (bit & 7) & 1)
