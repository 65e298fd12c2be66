"""Exact numbers: money and rates, kept as whole numbers of a small part.

SQLite has no decimal type and would keep 0.1 as a float; both databases add whole numbers exactly.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

MONEY_PLACES, RATE_PLACES = 4, 8
# Sums of a million of the largest fit into 63 bits, which is what SQLite adds in.
LARGEST = Decimal(900_000_000)


class ExactField(models.BigIntegerField):
    """A `Decimal` of at most `places` digits after the point; what has more is not taken."""

    def __init__(self, *args: Any, places: int = MONEY_PLACES, **options: Any) -> None:
        self.places = places
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "places": self.places}

    def from_db_value(self, value: Any, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ValidationError("This is not a number.") from None

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(value)
        if number is None:
            return None
        scaled = number.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{number} has more than {self.places} digits after the point.")
        return int(scaled)


def rounded(number: Decimal, places: int = MONEY_PLACES) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
