"""What a seat costs by the line of a contract that names its licence. It holds while the contract
is in force, on days of which nobody has entered a price of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count

from steward.inventory import terms
from steward.inventory.amounts import rounded
from steward.inventory.contract import Contract, ContractLine

IN_FORCE = ("active", "ending")


@dataclass(frozen=True)
class Agreed:
    """`since` is None where nobody has said when the contract begins; `until` is its last day where
    it does not renew by itself. `seats` are those by which the contract's value was divided, where
    the line names no price of its own."""

    licence: int
    contract: int
    name: str
    amount: Decimal
    currency: str
    months: int
    since: date | None
    until: date | None
    holds: bool
    seats: int | None = None

    @property
    def origin(self) -> str:
        told = f" (its value, divided by its {self.seats} seats)" if self.seats else ""
        return f"by contract {self.name}{told}"


def agreed(day: date, only: Iterable[int] | None = None) -> list[Agreed]:
    """The price of every line that has one, as of that day, by licence. Of several contracts the
    one whose term has begun last comes last, and counts."""
    rows = ContractLine.objects.select_related("contract")
    rows = rows.annotate(lines=Count("contract__lines"))
    if only is not None:
        rows = rows.filter(licence__in=list(only))
    return sorted(_agreed(rows, day), key=_place)


def _place(one: Agreed) -> tuple[Any, ...]:
    return one.licence, one.since or date.min, one.contract


def _agreed(rows: Iterable[Any], day: date) -> Iterator[Agreed]:
    for line in rows:
        of, price = line.contract, _price(line)
        if price is None or not of.currency:
            continue
        amount, months, seats = price
        yield Agreed(
            line.licence_id,
            of.pk,
            of.name,
            amount,
            of.currency,
            months,
            _since(of, day),
            _until(of),
            terms.standing(of, day) in IN_FORCE,
            seats,
        )


def _price(line: Any) -> tuple[Decimal, int, int | None] | None:
    """Its own; else what the contract's value makes a seat and term, where the value can be of
    nothing but this line."""
    if line.amount is not None:
        return line.amount, line.months, None
    months = terms.whole_months(line.contract.starts_on, line.contract.ends_on)
    if line.contract.value is None or line.lines > 1 or not line.seats or not months:
        return None
    return rounded(line.contract.value / line.seats), months, line.seats


def _since(contract: Contract, day: date) -> date | None:
    """Of one that was renewed before its time, the day since which it holds."""
    starts = terms.term_of(contract, day).starts_on
    return contract.began_on if contract.began_on and starts and starts > day else starts


def _until(contract: Contract) -> date | None:
    return contract.ended_on or (None if contract.auto_renews else contract.ends_on)
