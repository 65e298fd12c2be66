"""Changing many applications at once: those that were chosen, or all that fit at this moment. All
of them or, where one would be wrong, none; each keeps its own history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from steward.inventory.application import Application
from steward.inventory.problems import Conflict, Invalid, refuse
from steward.ledger import trail
from steward.ledger.applications import KIND, cleaned
from steward.sdk.fields import FieldError

AT_ONCE, BATCH = 5_000, 500
_OWNERS = ("business_owner", "technical_owner")


@dataclass(frozen=True)
class Change:
    """What is to be said of each of them; what is not named stays."""

    values: Mapping[str, Any]
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    comment: str = ""

    def __bool__(self) -> bool:
        return bool(self.values or self.add_tags or self.remove_tags)

    def of(self, row: Application) -> dict[str, Any]:
        if not self.add_tags and not self.remove_tags:
            return dict(self.values)
        gone = {tag.casefold() for tag in self.remove_tags}
        tags = [*(self.values.get("tags") or row.tags), *self.add_tags]
        return {**self.values, "tags": [tag for tag in tags if tag.casefold() not in gone]}


@dataclass(frozen=True)
class Changed:
    """How many there were, and how many of them are different now."""

    matched: int
    changed: int

    def __str__(self) -> str:
        return f"{self.changed} of {self.matched} applications changed."


@transaction.atomic
def change_chosen(numbers: Sequence[int], change: Change, *, by: str) -> Changed:
    return _carry_out(numbers, change, by)


@transaction.atomic
def change_all(fitting: Any, change: Change, *, by: str, expected: int | None = None) -> Changed:
    """All of these rows, as they are when it begins. Conflict where somebody has seen another
    number of them, so that nothing is changed that nobody has looked at."""
    numbers = numbers_of(fitting)
    if expected is not None and len(numbers) != expected:
        raise Conflict(
            f"By now {len(numbers)} applications fit, not {expected}. Look at them again.",
            "changed",
        )
    return _carry_out(numbers, change, by)


def numbers_of(fitting: Any) -> list[int]:
    numbers = list(fitting.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(numbers) > AT_ONCE:
        raise Conflict(f"More than {AT_ONCE:,} at once are too many. Narrow them.", "too_many")
    return numbers


def _carry_out(numbers: Sequence[int], change: Change, by: str) -> Changed:
    if "name" in change.values:
        refuse([FieldError("name", "Each application has a name of its own.")])
    change = _with_people(change)
    matched = changed = 0
    for rows in _locked(numbers):
        values = [(row, _cleaned(change, row)) for row in rows]
        matched += len(rows)
        changed += trail.change_many(KIND, values, by=by, comment=change.comment.strip())
    return Changed(matched, changed)


def _with_people(change: Change) -> Change:
    """Who is named is looked up once."""
    named = {name: change.values[name] for name in _OWNERS if name in change.values}
    people = {name: cleaned(named, Application())[name] for name in named}
    values = {**change.values, **people}
    return Change(values, change.add_tags, change.remove_tags, change.comment)


def _locked(numbers: Sequence[int]) -> Iterator[list[Application]]:
    """One that was merged or removed a moment ago is none of them any more."""
    there = Application.objects.filter(merged_into=None).select_for_update().order_by("pk")
    for start in range(0, len(numbers), BATCH):
        yield list(there.filter(pk__in=numbers[start : start + BATCH]))


def _cleaned(change: Change, row: Application) -> dict[str, Any]:
    try:
        return cleaned(change.of(row), row)
    except Invalid as invalid:
        told = [FieldError(e.field, f"{row.name}: {e.message}") for e in invalid.errors]
        raise Invalid(told) from None
