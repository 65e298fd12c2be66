"""Exchange rates: what one unit of a currency was worth in another, on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from steward.inventory.charge import Charge
from steward.inventory.charging import Describing
from steward.inventory.company import ExchangeRate
from steward.inventory.imports import Import
from steward.ledger.imports.fields import Field
from steward.ledger.imports.kind import Kind, said
from steward.ledger.imports.upload import Row
from steward.ledger.imports.work import Work


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
        bases = {row.values["base"] for row in rows}
        known = ExchangeRate.objects.filter(day__in=days, base__in=bases)
        found = {(r.base, r.quote, r.day): r for r in known}
        for row in rows:
            base, quote, day = key = tuple(row.values[n] for n in ("base", "quote", "day"))
            row.name = f"{base} in {quote}, {day}"
            if base == quote:
                row.refuse("quote", "The two currencies are the same.")
            elif self.is_first(row, key):
                row.works = [Work("rate", ExchangeRate, found.get(key), said(row, _VALUES))]
                if row.works[0].differing:
                    row.works[0].values["source"] = self.file_name[:200]

    def finish(self, entered: Import) -> None:
        rows = ExchangeRate.objects.filter(pk__in=entered.rows.values("object"))
        tell_charges(list(rows.values_list("base", "quote", "day")))

    def touched(self, objects: Sequence[Any]) -> None:
        self._touched += [(row.base, row.quote, row.day) for row in objects]

    def undone(self, entered: Import) -> None:
        tell_charges(self._touched)


def tell_charges(rates: Sequence[tuple[str, str, date]]) -> None:
    """What was charged in their currencies since the first of these days, by the rates there are
    now."""
    telling = Describing()
    company = telling.rates.currency
    pairs = {frozenset((base, quote)) for base, quote, _ in rates}
    concerned = {code for pair in pairs if company in pair for code in pair} - {company}
    if not concerned:
        return
    since = min(day for _, _, day in rates)
    rows = Charge.objects.filter(currency__in=concerned, day__gte=since).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_CHUNK]):
        for charge in batch:
            telling.tell(charge)
        Charge.objects.bulk_update(batch, ["told", "told_rate", "told_day"], batch_size=200)
        last = batch[-1].pk


_CHUNK = 1_000
_VALUES = ("base", "quote", "day", "rate")
_BASE = "basecurrency from fromcurrency source von ausgangswahrung currency wahrung devise monnaie"
_QUOTE = "quotecurrency to tocurrency target nach zielwahrung counter countercurrency"
_DAY = "date ratedate validfrom datum fecha data am giorno tag dia"
_RATE = "exchangerate fxrate value kurs wechselkurs taux tasa cambio tasso koers obsvalue"
