"""People who may be one: of one name, or of one name before the @ in two domains of the company.

Whom a directory lists twice it takes for two, and so does Steward; pairs that an admin has parted
are not asked about again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Value, When
from django.db.models.functions import StrIndex, Substr

from steward.insight.memory import remembered
from steward.insight.traces import Minds
from steward.inventory.account import Account
from steward.inventory.identity import Distinct
from steward.inventory.person import Person, PersonEmail

MOST_NAMES, MOST_STRANGERS, MOST_DOMAINS = 200, 1_000, 20


@dataclass(frozen=True)
class Alike:
    """Two people who may be one."""

    one: Person
    other: Person
    why: str


def lookalikes() -> list[Alike]:
    """The likeliest first."""
    found: list[Alike] = remembered("lookalikes", _lookalikes, Minds.FIGURES)
    return found


def _lookalikes() -> list[Alike]:
    found: dict[frozenset[int], Alike] = {}
    for alike in (*_of_one_address(), *_of_one_name()):
        found.setdefault(frozenset((alike.one.pk, alike.other.pk)), alike)
    apart = _apart(found)
    return [alike for pair, alike in found.items() if pair not in apart]


def with_accounts(people: Any) -> Any:
    return people.filter(Exists(Account.objects.present().filter(person=OuterRef("pk"))))


def _known() -> Any:
    """To a directory."""
    return Case(When(told_standing="", then=False), default=True, output_field=BooleanField())


def _of_one_name() -> Iterator[Alike]:
    names = Person.objects.filter(merged_into=None).exclude(name="").order_by("name")
    names = names.values("name").annotate(count=Count("pk")).filter(count__gt=1)[:MOST_NAMES]
    people = Person.objects.filter(name__in=[row["name"] for row in names])
    rows = with_accounts(people).annotate(known=_known()).order_by("name", "pk")
    for _, same in groupby(rows, key=lambda person: person.name):
        for one, other in combinations(list(same)[:10], 2):
            if not (one.known and other.known):
                yield Alike(one, other, "The same name.")


def _of_one_address() -> Iterator[Alike]:
    """Of people whom no directory knows, in a domain that the directory uses."""
    domain = Substr("key", StrIndex("key", Value("@")) + 1)
    people = Person.objects.filter(told_accounts__gt=0).annotate(known=_known())
    ours = PersonEmail.objects.filter(person__in=people.filter(known=True).values("pk"))
    counted = ours.annotate(domain=domain).values("domain").annotate(count=Count("pk"))
    domains = list(counted.order_by("-count").values_list("domain", flat=True)[:MOST_DOMAINS])
    if len(domains) < 2:
        return
    strangers = PersonEmail.objects.filter(person__in=people.filter(known=False).values("pk"))
    rows = strangers.annotate(domain=domain).filter(domain__in=domains).select_related("person")
    wanted = {}
    for row in rows.order_by("pk")[:MOST_STRANGERS]:
        local = row.key.partition("@")[0]
        wanted |= {f"{local}@{d}": row.person for d in domains if d != row.domain}
    for known in ours.filter(key__in=wanted).select_related("person"):
        said = "The same name before the @, in two domains of the company."
        yield Alike(known.person, wanted[known.key], said)


def _apart(pairs: Iterable[frozenset[int]]) -> set[frozenset[int]]:
    people = {number for pair in pairs for number in pair}
    rows = Distinct.objects.filter(one__in=people).values_list("one", "other")
    return {frozenset(pair) for pair in rows}
