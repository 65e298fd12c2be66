"""Ramp's users and transactions as Steward's records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from steward.sdk.records import Account, Charge
from steward.sdk.times import moment_of

# Not asked for in the end, or not paid yet: what is pending may still change or be given back.
PAID = ("CLEARED", "COMPLETION")
MINOR_UNITS = 100


def account(departments: Mapping[str, str], user: dict[str, Any]) -> Account:
    status = str(user.get("status") or "")
    name = f"{user.get('first_name') or ''} {user.get('last_name') or ''}".strip()
    department = departments.get(user.get("department_id") or "")
    return Account(
        id=user["id"],
        email=user.get("email") or None,
        name=name,
        role=_plain(user.get("role")),
        status="disabled" if status in ("USER_INACTIVE", "USER_SUSPENDED") else "active",
        attributes={
            "app_status": _plain(status),
            **({"suspended": True} if status == "USER_SUSPENDED" else {}),
            **({"department": department} if department else {}),
        },
    )


def charge(since: date, paid: dict[str, Any]) -> Charge | None:
    """Only what has cleared. A transaction is dated by when the card was used."""
    moment = moment_of(paid["user_transaction_time"])
    if paid.get("state") not in PAID or moment is None or moment.date() < since:
        return None
    amount, currency = money(paid)
    holder = paid.get("card_holder") or {}
    return Charge(
        id=paid["id"],
        day=moment.date(),
        amount=amount,
        currency=currency,
        vendor=paid.get("merchant_name") or paid.get("merchant_descriptor") or "Unknown merchant",
        description=paid.get("memo") or paid.get("sk_category_name") or "",
        account=holder.get("user_id") or paid.get("user_id") or "",
        department=holder.get("department_name") or "",
    )


def money(paid: dict[str, Any]) -> tuple[Decimal, str]:
    """What was settled. A bare number is in whole units, such as 12.5 for $12.50; an object
    counts the smallest unit of its currency, 1250."""
    amount = paid["amount"]
    if isinstance(amount, Mapping):
        units = Decimal(str(amount.get("minor_unit_conversion_rate") or MINOR_UNITS))
        return Decimal(str(amount["amount"])) / units, str(amount["currency_code"])
    return Decimal(str(amount)), str(paid.get("currency_code") or "USD")


def _plain(word: Any) -> str:
    """BUSINESS_ADMIN → business admin; USER_ACTIVE → active."""
    return str(word or "").removeprefix("USER_").replace("_", " ").lower()
