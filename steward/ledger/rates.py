"""Exchange rates as people enter them, and what is converted anew when they change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from steward.inventory import money
from steward.inventory.amounts import LARGEST, RATE_PLACES
from steward.inventory.charge import Charge
from steward.inventory.charging import Describing
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.problems import refuse
from steward.inventory.spend import Retelling, first_of, mark_months
from steward.ledger import trail
from steward.sdk.fields import FieldError

KIND = "rate"
BATCH = 2_000
_FIELDS = ["told", "told_rate", "told_day"]


@dataclass(frozen=True)
class RateIn:
    """One unit of `base` is worth `rate` units of `quote` from that day on."""

    base: str
    quote: str
    day: date
    rate: Decimal
    source: str = ""


def enter(given: RateIn, *, by: str) -> ExchangeRate:
    """In place of the one of that day, where there is one, whichever way round it was said."""
    return enter_all([given], by=by)[0]


@transaction.atomic
def enter_all(rates: Iterable[RateIn], *, by: str) -> list[ExchangeRate]:
    """Many at once, as from a file; charges are converted anew once."""
    entered, touched = [], set()
    for given in map(_upper, rates):
        refuse(_problems(given))
        entered.append(_kept(given, by))
        touched |= {given.base, given.quote}
    _retell(touched)
    return entered


@transaction.atomic
def remove(rate: ExchangeRate, *, by: str) -> None:
    trail.remove(KIND, rate, by=by)
    _retell({rate.base, rate.quote})


def _upper(given: RateIn) -> RateIn:
    base, quote = given.base.strip().upper(), given.quote.strip().upper()
    return RateIn(base, quote, given.day, given.rate, given.source.strip()[:200])


def _problems(given: RateIn) -> list[FieldError]:
    found = [
        FieldError(name, f"{code or 'This'} is no currency's code. They look like EUR.")
        for name, code in (("base", given.base), ("quote", given.quote))
        if not money.is_currency(code)
    ]
    if given.base == given.quote:
        found.append(FieldError("quote", "Choose another currency than the first."))
    if not given.rate.is_finite() or not 0 < given.rate < LARGEST:
        found.append(FieldError("rate", "A rate is more than zero, such as 1.0842."))
    elif given.rate != round(given.rate, RATE_PLACES):
        found.append(FieldError("rate", f"At most {RATE_PLACES} digits after the point."))
    if not date(1970, 1, 1) <= given.day <= timezone.now().date():
        found.append(FieldError("day", "A rate holds from a day on, which has come already."))
    return found


def _kept(given: RateIn, by: str) -> ExchangeRate:
    turned = ExchangeRate.objects.filter(base=given.quote, quote=given.base, day=given.day)
    for other in turned:
        trail.remove(KIND, other, by=by)
    key = {"base": given.base, "quote": given.quote, "day": given.day}
    values = {"rate": given.rate, "source": given.source}
    row = ExchangeRate.objects.filter(**key).first()
    if row is None:
        return trail.make(KIND, ExchangeRate, {**key, **values}, by=by)  # type: ignore[no-any-return]
    trail.change(KIND, row, values, by=by)
    return row  # type: ignore[no-any-return]


def _retell(touched: set[str]) -> None:
    """Only rates into the company's currency convert anything."""
    own = Company.get().currency
    if own in touched:
        for currency in touched - {own}:
            retell(currency)


def retell(currency: str = "") -> None:
    """In the transaction that changes what it follows from. A few at once, many by a worker."""
    Retelling.objects.filter(Q(currency=currency) | Q(currency="")).delete()
    row = Retelling.objects.create(currency=currency)
    if _waiting(row).count() <= BATCH:
        _retell_batch(row)
        row.delete()


def retell_some() -> bool:
    """One batch; False when nothing waits."""
    with transaction.atomic():
        row = Retelling.objects.select_for_update().order_by("pk").first()
        if row is None:
            return False
        if not _retell_batch(row):
            row.delete()
    return True


def _waiting(row: Retelling) -> Any:
    rows = Charge.objects.filter(pk__gt=row.done_to)
    return rows.filter(currency=row.currency) if row.currency else rows


def _retell_batch(row: Retelling) -> int:
    charges = list(_waiting(row).order_by("pk")[:BATCH])
    describing, changed = Describing(), []
    for charge in charges:
        before = [getattr(charge, name) for name in _FIELDS]
        describing.tell(charge)
        if before != [getattr(charge, name) for name in _FIELDS]:
            changed.append(charge)
    Charge.objects.bulk_update(changed, _FIELDS, batch_size=500)
    mark_months({first_of(charge.day) for charge in changed})
    if charges:
        row.done_to = charges[-1].pk
        row.save()
    return len(charges)
