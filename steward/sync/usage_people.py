"""Writing down who uses an application, where it differs from what was told before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from steward.inventory.usage import (
    DIRECT,
    EVERYWHERE,
    NAMES,
    NOBODY,
    SOURCES,
    Use,
    bits_of,
    columns_of,
    first_kept,
)
from steward.sync.writers.sql import BulkInsert, chunks, many
from steward.sync.writers.usage import BEYOND, PART, Human, Origin, Part, alone, humans_of

_KEY = ("application_id", "human")
_SAID = (
    "person_id", "account_id", "name", "email", "status", "source", "last_active", *NAMES,
)  # fmt: skip
_INSERT = BulkInsert(Use, (*_KEY, *_SAID), "ON CONFLICT (application_id, human) DO NOTHING")
_UPDATE = f"UPDATE inventory_use SET {', '.join(f'{n} = %s' for n in _SAID)} WHERE id = %s"  # noqa: S608


def tell_part(origin: Origin, part: Part, today: date) -> None:
    base = first_kept(today)
    humans = humans_of(origin, part, base, today)
    rows = {number: _row(human, base) for number, human in humans.items()}
    _write(origin.application, part.humans, rows)


def _row(human: Human, base: date) -> tuple[Any, ...]:
    """Of several sources that saw somebody active, the best one's word is taken."""
    source = next((s for s in SOURCES if s in human.last or s in human.bits), human.source)
    columns = columns_of(human.bits.get(source, 0), base)
    named = (human.name[:300], human.email[:254], human.status, source)
    return (human.person, human.account, *named, human.last.get(source), *columns)


def tell_everywhere(today: date) -> None:
    """Everybody in whichever application they use."""
    base = first_kept(today)
    last = Use.objects.aggregate(last=Max("person"))["last"] or 0
    for low in range(0, last + 1, PART):
        high = low + PART if low + PART <= last else BEYOND
        _write(EVERYWHERE, (low, high - 1), _everywhere(low, high - 1, base))


def _everywhere(low: int, high: int, base: date) -> dict[int, tuple[Any, ...]]:
    rows = Use.objects.filter(application__gt=EVERYWHERE, person__gte=low, person__lte=high)
    columns = ("name", "email", "status", "source", "last_active", *NAMES)
    together: dict[int, Human] = {}
    for number, name, email, status, source, last, *days in (
        rows.order_by().values_list("person", *columns).iterator(2_000)
    ):
        human = together.setdefault(number, Human(number, 0, name, email))
        human.status = min(human.status, status)
        if source != NOBODY:
            human.was_active(DIRECT, bits_of(tuple(days), base), last)
    return {number: _row_of_all(human, base) for number, human in together.items()}


def _row_of_all(human: Human, base: date) -> tuple[Any, ...]:
    person, _, *rest = _row(human, base)
    return (person, None, *rest)


def _write(application: int, between: tuple[int, int], rows: Mapping[int, tuple[Any, ...]]) -> None:
    """In a transaction of its own. `between` are the humans whom the rows are about: others among
    them are not there any more."""
    with transaction.atomic():
        alone()
        _write_alone(application, between, rows)


def _write_alone(
    application: int, between: tuple[int, int], rows: Mapping[int, tuple[Any, ...]]
) -> None:
    known = {number: (pk, said) for number, pk, said in _known(application, between)}
    new = [(application, number, *row) for number, row in rows.items() if number not in known]
    for part in chunks(new, 2_000):
        _INSERT.write(part)
    changed = [
        (*rows[number], pk)
        for number, (pk, said) in known.items()
        if number in rows and said != rows[number]
    ]
    many(_UPDATE, changed)
    _delete([pk for number, (pk, _) in known.items() if number not in rows])


def _known(
    application: int, between: tuple[int, int]
) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    rows = Use.objects.filter(application=application, human__range=between).order_by()
    said = ("person", "account", "name", "email", "status", "source", "last_active", *NAMES)
    for number, pk, *row in rows.values_list("human", F("id"), *said).iterator(2_000):
        yield number, pk, tuple(row)


def _delete(ids: list[int]) -> None:
    for part in chunks(ids):
        Use.objects.filter(pk__in=part)._raw_delete(Use.objects.db)
