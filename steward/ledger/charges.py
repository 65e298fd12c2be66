"""Entering charges: each gets its vendor's plain name, its application, its amount in the
company's currency, and a word on whether another source has told of it before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from steward.inventory.application import Application
from steward.inventory.charge import Charge
from steward.inventory.charging import Describing
from steward.inventory.duplicates import mark_duplicates, take_away
from steward.inventory.imports import Import
from steward.inventory.person import Person
from steward.inventory.problems import Conflict
from steward.inventory.spend import first_of, mark_months
from steward.ledger import trail
from steward.ledger.vendors import rematch

KIND = "charge"
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


@transaction.atomic
def change(charge: Charge, *, by: str, **values: Any) -> bool:
    """What somebody says of this very charge: its `application` (None: not known), and whether it
    `is_saas`. It stands above rules, in every later reading too."""
    if values.get("application"):
        values["is_saas"] = True
    elif values.get("is_saas") is False:
        values["application"] = None
    back = values == {"application": None} or values == {"is_saas": True}
    given = {**values, "matched": Charge.NOTHING if back else Charge.HAND}
    changed = trail.change(KIND, charge, given, by=by)
    mark_months({first_of(charge.day)})
    if back:
        rematch(Charge.objects.filter(pk=charge.pk))
        charge.refresh_from_db()
    return changed


@transaction.atomic
def set_duplicate(charge: Charge, of: Charge | None, *, by: str) -> bool:
    """That it tells of the same payment as another, or (None) of no other; Steward does not ask
    again. What doubled it doubles the other from now on."""
    original = of.duplicate_of or of if of else None
    if original and original.pk == charge.pk:
        raise Conflict("That one is counted as a duplicate of this one already.", "duplicate")
    values = {"duplicate_of": original, "not_duplicate": original is None}
    months = {first_of(row.day) for row in (charge, original) if row}
    if original:
        Charge.objects.filter(duplicate_of=charge).update(duplicate_of=original)
    changed = trail.change(KIND, charge, values, by=by)
    mark_months(months)
    return changed


def withdraw(charges: Any) -> int:
    """Delete them, as where an import is undone; what doubled one of them counts from now on."""
    with transaction.atomic():
        return take_away(charges)


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
