"""One payment that several sources tell of: it is kept as often, and counted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from steward.inventory.charge import Charge
from steward.inventory.spend import mark_untold

# Statements and finance apps date one payment up to so many days apart, and one that has the same
# number in both up to so many.
DAYS_APART, DAYS_APART_BY_ID = 5, 45
CHUNK = 500


def mark_duplicates(charges: Sequence[Charge]) -> int:
    """Of charges that are stored already; how many another source has told of before. Each charge
    stands for one of another source at most, so that two equal lines need two equal lines."""
    marked = []
    for part in (charges[n : n + CHUNK] for n in range(0, len(charges), CHUNK)):
        known = _Known(part)
        for charge in part:
            if charge.duplicate_of_id is None and not charge.not_duplicate:
                charge.duplicate_of = known.original_of(charge)
                if charge.duplicate_of:
                    marked.append(charge)
    Charge.objects.bulk_update(marked, ["duplicate_of"], batch_size=CHUNK)
    return len(marked)


Source: TypeAlias = "tuple[int | None, int | None]"


def source_of(charge: Charge) -> Source:
    return charge.book, charge.entered_id


class _Known:
    """What could be an original: counted, of about the days and just the amounts of `charges`.
    `_taken` are the sources that have a duplicate of it already."""

    def __init__(self, charges: Sequence[Charge]) -> None:
        days = [charge.day for charge in charges]
        apart = timedelta(days=DAYS_APART_BY_ID)
        rows = Charge.objects.present().filter(
            day__range=(min(days) - apart, max(days) + apart),
            amount__in={charge.amount for charge in charges},
            duplicate_of=None,
        )
        sources = {source_of(charge) for charge in charges}
        if len(sources) == 1:
            book, entered = sources.pop()
            rows = rows.exclude(book=book, entered=entered)
        self._by_amount: dict[tuple[Decimal, str], list[Charge]] = defaultdict(list)
        for row in rows.order_by("pk"):
            self._by_amount[row.amount, row.currency].append(row)
        self._taken: dict[int, set[Source]] = defaultdict(set)
        duplicates = Charge.objects.filter(duplicate_of__in=rows.order_by().values("pk"))
        for original, *source in duplicates.values_list("duplicate_of", "book", "entered"):
            self._taken[original].add((source[0], source[1]))

    def original_of(self, charge: Charge) -> Charge | None:
        source = source_of(charge)
        fitting = [
            other
            for other in self._by_amount[charge.amount, charge.currency]
            if other.pk < charge.pk
            and source_of(other) != source
            and source not in self._taken[other.pk]
            and is_same(charge, other)
        ]
        found = min(fitting, key=lambda other: abs(charge.day - other.day), default=None)
        if found:
            self._taken[found.pk].add(source)
            # It does not count any more, so it is nobody's original.
            equal = self._by_amount[charge.amount, charge.currency]
            equal[:] = [other for other in equal if other.pk != charge.pk]
        return found


def is_same(one: Charge, other: Charge) -> bool:
    apart = abs(one.day - other.day)
    if one.external_id and one.external_id == other.external_id:
        return apart <= timedelta(days=DAYS_APART_BY_ID)
    return apart <= timedelta(days=DAYS_APART) and _is_same_vendor(one, other)


def _is_same_vendor(one: Charge, other: Charge) -> bool:
    if one.vendor_key == other.vendor_key:
        return True
    return one.application_id is not None and one.application_id == other.application_id


def take_away(charges: Any) -> int:
    """Delete them; what doubled one of them counts from now on, or doubles what else counts."""
    mark_untold(charges)
    numbers = list(charges.order_by().values_list("pk", flat=True))
    for part in (numbers[n : n + CHUNK] for n in range(0, len(numbers), CHUNK)):
        let_go(Charge.objects.filter(pk__in=part))
        rows = Charge.objects.filter(pk__in=part)
        rows._raw_delete(rows.db)
    return len(numbers)


def let_go(originals: Any) -> None:
    """They vanish: of what doubles each, the oldest that stays takes its place."""
    numbers = originals.order_by().values("pk")
    rows = list(Charge.objects.filter(duplicate_of__in=numbers).order_by("pk"))
    stay = set(
        Charge.objects.present().filter(duplicate_of__in=numbers).values_list("pk", flat=True)
    )
    heirs: dict[int | None, Charge] = {}
    for row in rows:
        heir = heirs.setdefault(row.duplicate_of_id, row) if row.pk in stay else row
        row.duplicate_of = None if heir is row else heir
    Charge.objects.bulk_update(rows, ["duplicate_of"], batch_size=CHUNK)
    mark_untold(Charge.objects.filter(pk__in=[heir.pk for heir in heirs.values()]))
