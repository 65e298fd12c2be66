"""Spend as the API and the command line give it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from steward.insight.commitments import Committed, committed
from steward.insight.reports.beside import RULE, seats_now
from steward.insight.reports.spend import SPEND
from steward.insight.spend import Period, spend
from steward.inventory import money

# What stands in a row beside what was paid, where the grouping tells it.
BESIDE = {"committed": "committed", "difference": "difference", "seats_month": "seats_now"}


def facts_of(
    group: str, period: Period, offset: int = 0, limit: int | None = None
) -> dict[str, Any]:
    """The rows of a grouping, all of them without a `limit`, and what is missing in its sum."""
    found, result = spend(period), SPEND[group].run(period.asked)
    rows = result.page(offset, limit) if limit else result.records(offset)
    return {
        "group_by": group,
        "from": period.first,
        "to": period.last,
        "currency": found.currency,
        "total": money.plain(found.total, found.currency),
        "unmatched": money.plain(found.unmatched, found.currency),
        "unconverted": [
            {
                "currency": row.currency,
                "amount": money.plain(row.amount, row.currency),
                "payments": row.payments,
            }
            for row in found.unconverted
        ],
        "telling": found.telling,
        "committed": _committed(committed(period), found.currency),
        "seats_month": money.plain(sum(seats_now().values(), Decimal()), found.currency),
        "rule": RULE,
        "rows": result.total,
        "items": [_row(row, found.currency) for row in rows],
        "sentence": result.provenance.sentence(),
    }


def _committed(found: Committed, currency: str) -> dict[str, Any]:
    return {
        "total": money.plain(found.total, currency),
        "contracts": found.contracts,
        "unconverted": [
            {
                "currency": row.currency,
                "amount": money.plain(row.amount, row.currency),
                "contracts": row.contracts,
            }
            for row in found.unconverted
        ],
        "not_told": [{"id": r.contract, "name": r.name, "why": r.why} for r in found.untold],
    }


def _amount(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else money.plain(amount, currency)


def _row(row: dict[str, Any], currency: str) -> dict[str, Any]:
    name = row["name"]
    return {
        "name": name if isinstance(name, str) else f"{name:%Y-%m}",
        "id": row.get("application_id_") or row.get("person_id_"),
        "paid": money.plain(row["paid"], currency),
        **{name: _amount(row.get(column), currency) for name, column in BESIDE.items()},
        "payments": row.get("payments"),
        "why": row.get("why") or None,
    }
