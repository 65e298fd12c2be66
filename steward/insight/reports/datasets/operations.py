"""What a column may be asked, by its kind, and what may be given for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from steward.inventory.amounts import LARGEST, MONEY_PLACES

LONGEST = 300
# Beyond this a number in JSON is not exact any more.
MOST_NUMBER, MOST_DAYS = 10**15, 3_650
YEARS = range(1970, 2201)


class Wrong(ValueError):
    """Its text is the sentence to show beside what was given."""


@dataclass(frozen=True)
class Operation:
    """`values` is how many it takes; `is_days` says that it takes a number of days."""

    name: str
    label: str
    values: int = 1
    is_days: bool = False


_IS, _IS_NOT = Operation("is", "is"), Operation("is_not", "is not")
_EMPTY = (
    Operation("is_empty", "is not known", 0),
    Operation("is_not_empty", "is known", 0),
)
_CONTAINS = Operation("contains", "contains")
_BETWEEN = Operation("between", "is between", 2)
_TEXT = (
    _IS,
    _IS_NOT,
    _CONTAINS,
    Operation("contains_not", "does not contain"),
    Operation("begins_with", "begins with"),
    *_EMPTY,
)
_NUMBER = (
    _IS,
    _IS_NOT,
    Operation("more_than", "is more than"),
    Operation("less_than", "is less than"),
    _BETWEEN,
    *_EMPTY,
)
_DAY = (
    Operation("in_last", "is in the last days", is_days=True),
    Operation("not_in_last", "is more days ago than", is_days=True),
    Operation("is", "is on"),
    Operation("before", "is before"),
    Operation("after", "is after"),
    _BETWEEN,
    *_EMPTY,
)
_OPERATIONS: dict[str, tuple[Operation, ...]] = {
    "text": _TEXT,
    "number": _NUMBER,
    "money": _NUMBER,
    "rate": _NUMBER,
    "percent": _NUMBER,
    "moment": _DAY,
    "date": _DAY,
    "month": _DAY,
    "bool": (_IS, *_EMPTY),
    "list": (_CONTAINS, Operation("contains_not", "does not contain"), *_EMPTY),
}


def operations(kind: str) -> tuple[Operation, ...]:
    return _OPERATIONS.get(kind, ())


def operation(kind: str, name: str) -> Operation:
    known = {one.name: one for one in operations(kind)}
    if name not in known:
        raise Wrong(f"Choose how to compare: {', '.join(known) or 'nothing fits here'}.")
    return known[name]


def cleaned(kind: str, how: Operation, given: Any) -> Any:
    """What is compared with; `plain` writes it down again."""
    if how.is_days:
        return _days(given)
    return _CLEAN[kind](given)


def plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def tidy(given: Any, longest: int = LONGEST) -> str:
    """Text that both databases can keep."""
    text = unicodedata.normalize("NFC", str(given)).replace("\x00", "").strip()
    if len(text) > longest:
        raise Wrong(f"This is too long: {longest} characters at most.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Wrong("It contains a character that cannot be stored.")
    return text


def _text(given: Any) -> str:
    text = tidy(given)
    if not text:
        raise Wrong("Enter what to compare with.")
    return text


def _number(given: Any) -> int | float:
    try:
        number = Decimal(tidy(given, 40).replace(",", ""))
    except InvalidOperation:
        raise Wrong("This must be a number, as 12 or 12.5.") from None
    if not number.is_finite() or abs(number) >= MOST_NUMBER:
        raise Wrong("This must be a number, as 12 or 12.5.")
    return int(number) if number == int(number) else float(number)


def _money(given: Any) -> Decimal:
    try:
        amount = Decimal(tidy(given, 40).replace(",", ""))
    except InvalidOperation:
        raise Wrong("Write the amount as 1234.50, without a currency sign.") from None
    if not amount.is_finite() or abs(amount) > LARGEST or amount != round(amount, MONEY_PLACES):
        raise Wrong(f"The amount may have {MONEY_PLACES} digits after the point.")
    return amount


def day(given: Any) -> date:
    text = tidy(given, 40)
    try:
        found = date.fromisoformat(text if len(text) != len("2026-03") else f"{text}-01")
    except ValueError:
        raise Wrong("Write the day as 2026-11-30.") from None
    if found.year not in YEARS:
        raise Wrong(f"The year must be from {YEARS[0]} to {YEARS[-1]}.")
    return found


def _days(given: Any) -> int:
    text = tidy(given, 40)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= MOST_DAYS:
        raise Wrong(f"This must be a number of days from 1 to {MOST_DAYS:,}.")
    return int(text)


def _bool(given: Any) -> bool:
    if given in (True, "yes", "true"):
        return True
    if given in (False, "no", "false"):
        return False
    raise Wrong("Choose yes or no.")


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "list": _text,
    "number": _number,
    "percent": _number,
    "rate": _money,
    "money": _money,
    "moment": day,
    "date": day,
    "month": day,
    "bool": _bool,
}
