"""What is known of a charge besides what its source says: the application, and the amount in the
company's currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from steward.inventory.amounts import rounded
from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import Company
from steward.inventory.contract import Contract
from steward.inventory.holdings import SeenApp
from steward.inventory.money import Rates
from steward.inventory.vendors import head_of, key_of
from steward.sdk.catalogue import integrations
from steward.sdk.connector import Connector


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
        merged = merged_applications()
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


def merged_applications() -> dict[int, int]:
    """What each that was merged is by now."""
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
    merged = merged_applications()
    for pk, name in Application.objects.values_list("pk", "name"):
        yield merged.get(pk, pk), name


def _contracts() -> Iterator[tuple[str, int]]:
    rows = Contract.objects.filter(application__isnull=False).values_list("vendor", "application")
    merged = merged_applications()
    return ((key_of(vendor), merged.get(app, app)) for vendor, app in rows.distinct())


def _publishers() -> Iterator[tuple[str, int]]:
    rows = SeenApp.objects.present().filter(application__isnull=False).exclude(publisher="")
    merged = merged_applications()
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
        """What is converted is posted in whole cents, so that what is shown adds up as well."""
        told = self.rates.told(charge.amount, charge.currency, charge.day)
        charge.told = self._posted(told.amount) if told and told.rate != 1 else told and told.amount
        charge.told_rate = told.rate if told else None
        charge.told_day = told.day if told else None

    def _posted(self, amount: Decimal) -> Decimal:
        return rounded(amount, get_currency_precision(self.rates.currency))
