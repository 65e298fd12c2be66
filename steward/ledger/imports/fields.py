"""What a kind of import asks for: its fields, how their columns are usually called, and how a cell
is read. What cannot be read is a sentence for whoever mends the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from steward.inventory.amounts import LARGEST, MONEY_PLACES, RATE_PLACES, rounded
from steward.inventory.money import is_currency
from steward.sdk.sheets.dates import Order, day_of
from steward.sdk.sheets.numbers import Style, number_of
from steward.sdk.sheets.words import plain, words

Kind: TypeAlias = Literal[
    "text",
    "address",
    "money",
    "rate",
    "number",
    "day",
    "whole",
    "yes",
    "currency",
    "choice",
    "list",
]
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_BROKEN = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_YES = words("yes y true 1 x ✓ ja j oui si sí sim da tak ano on auto automatic 是 はい 예")
_NO = words("no n false 0 nein non nao não nej nie ne off manual 否 いいえ 아니요")
_PLACES = {"money": MONEY_PLACES, "rate": RATE_PLACES, "number": RATE_PLACES}


@dataclass(frozen=True)
class Field:
    """`headings` are those its column usually has, without spaces, signs and capitals. `choices`
    pairs each value with the words that mean it. Of money, `currency` is the field of its
    currency."""

    name: str
    label: str
    kind: Kind = "text"
    headings: str = ""
    required: bool = False
    longest: int = 300
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""
    help: str = ""
    least: int = 0
    most: int = 1_000_000
    currency: str = ""

    def known_as(self) -> list[str]:
        """The most telling first."""
        named = [self.name.replace("_", ""), plain(self.label)]
        return list(dict.fromkeys([*named, *map(plain, self.headings.split())]))


@dataclass(frozen=True)
class Manner:
    """How a column writes its dates and numbers."""

    order: Order | None = None
    decimals: Style | None = None


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a row, as a sentence; `field` is "" where it is about all of it."""

    field: str
    message: str


def read(field: Field, text: str, style: Manner) -> Any:
    """ValueError, with the reason, for what is no such thing. Empty cells are not asked about."""
    if _BROKEN.match(text):
        raise ValueError(f"the spreadsheet itself could not work it out ({text[:10]})")
    return _READERS[field.kind](field, text, style)


def _text(field: Field, text: str, style: Manner) -> str:
    if len(text) > field.longest:
        raise ValueError(f"it is longer than {field.longest} characters")
    return text


def _address(field: Field, text: str, style: Manner) -> str:
    """`Ann Lee <ann@example.com>` is read too."""
    found = _ADDRESS.findall(text)
    if len(found) != 1 or len(found[0]) > 254:
        raise ValueError(f"“{text[:60]}” is no e-mail address")
    return str(found[0]).removeprefix("mailto:")


def _exact(field: Field, text: str, style: Manner) -> Decimal:
    """What a spreadsheet has calculated bears the noise of its floating point."""
    places = _PLACES[field.kind]
    number = number_of(text, style.decimals)
    near = rounded(number, places) if abs(number) < LARGEST else number
    if abs(number) >= LARGEST:
        raise ValueError(f"“{text[:40]}” is too large")
    if field.kind == "money" and abs(near - number) > Decimal("1e-9"):
        raise ValueError(f"“{text[:40]}” has more than {places} digits after the point")
    return near


def _rate(field: Field, text: str, style: Manner) -> Decimal:
    number = _exact(field, text, style)
    if number <= 0:
        raise ValueError(f"“{text[:40]}” is no rate; it must be more than zero")
    return number


def _day(field: Field, text: str, style: Manner) -> date | None:
    try:
        return day_of(text, style.order)
    except OverflowError:
        raise ValueError(f"“{text[:40]}” is no date") from None


def _whole(field: Field, text: str, style: Manner) -> int:
    number = number_of(text, style.decimals)
    if number != number.to_integral_value():
        raise ValueError(f"“{text[:40]}” is no whole number")
    if not field.least <= number <= field.most:
        raise ValueError(f"“{text[:40]}” is not from {field.least:,} to {field.most:,}")
    return int(number)


def _yes(field: Field, text: str, style: Manner) -> bool:
    word = plain(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(f"“{text[:40]}” is neither yes nor no")


def _currency(field: Field, text: str, style: Manner) -> str:
    code = text.strip().upper()
    if not is_currency(code):
        raise ValueError(f"“{text[:40]}” is no currency; give its code, such as EUR")
    return code


def _choice(field: Field, text: str, style: Manner) -> str:
    word = plain(text)
    for value, meant in field.choices:
        if word == plain(value) or word in words(meant):
            return value
    known = ", ".join(value for value, _ in field.choices)
    raise ValueError(f"“{text[:40]}” is not one of: {known}")


def _list(field: Field, text: str, style: Manner) -> list[str]:
    parts = (part.strip() for part in re.split(r"[,;|]", text))
    return list(dict.fromkeys(part[:50] for part in parts if part))


_READERS: Mapping[Kind, Callable[[Field, str, Manner], Any]] = {
    "text": _text,
    "address": _address,
    "money": _exact,
    "rate": _rate,
    "number": _exact,
    "day": _day,
    "whole": _whole,
    "yes": _yes,
    "currency": _currency,
    "choice": _choice,
    "list": _list,
}
