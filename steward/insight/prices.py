"""What a seat costs: the price that held on a day, a month and a year of it, in the company's
currency.

A month and a year are each rounded once, for one seat, to the fourth digit; every sum is so many
times that. So sums agree with one another to the last digit, however they are put together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from steward.insight.contract_prices import Agreed, agreed
from steward.inventory.amounts import rounded
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.money import Rates, text

BY_HAND = "entered by hand"


@dataclass(frozen=True)
class Cost:
    """Of one seat, in the company's currency."""

    month: Decimal
    year: Decimal


@dataclass(frozen=True)
class Price:
    """`cost` is None where there is no rate into the company's currency; `rate` and `rate_day` say
    at which it was told where the price is in another. `by` is the contract that says so, None
    where somebody has entered it."""

    amount: Decimal
    currency: str
    months: int
    since: date | None
    cost: Cost | None
    rate: Decimal | None = None
    rate_day: date | None = None
    by: Agreed | None = None

    @property
    def period(self) -> str:
        known = {1: "month", 3: "quarter", 6: "half a year", 12: "year"}
        return known.get(self.months, f"{self.months} months")

    @property
    def short(self) -> str:
        said = f"{text(self.amount, self.currency)} / {self.period}"
        return f"{said}, by contract {self.by.name}" if self.by else said

    @property
    def origin(self) -> str:
        return self.by.origin if self.by else BY_HAND

    def sentence(self) -> str:
        """As a person would say it: €24 a seat and month, since 1 March 2026."""
        said = f"{text(self.amount, self.currency)} a seat and {self.period}"
        said += f", {self.by.origin}" if self.by else ""
        said += f", since {self.since:%-d %B %Y}" if self.since else ""
        if self.cost is None:
            return f"{said}; there is no rate for {self.currency}"
        if self.rate is not None and self.rate_day:
            said += f"; told at {self.rate.normalize():f} of {self.rate_day:%-d %B %Y}"
        return said


def price_of(
    amount: Decimal, currency: str, months: int, since: date | None, rates: Rates, day: date
) -> Price:
    """Told at the rate of `day`, or of the last day before it that has one."""
    month, year = rounded(amount / months), rounded(amount * 12 / months)
    if currency == rates.currency:
        return Price(amount, currency, months, since, Cost(month, year))
    told = rates.told(amount, currency, day)
    if told is None:
        return Price(amount, currency, months, since, None)
    exact = amount * told.rate
    cost = Cost(rounded(exact / months), rounded(exact * 12 / months))
    return Price(amount, currency, months, since, cost, told.rate, told.day)


def prices_on(day: date, rates: Rates, only: Iterable[int] | None = None) -> dict[int, Price]:
    """By licence: the last that was entered, since that day or before it; where none was, that of
    a contract in force."""
    rows = LicencePrice.objects.filter(since__lte=day).order_by("licence", "since")
    if only is not None:
        rows = rows.filter(licence__in=list(only))
    held = {row.licence_id: row for row in rows}
    own = {
        number: price_of(r.amount, r.currency, r.months, r.since, rates, day)
        for number, r in held.items()
    }
    return {**_by_contract(day, rates, only), **own}


def _by_contract(day: date, rates: Rates, only: Iterable[int] | None) -> dict[int, Price]:
    found = {}
    for one in agreed(day, only):
        if one.holds:
            told = price_of(one.amount, one.currency, one.months, one.since, rates, day)
            found[one.licence] = replace(told, by=one)
    return found


def history(row: LicenceType, day: date) -> list[LicencePrice | Agreed]:
    """All that anybody or a contract says of its price, newest first."""
    said = [*row.prices.all(), *agreed(day, [row.pk])]
    return sorted(said, key=lambda one: one.since or date.min, reverse=True)


def same_prices(prices: dict[int, Price]) -> dict[Decimal, list[int]]:
    """Licences by what a seat costs a month; those of which that is not known are left out."""
    found: dict[Decimal, list[int]] = defaultdict(list)
    for number, price in prices.items():
        if price.cost:
            found[price.cost.month].append(number)
    return found
