"""Exchange rates: what one unit of a currency was worth in another, on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from steward.inventory.amounts import RATE_PLACES, rounded
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.imports import Import
from steward.ledger.imports.fields import Field
from steward.ledger.imports.kind import Kind, said
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work
from steward.ledger.rates import retell


class Rates(Kind):
    slug, name = "rates", "Exchange rates"
    about = "A row is the rate of a pair of currencies on a day; the three recognise it."

    def __init__(self, file_name: str = "") -> None:
        super().__init__(file_name)
        self._touched: list[tuple[str, str, date]] = []

    @classmethod
    def fields(cls) -> list[Field]:
        return [
            Field("base", "From", "currency", _BASE, required=True, example="EUR"),
            Field("quote", "To", "currency", _QUOTE, required=True, example="USD"),
            Field("day", "Day", "day", _DAY, required=True, example="2026-11-02"),
            Field(
                "rate",
                "Rate",
                "rate",
                _RATE,
                required=True,
                example="1.0872",
                help="How many units of the second currency one unit of the first is worth.",
            ),
        ]

    def plan(self, rows: Sequence[Row]) -> None:
        days = {row.values["day"] for row in rows}
        bases = {row.values[name] for row in rows for name in ("base", "quote")}
        known = ExchangeRate.objects.filter(day__in=days, base__in=bases)
        today = datetime.now(UTC).date()
        found = {(r.base, r.quote, r.day): r for r in known}
        for row in rows:
            base, quote, day = key = tuple(row.values[n] for n in ("base", "quote", "day"))
            row.name = f"{base} in {quote}, {day}"
            if base == quote:
                row.refuse("quote", "The two currencies are the same.")
            elif day > today:
                row.refuse("day", "This day has not come yet.")
            elif self.is_first(row, (frozenset((base, quote)), day)):
                row.works = [_work(row, found.get(key), found.get((quote, base, day)))]
                if row.works[0].differing:
                    row.works[0].values["source"] = self.file_name[:200]

    def finish(self, entered: Import) -> None:
        rows = ExchangeRate.objects.filter(pk__in=entered.rows.values("object"))
        tell_charges(list(rows.values_list("base", "quote", "day")))

    def touched(self, objects: Sequence[Any]) -> None:
        self._touched += [(row.base, row.quote, row.day) for row in objects]

    def undone(self, entered: Import) -> None:
        tell_charges(self._touched)


def _work(row: Row, same: ExchangeRate | None, turned: ExchangeRate | None) -> Work:
    """A pair that is there the other way round stays so, and is told by it."""
    if same is None and turned is not None:
        value = rounded(1 / row.values["rate"], RATE_PLACES)
        return Work("rate", ExchangeRate, turned, {"rate": value})
    return Work("rate", ExchangeRate, same, said(row, _VALUES))


def tell_charges(rates: Sequence[tuple[str, str, date]]) -> None:
    """What was charged in currencies that convert into the company's by other rates now."""
    company = Company.get().currency
    pairs = {frozenset((base, quote)) for base, quote, _ in rates}
    for code in {code for pair in pairs if company in pair for code in pair} - {company}:
        retell(code)


_VALUES = ("base", "quote", "day", "rate")
_BASE = "basecurrency from fromcurrency source von ausgangswahrung currency wahrung devise monnaie"
_QUOTE = "quotecurrency to tocurrency target nach zielwahrung counter countercurrency"
_DAY = "date ratedate validfrom datum fecha data am giorno tag dia"
_RATE = "exchangerate fxrate value kurs wechselkurs taux tasa cambio tasso koers obsvalue"
