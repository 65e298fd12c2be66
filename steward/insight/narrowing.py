"""Applications that fit what is asked for, on the page, over the API and on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from steward.insight import custom, uses
from steward.inventory.application import Application, CustomField
from steward.inventory.person import Person

OWNERSHIPS = (("none", "No owner"), ("left", "An owner has left"), ("known", "Has an owner"))


def narrowed(rows: Any, asked: Mapping[str, str], fields: Sequence[CustomField] = ()) -> Any:
    """By what is asked for by name; `field_N` is the custom field of that number."""
    for name, condition in _NARROWING.items():
        if value := asked.get(name):
            rows = rows.filter(condition(value))
    for field in fields:
        if text := asked.get(f"field_{field.pk}"):
            rows = custom.narrowed_by(rows, field, text)
    return rows


_NOBODY = Q(business_owner=None, technical_owner=None, owner="")
_OWNERSHIP = {
    "none": _NOBODY,
    "known": ~_NOBODY,
    "left": Q(business_owner__told_standing=Person.LEFT)
    | Q(technical_owner__told_standing=Person.LEFT),
}


def _owned_by(text: str) -> Q:
    """A person's number, or part of a name or address."""
    found = Q(owner__icontains=text)
    for owner in ("business_owner", "technical_owner"):
        found |= Q(**{f"{owner}__name__icontains": text})
        found |= Q(**{f"{owner}__email__icontains": text})
        if text.isascii() and text.isdecimal() and len(text) < 19:
            found |= Q(**{owner: int(text)}) | Q(**{f"{owner}__merged_into": int(text)})
    return found


def _tagged(tag: str) -> list[int]:
    """Databases do not agree on how to look into a list, and there are few applications."""
    sought = tag.casefold()
    rows = Application.objects.exclude(tags=[]).values_list("pk", "tags")
    return [pk for pk, tags in rows if any(t.casefold() == sought for t in tags)]


_NARROWING: dict[str, Callable[[str], Q]] = {
    "q": lambda text: Q(name__icontains=text),
    "source": uses.known_by,
    "status": lambda status: Q(status=status),
    "criticality": lambda criticality: Q(criticality=criticality),
    "category": lambda category: Q(category__iexact=category),
    "tag": lambda tag: Q(pk__in=_tagged(tag)),
    "owner": _owned_by,
    "ownership": lambda ownership: _OWNERSHIP[ownership],
}
