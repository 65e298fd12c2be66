"""Numbers and amounts as people and programs write them: 1,234.56 and 1.234,56, $5, 5 €, (5), 5-.

What a comma and a point mean cannot be told from every number; it is told from those of a whole
column, or asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

# The sign before the decimals.
Style = Literal["point", "comma"]

_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW",
    "₺": "TRY", "₴": "UAH", "₪": "ILS", "₫": "VND", "₱": "PHP", "฿": "THB", "zł": "PLN",
    "Kč": "CZK", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD",
    "NZ$": "NZD", "R$": "BRL", "S$": "SGD", "HK$": "HKD", "MX$": "MXN", "Fr.": "CHF",
    "元": "CNY", "円": "JPY", "Ft": "HUF",
}  # fmt: skip
_SIGN = re.compile("|".join(re.escape(s) for s in sorted(_SIGNS, key=len, reverse=True)))
_CODE = re.compile(r"(?<![^\W\d])[A-Za-z]{3}(?![^\W\d])")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_GROUPS = "\u00a0\u202f\u2009 '’_"
_DIGITS = re.compile(r"\d[\d.,]*")


def currency_in(text: str) -> str:
    """The ISO code of the currency that stands with an amount; "" where none does."""
    found = _SIGN.search(text)
    if found:
        return _SIGNS[found[0]]
    code = None if _SCIENTIFIC.fullmatch(text.strip()) else _CODE.search(text)
    return code[0].upper() if code else ""


def style_shown_by(text: str) -> Style | Literal["either"] | None:
    """What a number says about the decimals of its column; None: nothing."""
    number = _bare(text)[1]
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "comma" if number.rfind(",") > number.rfind(".") else "point"
    if points + commas == 0:
        return None
    sign: Style = "point" if points else "comma"
    other: Style = "comma" if points else "point"
    if points + commas > 1:
        return other
    before, _, after = number.partition("." if points else ",")
    grouped = len(after) == 3 and 0 < len(before) <= 3 and before != "0"
    return "either" if grouped else sign


def style_of(texts: Iterable[str]) -> tuple[Style | None, str]:
    """Of a column: its style, where its numbers show it, and a number that could be read in two
    ways where none does. Where some show one and some the other, None: each speaks for itself."""
    shown: dict[str, str] = {}
    for text in texts:
        shown.setdefault(style_shown_by(text) or "", text)
    if "point" in shown and "comma" in shown:
        return None, ""
    if "point" in shown:
        return "point", ""
    return ("comma", "") if "comma" in shown else (None, shown.get("either", ""))


def number_of(text: str, style: Style | None = None) -> Decimal:
    """ValueError for what is no number, or could be two and `style` does not say which."""
    said = text.strip()
    if _SCIENTIFIC.fullmatch(said):
        return Decimal(said)
    negative, number = _bare(said)
    shown = style_shown_by(number)
    if shown == "either" and style is None:
        raise ValueError(f"“{said[:40]}” can be read as two numbers")
    clear = shown if shown in ("point", "comma") else None
    if clear and style and clear != style and not _is_decimal(number, clear):
        raise ValueError(f"“{said[:40]}” is no number")
    return _decimal(said, number, negative, clear or style or "point")


def _is_decimal(number: str, style: str) -> bool:
    """One sign with other than three digits after it can be the decimals' alone."""
    return number.count("," if style == "comma" else ".") == 1


def _decimal(said: str, number: str, negative: bool, style: str) -> Decimal:
    group, point = (".", ",") if style == "comma" else (",", ".")
    whole, _, decimals = number.partition(point)
    parts = whole.split(group)
    fits = all(len(part) == 3 for part in parts[1:]) and (len(parts) == 1 or 0 < len(parts[0]) < 4)
    # Two digits and then three, as in India: 12,34,567.
    fits = fits or (len(parts[-1]) == 3 and all(0 < len(part) <= 2 for part in parts[:-1]))
    try:
        if not fits or group in decimals or not (whole or decimals):
            raise InvalidOperation
        value = Decimal(f"{''.join(parts) or '0'}.{decimals or '0'}")
    except InvalidOperation:
        raise ValueError(f"“{said[:40]}” is no number") from None
    return -value if negative else value


def _bare(text: str) -> tuple[bool, str]:
    """Whether it is less than zero, and its digits with points and commas alone; what has anything
    else between is given back as it is, and is no number."""
    folded = unicodedata.normalize("NFKC", text.strip()).replace("−", "-").replace("–", "-")
    plain = _CODE.sub("", _SIGN.sub("", folded))
    plain = re.sub(rf"[{_GROUPS}]", "", plain)
    negative = plain.startswith(("-", "(")) or plain.endswith(("-", ")"))
    inner = plain.removeprefix("(").removesuffix(")").strip("+-")
    match = _DIGITS.fullmatch(inner) or re.fullmatch(r"[.,]\d+", inner)
    return negative, match[0] if match else folded
