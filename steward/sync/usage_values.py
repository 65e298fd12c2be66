"""Telling which departments, locations and so on there are, so that choosing one reads nobody."""

from __future__ import annotations

from django.db import transaction

from steward.inventory.person import Person
from steward.inventory.usage import PersonValue
from steward.sync.writers.usage import alone


def tell_values() -> None:
    found = _found()
    wanted = {
        (name, value)
        for name, values in found.items()
        if len(values) <= PersonValue.MOST
        for value in values
    }
    with transaction.atomic():
        alone()
        there = {(row.name, row.value): row.pk for row in PersonValue.objects.all()}
        gone = [pk for said, pk in there.items() if said not in wanted]
        PersonValue.objects.filter(pk__in=gone).delete()
        PersonValue.objects.bulk_create(
            PersonValue(name=name, value=value) for name, value in sorted(wanted - there.keys())
        )


def _found() -> dict[str, set[str]]:
    """No more of each than is needed to see that there are too many."""
    found: dict[str, set[str]] = {}
    people = Person.objects.filter(told_accounts__gt=0).order_by()
    for said, manager in people.values_list("attributes", "manager__name").iterator(2_000):
        for name, value in {**said, **({"manager": manager} if manager else {})}.items():
            values = found.setdefault(name[:100], set())
            if _is_plain(value) and len(values) <= PersonValue.MOST:
                values.add(value)
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= PersonValue.LONGEST
