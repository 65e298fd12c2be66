"""What is entered for a contract, as text or as values: what it means, or a sentence why not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from steward.inventory.amounts import LARGEST, MONEY_PLACES
from steward.inventory.application import Application
from steward.inventory.licence import LicenceType
from steward.inventory.matching import email_key
from steward.inventory.money import is_currency
from steward.inventory.person import Person, PersonEmail

LARGEST_ID = 2**63 - 1
MOST_MONTHS, MOST_SEATS = 120, 10_000_000
YEARS = range(1970, 2200)
LONGEST_NOTE = 20_000
LONGEST_FOLDER, DEEPEST_FOLDER = 200, 8


class Wrong(ValueError):
    """Its text is the sentence to show beside the field."""


def text(longest: int, needed: str = "") -> Callable[[Any], str]:
    def read(value: Any) -> str:
        found = unicodedata.normalize("NFC", str(value or "")).replace("\x00", "").strip()
        if needed and not found:
            raise Wrong(needed)
        if len(found) > longest:
            raise Wrong(f"This is too long: {longest} characters at most.")
        return found

    return read


def day(value: Any) -> date | None:
    if value in (None, "") or isinstance(value, date):
        return _in_reach(value or None)
    try:
        return _in_reach(date.fromisoformat(str(value).strip()))
    except ValueError as error:
        if isinstance(error, Wrong):
            raise
        raise Wrong("Write the day as 2026-11-30.") from None


def _in_reach(found: date | None) -> date | None:
    if found is not None and found.year not in YEARS:
        raise Wrong(f"The year must be from {YEARS[0]} to {YEARS[-1]}.")
    return found


def yes_or_no(value: Any) -> bool:
    return value in (True, "yes", "on", "true")


def count(largest: int, needed: str = "") -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        if value in (None, ""):
            if needed:
                raise Wrong(needed)
            return None
        found = str(value).strip()
        if not found.isascii() or not found.isdecimal() or not 0 < int(found[:12]) <= largest:
            raise Wrong(f"This must be a whole number from 1 to {largest:,}.")
        return int(found)

    return read


def amount(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value).replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        raise Wrong("Write the amount as 1234.50, without a currency sign.") from None
    if not found.is_finite() or not 0 <= found <= LARGEST:
        raise Wrong(f"The amount must be from 0 to {LARGEST:,}.")
    if found != round(found, MONEY_PLACES):
        raise Wrong(f"The amount may have {MONEY_PLACES} digits after the point.")
    return found


def currency(value: Any) -> str:
    found = str(value or "").strip().upper()
    if found and not is_currency(found):
        raise Wrong("This is no currency. Write its code, such as EUR.")
    return found


def folder(value: Any) -> str:
    """Below another: audit/monthly. It may not lead out of that one."""
    below = text(LONGEST_FOLDER)(value)
    steps = below.rstrip("/").split("/") if below else []
    if below.startswith("/"):
        raise Wrong("Name a sub-folder, such as audit/monthly; where it lies is the operator's.")
    if len(steps) > DEEPEST_FOLDER:
        raise Wrong(f"A sub-folder lies {DEEPEST_FOLDER} folders deep at most.")
    if any(step.startswith(".") or not step.strip() for step in steps):
        raise Wrong("A folder's name may not be empty or begin with a dot.")
    if any(not c.isprintable() or c == "\\" for c in below):
        raise Wrong("A folder's name has a character that does not do.")
    return "/".join(steps)


def application(value: Any) -> Application | None:
    """What was merged into another is found as that one."""
    found = _row(Application, value, "There is no such application.")
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def licence(value: Any) -> LicenceType:
    found = _row(LicenceType, value, "There is no such licence.")
    if found is None:
        raise Wrong("Choose a licence.")
    return found


def person(value: Any) -> Person | None:
    """By number, or by an address that is theirs."""
    if isinstance(value, str) and "@" in value:
        rows = PersonEmail.objects.filter(key=email_key(value)).select_related("person")
        row = rows.first()
        if row is None:
            raise Wrong("Nobody is known by this address. People appear when apps are synced.")
        return row.person.now()
    found = _row(Person, value, "Nobody is known by that. Give an e-mail address.")
    return found.now() if found else None


def _row(model: Any, value: Any, otherwise: str) -> Any:
    if value in (None, ""):
        return None
    if isinstance(value, model):
        return value
    found = str(value).strip()
    number = int(found) if found.isascii() and found.isdecimal() and len(found) < 20 else 0
    row = model.objects.filter(pk=number).first() if 0 < number <= LARGEST_ID else None
    if row is None:
        raise Wrong(otherwise)
    return row
