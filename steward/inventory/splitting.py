"""Parts of an amount that add up exactly to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import get_currency_precision

from steward.inventory.amounts import MONEY_PLACES


def split(amount: Decimal, weights: Sequence[int], currency: str) -> list[Decimal]:
    """By largest remainder, in the smallest unit of the currency; in the smallest that is kept,
    where the amount itself is finer. Of equal remainders the first get one more."""
    places = get_currency_precision(currency)
    if amount != round(amount, places):
        places = MONEY_PLACES
    units = int(amount.scaleb(places))
    sign = -1 if units < 0 else 1
    return [Decimal(sign * part).scaleb(-places) for part in _parts(abs(units), weights)]


def _parts(units: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [units * weight // whole for weight in weights]
    left = units - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda n: -(units * weights[n] % whole))
    for n in by_remainder[:left]:
        parts[n] += 1
    return parts
