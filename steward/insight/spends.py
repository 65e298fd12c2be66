"""Spend as the API and the command line give it."""

from __future__ import annotations

from typing import Any

from steward.insight.reports.spend import SPEND
from steward.insight.spend import Period, spend
from steward.inventory import money


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
        "rows": result.total,
        "items": [_row(row, found.currency) for row in rows],
        "sentence": result.provenance.sentence(),
    }


def _row(row: dict[str, Any], currency: str) -> dict[str, Any]:
    name = row["name"]
    return {
        "name": name if isinstance(name, str) else f"{name:%Y-%m}",
        "id": row.get("application_id_") or row.get("person_id_"),
        "paid": money.plain(row["paid"], currency),
        "payments": row.get("payments"),
        "why": row.get("why") or None,
    }
