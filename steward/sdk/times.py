"""The ways in which apps write a moment, all to aware UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_MILLISECONDS = 1e11
_NEVER = datetime(1971, 1, 1, tzinfo=UTC)


def moment_of(value: Any) -> datetime | None:
    """From ISO 8601 text, or epoch seconds or milliseconds as number or text.

    None for nothing, for the empty text, and for the first days of 1970, by which several apps
    say "never". Raises ValueError for what is no moment at all."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    moment = _parsed(value)
    return None if moment < _NEVER else moment


def _parsed(value: Any) -> datetime:
    if isinstance(value, str) and (":" in value or not _is_number(value)):
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is UTC:
            return moment
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    number = float(value)
    try:
        return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
    except (OverflowError, OSError):
        raise ValueError(f"{value!r} is no moment") from None


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(".", "", 1).isdigit()
