"""Money: how it is written, in what it is told, and who may see it.

Amounts are `Decimal`. What is in several currencies is told in the company's, each amount at the
rate of its own day or of the last day before it that has one; what has no rate is not guessed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision

from steward.inventory.amounts import RATE_PLACES, rounded
from steward.inventory.company import Company, ExchangeRate

_LOCALE = Locale("en")


def currencies() -> list[tuple[str, str]]:
    """Codes with their names, those of today's use first by name."""
    names = sorted(_LOCALE.currencies.items(), key=lambda pair: pair[1])
    return [(code, f"{code} · {name}") for code, name in names if len(code) == 3]


def is_currency(code: str) -> bool:
    return code in _LOCALE.currencies


# To word one takes as long as to render a cell, and prices of licences are often the same.
@lru_cache(maxsize=4096)
def text(amount: Decimal, currency: str) -> str:
    """As a person reads it: €1,234.50."""
    return str(format_currency(amount, currency, locale=_LOCALE))


def plain(amount: Decimal, currency: str = "") -> str:
    """As a program reads it: 1234.50; never fewer digits than the currency has, nor less than all
    that there are."""
    least = get_currency_precision(currency) if currency else 2
    whole = amount.normalize()
    digits = max(least, -int(whole.as_tuple().exponent))
    return f"{amount:.{digits}f}"


def sees_money(is_admin: bool) -> bool:
    return is_admin or Company.get().readers_see_money


@dataclass(frozen=True)
class Told:
    """An amount in another currency, and the rate and the day that say so."""

    amount: Decimal
    rate: Decimal
    day: date


class Rates:
    """All rates into one currency, read once. A pair that is only known the other way round is
    turned."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        known: dict[str, dict[date, Decimal]] = defaultdict(dict)
        rows = ExchangeRate.objects.values_list("base", "quote", "day", "rate")
        for _, quote, day, rate in rows.filter(base=currency):
            known[quote][day] = rounded(1 / rate, RATE_PLACES)
        for base, _, day, rate in rows.filter(quote=currency):
            known[base][day] = rate
        self._known = {code: sorted(found.items()) for code, found in known.items()}

    def told(self, amount: Decimal, currency: str, day: date) -> Told | None:
        """None where no rate of that day or before is known."""
        if currency == self.currency:
            return Told(amount, Decimal(1), day)
        found = self.on(currency, day)
        return Told(rounded(amount * found[1]), found[1], found[0]) if found else None

    def on(self, currency: str, day: date) -> tuple[date, Decimal] | None:
        known = self._known.get(currency, [])
        place = bisect_right(known, day, key=lambda pair: pair[0])
        return known[place - 1] if place else None
