"""Dates as people and programs write them in lists. A time without a zone is taken as UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

Order = Literal["day", "month"]

_NEVER = {
    "",
    "-",
    "–",
    "—",
    "n/a",
    "na",
    "#n/a",
    "none",
    "null",
    "nil",
    "never",
    "unknown",
    "nie",
    "niemals",
    "unbekannt",
    "jamais",
    "nunca",
    "mai",
    "nooit",
    "aldrig",
    "nigdy",
    "никогда",
    "0",
    "never logged in",
    "not available",
    "なし",
    "从未",
}
_MONTHS = {
    "jan": 1,
    "ene": 1,
    "gen": 1,
    "feb": 2,
    "fev": 2,
    "fév": 2,
    "mar": 3,
    "mär": 3,
    "maa": 3,
    "mrt": 3,
    "apr": 4,
    "avr": 4,
    "abr": 4,
    "may": 5,
    "mai": 5,
    "mei": 5,
    "mag": 5,
    "maj": 5,
    "jun": 6,
    "juin": 6,
    "giu": 6,
    "jul": 7,
    "juil": 7,
    "lug": 7,
    "aug": 8,
    "aoû": 8,
    "aou": 8,
    "ago": 8,
    "sep": 9,
    "set": 9,
    "oct": 10,
    "okt": 10,
    "ott": 10,
    "out": 10,
    "nov": 11,
    "dec": 12,
    "dez": 12,
    "déc": 12,
    "dic": 12,
}
_TIME = (
    r"(?:[T,\s]+(?:(?:at|um|à|kl\.?)\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)"
    r"(?:[:.](?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?)?"
    r"\s*(?P<zone>Z|[A-Z]{2,5}|(?:UTC|GMT)?\s*[+-]\d\d:?\d\d)?"
)
_NUMBERS = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})\.?" + _TIME, re.IGNORECASE
)
_WEEKDAY = re.compile(r"^[^\W\d]{2,10}\.?,\s*")
_DAY_NAME = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?(?P<m>[^\W\d]{3,10})\.?"
    r"[\s,-]+(?:de\s+)?(?P<y>\d{2,4})" + _TIME,
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    r"(?P<m>[^\W\d]{3,10})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})" + _TIME,
    re.IGNORECASE,
)
_EXCEL_START = datetime(1899, 12, 30, tzinfo=UTC)


def date_of(text: str, order: Order | None) -> datetime | None:
    """None for what means "never". ValueError for what is no date, or could be two dates and
    `order` does not say which. Programs write never as 1970, 1900 or the year 1 too."""
    moment = _moment_of(text, order)
    return moment if moment and moment.year > 1970 else None


def day_of(text: str, order: Order | None) -> date | None:
    """The same of days, of which a program's "never" is 1900 and before: people and contracts
    began before 1970 too."""
    moment = _moment_of(text, order)
    return moment.date() if moment and moment.year > 1900 else None


def _moment_of(text: str, order: Order | None) -> datetime | None:
    text = text.strip()
    if text.casefold() in _NEVER:
        return None
    moment = _from_digits(text) or _from_numbers(text, order) or _from_names(text)
    if moment is None:
        raise ValueError(f"“{text[:40]}” is no date")
    return moment


def order_of(texts: Iterable[str]) -> tuple[Order | None, str]:
    """Of a column of dates: the order of day and month, where its dates show one; and a date that
    can be read in two ways, where none does. Where some show one and some the other, None."""
    shown: dict[str, str] = {}
    for text in texts:
        shown.setdefault(order_shown_by(text) or "", text)
    if "day" in shown and "month" in shown:
        return None, ""
    if "day" in shown:
        return "day", ""
    return ("month", "") if "month" in shown else (None, shown.get("either", ""))


def order_shown_by(text: str) -> Order | Literal["either"] | None:
    """What a date says about the order of day and month in its column; None: nothing."""
    match = _NUMBERS.fullmatch(text.strip())
    if not match or len(match["a"]) > 2 or match["sep"] == ".":
        return None
    first, second = int(match["a"]), int(match["b"])
    if first > 12 or second > 12:
        return "day" if first > 12 else "month"
    return None if first == second else "either"


def _from_digits(text: str) -> datetime | None:
    """20240131, 20240131134500, Unix seconds and milliseconds, Excel's count of days."""
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        return None
    whole = text.partition(".")[0]
    if len(whole) in (8, 14):
        return datetime.strptime(whole.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if len(whole) in (10, 13):
        return datetime.fromtimestamp(float(text) / (1000 if len(whole) == 13 else 1), UTC)
    return _EXCEL_START + timedelta(days=float(text)) if len(whole) == 5 else None


def _from_numbers(text: str, order: Order | None) -> datetime | None:
    match = _NUMBERS.fullmatch(text)
    if not match:
        return None
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["a"]) > 2 and len(match["c"]) < 3:
        return _moment(a, b, c, match)
    if len(match["a"]) > 2 or len(match["c"]) not in (2, 4):
        return None
    first_is_day = match["sep"] == "." or a > 12 or order == "day" or (a == b)
    if not first_is_day and b <= 12 and order is None:
        raise ValueError(f"“{text}” can be read as two dates")
    day, month = (a, b) if first_is_day else (b, a)
    return _moment(_year(match["c"], c), month, day, match)


def _from_names(text: str) -> datetime | None:
    match = _DAY_NAME.fullmatch(plain := _WEEKDAY.sub("", text)) or _NAME_DAY.fullmatch(plain)
    if not match:
        return None
    name = match["m"].casefold()
    month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    if month is None:
        return None
    return _moment(_year(match["y"], int(match["y"])), month, int(match["d"]), match)


def _year(text: str, year: int) -> int:
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _moment(year: int, month: int, day: int, match: re.Match[str]) -> datetime:
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    zone = _zone(match["zone"] or "")
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def _zone(text: str) -> timezone:
    found = re.search(r"([+-])(\d\d):?(\d\d)", text)
    if not found:
        return UTC
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-away if found[1] == "-" else away)
