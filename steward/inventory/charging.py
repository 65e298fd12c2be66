"""What is known of a charge besides what its source says: the application, the amount in the
company's currency, and whether another source has told of it already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import Company
from steward.inventory.contract import Contract
from steward.inventory.holdings import SeenApp
from steward.inventory.money import Rates
from steward.inventory.vendors import head_of, key_of
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector

# Statements and finance apps date one payment up to so many days apart, and one that has the same
# number in both up to so many.
DAYS_APART, DAYS_APART_BY_ID = 5, 45
CHUNK = 500


@dataclass(frozen=True)
class Match:
    """`matched` is one of `Charge`'s; an application that is not SaaS has none."""

    application: int | None = None
    matched: str = Charge.NOTHING
    is_saas: bool = True


class Vendors:
    """All rules and names, read once. An exact rule stands above those for a beginning, of which
    the longest counts; rules stand above names, and a name that could be two is nobody's."""

    def __init__(self) -> None:
        rows = VendorRule.objects.values_list("pattern", "is_prefix", "application")
        merged = _merged()
        rules = [(pattern, prefix, merged.get(app, app)) for pattern, prefix, app in rows]
        self._exact = {pattern: app for pattern, prefix, app in rules if not prefix}
        self._begins = sorted(
            ((pattern, app) for pattern, prefix, app in rules if prefix),
            key=lambda rule: -len(rule[0]),
        )
        self._own = _once((key_of(name), app) for app, name in _applications())
        self._levels = (self._own, _catalogued(), _once(_contracts()), _once(_publishers()))

    def find(self, vendor: str, key: str) -> Match:
        rule = self._rule(key)
        if rule is not None:
            return rule
        for names in self._levels:
            if found := names.get(key):
                return Match(_number(found), Charge.NAME)
        found = self._own.get(head_of(vendor))
        return Match(_number(found), Charge.NAME) if found else Match()

    def _rule(self, key: str) -> Match | None:
        if key in self._exact:
            return _by_rule(self._exact[key])
        beginning = (app for pattern, app in self._begins if key.startswith(pattern))
        return next((_by_rule(app) for app in beginning), None)


def _by_rule(application: int | None) -> Match:
    return Match(application, Charge.RULE, application is not None)


def _number(found: int | type[Connector]) -> int:
    return found if isinstance(found, int) else application_for(found)


def application_for(connector: type[Connector]) -> int:
    """An integration's application, which is discovered by what was paid for it if need be."""
    made, _ = Application.objects.get_or_create(
        key=connector.slug,
        defaults={
            "name": connector.name,
            "integration": connector.slug,
            "category": connector.category,
        },
    )
    return int(made.merged_into_id or made.pk)


def _merged() -> dict[int, int]:
    rows = Application.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    direct = dict(rows)
    return {pk: _end_of(pk, direct) for pk in direct}


def _end_of(pk: int, direct: Mapping[int, int]) -> int:
    seen: set[int] = set()
    while pk in direct and pk not in seen:
        seen.add(pk)
        pk = direct[pk]
    return pk


def _applications() -> Iterator[tuple[int, str]]:
    merged = _merged()
    for pk, name in Application.objects.values_list("pk", "name"):
        yield merged.get(pk, pk), name


def _contracts() -> Iterator[tuple[str, int]]:
    rows = Contract.objects.filter(application__isnull=False).values_list("vendor", "application")
    merged = _merged()
    return ((key_of(vendor), merged.get(app, app)) for vendor, app in rows.distinct())


def _publishers() -> Iterator[tuple[str, int]]:
    rows = SeenApp.objects.present().filter(application__isnull=False).exclude(publisher="")
    merged = _merged()
    for name, app in rows.values_list("publisher", "application").distinct():
        yield key_of(name), merged.get(app, app)


def _catalogued() -> dict[str, type[Connector]]:
    """Integrations that read any app of a kind are no app themselves."""
    found: dict[str, type[Connector]] = {}
    for connector in integrations().values():
        if connector.kind != "custom":
            for name in (connector.slug, connector.name, *connector.also_known_as):
                found.setdefault(key_of(name.replace("_", " ")), connector)
    return found


def _once(names: Iterable[tuple[str, int]]) -> dict[str, Any]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, application in names:
        found[name].add(application)
    return {name: apps.pop() for name, apps in found.items() if len(apps) == 1}


class Describing:
    """Fills in what follows from rules, names and rates, for any number of charges."""

    def __init__(self) -> None:
        self.vendors, self.rates = Vendors(), Rates(Company.get().currency)

    def describe(self, charge: Charge) -> None:
        charge.vendor_key = key_of(charge.vendor)
        if charge.application_id is None and charge.matched != Charge.HAND:
            found = self.vendors.find(charge.vendor, charge.vendor_key)
            charge.application_id = found.application
            charge.matched, charge.is_saas = found.matched, found.is_saas
        self.tell(charge)

    def tell(self, charge: Any) -> None:
        told = self.rates.told(charge.amount, charge.currency, charge.day)
        charge.told = told.amount if told else None
        charge.told_rate = told.rate if told else None
        charge.told_day = told.day if told else None


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
