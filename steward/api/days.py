"""A day in a query."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from steward.api.problems import wrong
from steward.api.shapes import shaped
from steward.insight.asking import BadRequest, past_day

_LOOKS = "It must be a day such as 2026-11-01."

# Years alone would do for Python, but not for what others call a date.
Day = Annotated[str, shaped(r"^\d{4}-\d\d-\d\d$", _LOOKS, json_schema_extra={"format": "date"})]


def day_of(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(field, _LOOKS) from None


def as_of_day(text: str | None) -> date | None:
    """The day as of which something is asked, which must not be to come."""
    day = day_of(text, "as_of")
    try:
        return past_day(day) if day else None
    except BadRequest as error:
        raise wrong("as_of", str(error)) from None
