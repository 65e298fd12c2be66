"""Entering charges: each gets its vendor's plain name, its application, its amount in the
company's currency, and a word on whether another source has told of it before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.charging import Describing
from steward.inventory.duplicates import mark_duplicates
from steward.inventory.imports import Import
from steward.inventory.person import Person
from steward.inventory.spend import first_of, mark_months

CHUNK = 1_000


@dataclass(frozen=True)
class ChargeIn:
    """What a source says of a payment; a refund is less than zero. An `application` that the
    source names stands above rules and names. `external_id` is the source's own number of it."""

    day: date
    amount: Decimal
    currency: str
    vendor: str
    description: str = ""
    external_id: str = ""
    person: Person | None = None
    department: str = ""
    application: Application | None = None


@transaction.atomic
def enter(
    rows: Iterable[ChargeIn], *, entered: Import | None = None, book: int | None = None
) -> list[Charge]:
    """`entered` is the file they came with, `book` that of the instance they were read from."""
    describing = Describing()
    made = [_charge(row, entered, book) for row in rows]
    for charge in made:
        describing.describe(charge)
    Charge.objects.bulk_create(made, batch_size=CHUNK)
    mark_duplicates(made)
    mark_months({first_of(charge.day) for charge in made})
    return made


def _charge(row: ChargeIn, entered: Import | None, book: int | None) -> Charge:
    return Charge(
        book=book,
        entered=entered,
        external_id=row.external_id[:300],
        day=row.day,
        amount=row.amount,
        currency=row.currency.upper(),
        vendor=row.vendor[:300],
        description=row.description[:500],
        person=row.person,
        department=row.department[:300],
        application=row.application,
        matched=Charge.HAND if row.application else Charge.NOTHING,
    )
