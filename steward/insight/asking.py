"""What is wrong with a question."""

from __future__ import annotations

from datetime import date

from steward.inventory import terms

FIRST_DAY = date(2000, 1, 1)


class BadRequest(Exception):
    """Something is asked for that there is not; the text says what there is, or what to give."""


def past_day(day: date) -> date:
    """Nothing is known before the first day. Raises `BadRequest` of one to come."""
    today = terms.today()
    if day > today:
        raise BadRequest(
            f"{day} is still to come: in UTC it is {today}. Ask for that day or an earlier one."
        )
    return max(FIRST_DAY, day)
