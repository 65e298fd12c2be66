"""What cannot be in a contract, and what follows from its application: the same whether it is typed
in, sent by a program or read from a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steward.inventory import terms
from steward.inventory.contract import Contract
from steward.sdk.fields import FieldError


def fill(row: Contract, values: dict[str, Any]) -> None:
    """Of a contract for one application, vendor and name need not be entered."""
    of = row.application.name if row.application else ""
    for name, usual in (("vendor", of), ("name", of or row.vendor)):
        if not getattr(row, name) and usual:
            values[name] = usual
            setattr(row, name, usual)


def wrong_in(row: Contract) -> list[FieldError]:
    """Whatever was entered for it now, and by whichever way."""
    return [FieldError(field, sentence) for field, holds, sentence in _RULES if not holds(row)]


_RULES: tuple[tuple[str, Callable[[Contract], Any], str], ...] = (
    (
        "vendor",
        lambda c: c.vendor or c.application,
        "Say who the contract is with, or choose its application.",
    ),
    (
        "ends_on",
        lambda c: not (c.starts_on and c.ends_on) or c.starts_on <= c.ends_on,
        "The term ends before it starts.",
    ),
    (
        "notice_on",
        lambda c: not (c.notice_on and c.ends_on) or c.notice_on <= c.ends_on,
        "Notice must be given before the term ends.",
    ),
    (
        "ends_on",
        lambda c: c.ends_on or not (c.auto_renews or c.notice_on),
        "Say when the term ends; without it nobody knows when it renews.",
    ),
    (
        "renews_for_months",
        lambda c: not c.auto_renews or c.ends_on is None or terms.months_of(c),
        "Say for how many months it renews.",
    ),
    ("currency", lambda c: c.value is None or c.currency, "Say in which currency the value is."),
)
