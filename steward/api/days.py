"""A day in a query."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from steward.api.problems import wrong
from steward.api.shapes import shaped

_LOOKS = "It must be a day such as 2026-11-01."

# Years alone would do for Python, but not for what others call a date.
Day = Annotated[str, shaped(r"^\d{4}-\d\d-\d\d$", _LOOKS, json_schema_extra={"format": "date"})]


def day_of(text: str | None, field: str = "as_of") -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(field, _LOOKS) from None
