"""What holds for the company as a whole, as an admin says it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from steward.inventory import money
from steward.inventory.company import Company
from steward.inventory.problems import refuse
from steward.inventory.spend import SpendMonth, mark_months
from steward.ledger import trail
from steward.ledger.rates import retell
from steward.sdk.fields import FieldError


@transaction.atomic
def change(*, by: str, currency: str | None = None, readers_see_money: bool | None = None) -> bool:
    """Another currency has everything converted anew, and shared out anew."""
    row, _ = Company.objects.get_or_create(pk=1)
    values: dict[str, Any] = {}
    if currency is not None:
        values["currency"] = currency.strip().upper()
        if not money.is_currency(values["currency"]):
            refuse([FieldError("currency", "This is no currency's code. They look like EUR.")])
    if readers_see_money is not None:
        values["readers_see_money"] = readers_see_money
    other = values.get("currency", row.currency) != row.currency
    changed = trail.change("company", row, values, by=by)
    if other:
        retell()
        mark_months(SpendMonth.objects.values_list("month", flat=True))
    return changed
