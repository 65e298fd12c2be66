"""Two applications for one job: of the same category, with people who have both.

Who has an application is who has an account in it, where it is connected; of any other, who was
given it, has let it in, or has signed in to it lately (see `insight.uses`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Q, Value
from django.utils import timezone

from steward.insight import uses
from steward.insight.accounts import accounts
from steward.insight.licences import Sum, licences, spent
from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory.application import Application
from steward.inventory.holdings import Assignment, Grant, SeenApp
from steward.inventory.instance import SIGNED_IN, Instance
from steward.inventory.person import Person


@dataclass(frozen=True)
class Overlap:
    """`people` counts who has each of the two, `both` who has the one and the other."""

    one: Application
    other: Application
    people: tuple[int, int]
    both: int

    @property
    def share(self) -> int:
        """How much of the smaller one's people have the other too, in percent."""
        return 100 * self.both // min(self.people)

    @property
    def costs(self) -> tuple[Sum | None, Sum | None]:
        """What each costs; None where it has no licence."""
        return _costs(self.one), _costs(self.other)


def _costs(application: Application) -> Sum | None:
    found = licences(application.pk)
    return spent(found) if found else None


def overlaps() -> list[Overlap]:
    """Most people in both first."""
    found: list[Overlap] = remembered(("overlaps",), lambda: list(_overlaps()), Minds.FIGURES)
    return sorted(found, key=lambda o: (-o.both, o.one.name, o.other.name))


def _overlaps() -> Iterator[Overlap]:
    rows = Application.objects.exclude(category="").filter(merged_into=None).order_by("name", "pk")
    by_category: dict[str, list[Application]] = defaultdict(list)
    for row in rows:
        by_category[row.category.strip().casefold()].append(row)
    for alike in by_category.values():
        if len(alike) > 1:
            yield from _among(alike)


def _among(alike: list[Application]) -> Iterator[Overlap]:
    people = people_of([row.pk for row in alike])
    for one, other in combinations([row for row in alike if people[row.pk]], 2):
        both = len(people[one.pk] & people[other.pk])
        if both:
            yield Overlap(one, other, (len(people[one.pk]), len(people[other.pk])), both)


def people_of(applications: Iterable[int]) -> dict[int, set[int]]:
    """Numbers of the people who have each."""
    found: dict[int, set[int]] = defaultdict(set)
    asked = set(applications)
    connected = _connected() & asked
    for rows, application, person in _having(connected, asked - connected):
        for number, human in rows.order_by().values_list(application, person).distinct().iterator():
            found[number].add(human)
    return found


def has(application: int) -> Q:
    """Of a person: the same, for the database."""
    connected = _connected() & {application}
    found = Q(pk__in=())
    for rows, _, person in _having(connected, {application} - connected):
        found |= Q(pk__in=rows.order_by().values(person))
    return found


def with_both(one: int, other: int) -> Any:
    return Person.objects.filter(has(one)).filter(has(other))


def _connected() -> set[int]:
    rows = Instance.objects.present().exclude(application=None)
    return set(rows.values_list("application", flat=True))


def _having(connected: set[int], shown: set[int]) -> Iterator[tuple[Any, str, str]]:
    """Rows, and in which of their fields the application and the person are."""
    if connected:
        own = accounts().filter(instance__application__in=connected, person__isnull=False)
        yield own, "instance__application", "person"
    if not shown:
        return
    ours = {"app__application__in": shown, "account__person__isnull": False}
    yield Assignment.objects.present().filter(app__active=True, **ours), *_BY_APP
    yield Grant.objects.present().filter(**ours), *_BY_APP
    seen = SeenApp.objects.present().filter(application__in=shown, told_sign_ins=True)
    days = uses.active_since(timezone.now() - SIGNED_IN)
    for number in seen.values_list("application", flat=True).distinct():
        apps = list(seen.filter(application=number).values_list("pk", flat=True))
        mine = days.filter(app__in=apps, account__person__isnull=False).exclude(app=0)
        yield mine.present().annotate(of=Value(number)), "of", "account__person"


_BY_APP = ("app__application", "account__person")
