"""Charges: each line of an app's books once, however often it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steward.inventory.account import Account
from steward.inventory.amounts import rounded
from steward.inventory.charge import Charge
from steward.inventory.charging import Describing
from steward.inventory.duplicates import mark_duplicates
from steward.inventory.run import Run
from steward.inventory.spend import mark_untold
from steward.sdk import records
from steward.sync.writers.sql import chunks, own_id, text

_WRITTEN = (
    "day", "amount", "currency", "vendor", "vendor_key", "description", "department", "paid_by",
    "person", "application", "matched", "is_saas", "told", "told_rate", "told_day",
    "duplicate_of", "seen",
)  # fmt: skip


def write(run: Run, found: Sequence[records.Charge]) -> None:
    """What is as it was is only noted as seen. A decision by hand outlasts every reading."""
    describing = Describing()
    for part in chunks(found):
        _write(run, part, describing)


def _write(run: Run, found: Sequence[records.Charge], describing: Describing) -> None:
    said = {own_id(record.id): _said(record) for record in found}
    stored = Charge.objects.filter(book=run.book, external_id__in=list(said))
    known = {charge.external_id: charge for charge in stored}
    owners = _owners(run.book, {values["paid_by"] for values in said.values()})
    changed = [c for number, c in known.items() if not _is_as_it_was(c, said[number])]
    stored.update(seen=run.pk)
    mark_untold(stored.filter(pk__in=[charge.pk for charge in changed]))
    new = [Charge(book=run.book, external_id=n) for n in said if n not in known]
    for charge in (*changed, *new):
        _fill(charge, said[charge.external_id], owners, run.pk)
        describing.describe(charge)
    touched = _kept(changed, new)
    mark_duplicates(list(touched.order_by("pk")))
    mark_untold(touched)


def _kept(changed: list[Charge], new: list[Charge]) -> Any:
    """In the database; with what doubled the changed ones, as it may not do so any more."""
    doubling = Charge.objects.filter(duplicate_of__in=[charge.pk for charge in changed])
    freed = list(doubling.values_list("pk", flat=True))
    Charge.objects.filter(pk__in=freed).update(duplicate_of=None)
    Charge.objects.bulk_update(changed, _WRITTEN)
    Charge.objects.bulk_create(new)
    return Charge.objects.filter(pk__in=[*freed, *(charge.pk for charge in (*changed, *new))])


def _said(record: records.Charge) -> dict[str, Any]:
    return {
        "day": record.day,
        "amount": rounded(record.amount),
        "currency": record.currency,
        "vendor": text(record.vendor, 300),
        "description": text(record.description, 500),
        "department": text(record.department, 300),
        "paid_by": own_id(record.account),
    }


def _is_as_it_was(charge: Charge, said: dict[str, Any]) -> bool:
    return all(getattr(charge, name) == value for name, value in said.items())


def _fill(charge: Charge, said: dict[str, Any], owners: dict[str, Any], run: int) -> None:
    """What was found of it follows anew from what is said of it now."""
    for name, value in said.items():
        setattr(charge, name, value)
    charge.person_id = owners.get(said["paid_by"])
    charge.seen = run
    if not charge.not_duplicate:
        charge.duplicate_of = None
    if charge.matched != Charge.HAND:
        charge.application, charge.matched, charge.is_saas = None, Charge.NOTHING, True


def _owners(book: int, accounts: set[str]) -> dict[str, int]:
    rows = Account.objects.filter(instance=book, external_id__in=accounts - {""})
    return dict(rows.exclude(person=None).values_list("external_id", "person"))
