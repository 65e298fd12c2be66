"""How many seats to renew, and why: counted seat by seat, with a buffer that somebody chooses.

Seats whose state is a reason of `insight.seats.REASONS` are taken back, all others are kept; what
was bought and is assigned to nobody is not bought again. The buffer is so many percent of the seats
that are kept, rounded up, and does not make a renewal larger than what is paid for now: only seats
in use can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from steward.insight import seats
from steward.insight.licences import UNASSIGNED, Licence, currency, licence
from steward.insight.prices import Cost, Price, price_of
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.money import Rates

BUFFER, MOST_BUFFER = 5, 100


@dataclass(frozen=True)
class Proposal:
    """`present` are the seats paid for now: what was bought, or a contract's line says. `kept` and
    `taken` count seats by state; None of both where nobody can tell who holds one."""

    licence: Licence
    buffer: int
    present: int | None
    kept: Mapping[str, int] | None
    taken: Mapping[str, int]
    price: Price | None

    @property
    def kept_seats(self) -> int | None:
        return None if self.kept is None else sum(self.kept.values())

    @property
    def taken_seats(self) -> int:
        return sum(self.taken.values())

    @property
    def spare(self) -> int | None:
        """The buffer in seats."""
        if self.kept_seats is None or self.proposed is None:
            return None
        return self.proposed - self.kept_seats

    @property
    def proposed(self) -> int | None:
        if self.kept_seats is None:
            return None
        wanted = self.kept_seats + -(-self.kept_seats * self.buffer // 100)
        return wanted if self.present is None else min(wanted, max(self.kept_seats, self.present))

    @property
    def fewer(self) -> int | None:
        """By how many seats the renewal is smaller; negative where more are needed."""
        if self.present is None or self.proposed is None:
            return None
        return self.present - self.proposed

    @property
    def saves(self) -> Cost | None:
        """In the company's currency; None where a number or the price is not known."""
        cost = self.price.cost if self.price else None
        if cost is None or self.fewer is None:
            return None
        return Cost(cost.month * self.fewer, cost.year * self.fewer)

    @property
    def costs_more(self) -> Cost | None:
        """The same, of a renewal that is larger."""
        return Cost(-self.saves.month, -self.saves.year) if self.saves else None

    @property
    def reasoning(self) -> list[str]:
        """The steps from the seats of today to those proposed, each with its number."""
        if self.kept is None or self.proposed is None:
            return ["Nobody can tell who holds a seat, so no number can be proposed."]
        steps = list(self._today())
        steps += [f"− {n} to take back: {_said(reason)}." for reason, n in self.taken.items()]
        steps += [f"{self.kept_seats} are kept: {_counted(self.kept)}."]
        if self.present is not None and self.present < (self.kept_seats or 0):
            steps.append(
                f"That is {-(self.fewer or 0)} more than are paid for; no buffer is added."
            )
            return steps
        cut = self.spare != -(-(self.kept_seats or 0) * self.buffer // 100)
        at = ", cut at what is paid for now" if cut else ""
        steps.append(f"+ {self.spare} as a buffer of {self.buffer} %{at}.")
        return [*steps, f"{self.proposed} are to be renewed."]

    def _today(self) -> Iterator[str]:
        assigned = self.licence.assigned or 0
        if self.present is None:
            return
        yield f"{self.present} seats are paid for now."
        if assigned > self.present:
            yield f"{assigned} are assigned, {assigned - self.present} more than that."


def _said(reason: str) -> str:
    from_seats = seats.REASONS.get(reason, "bought, assigned to nobody")
    return from_seats[0].lower() + from_seats[1:]


def _counted(kept: Mapping[str, int]) -> str:
    found = [f"{n} {seats.KEPT[s][0].lower()}{seats.KEPT[s][1:]}" for s, n in kept.items() if n]
    return ", ".join(found) or "none"


def of_licence(one: Licence, buffer: int = BUFFER) -> Proposal:
    return _proposal(one, buffer, one.paid, one.price)


def _proposal(one: Licence, buffer: int, present: int | None, price: Price | None) -> Proposal:
    if one.states is None:
        return Proposal(one, buffer, present, None, {}, price)
    states = one.states
    taken = {reason: states[reason] for reason in seats.REASONS if states.get(reason)}
    unassigned = max((present or 0) - sum(states.values()), 0)
    if unassigned:
        taken[UNASSIGNED] = unassigned
    kept = {state: states.get(state, 0) for state in seats.KEPT}
    return Proposal(one, buffer, present, kept, taken, price)


@dataclass(frozen=True)
class ContractProposal:
    """`lines` go with the contract's lines. The sums leave out those that save an unknown amount,
    which `left_out` names."""

    contract: Contract
    lines: tuple[Proposal, ...]
    currency: str

    @property
    def saves(self) -> Cost | None:
        """None where of no line is known what it saves."""
        known = [line.saves for line in self.lines if line.saves]
        if not known:
            return None
        zero = Decimal(0)
        return Cost(sum((k.month for k in known), zero), sum((k.year for k in known), zero))

    @property
    def left_out(self) -> list[Licence]:
        return [line.licence for line in self.lines if line.saves is None]


def of_contract(
    contract: Contract, buffer: int = BUFFER, day: date | None = None
) -> ContractProposal:
    """At the price of each line, or where it has none at the licence's own."""
    rates, on = Rates(currency()), day or timezone.now().date()
    rows = contract.lines.select_related("licence__application").order_by("pk")
    lines = (_of_line(row, contract.currency, buffer, rates, on) for row in rows)
    return ContractProposal(contract, tuple(line for line in lines if line), rates.currency)


def _of_line(row: ContractLine, code: str, buffer: int, rates: Rates, day: date) -> Proposal | None:
    one = licence(row.licence_id)
    if one is None:
        return None
    price = one.price
    if row.amount is not None and code:
        price = price_of(row.amount, code, row.months, None, rates, day)
    return _proposal(one, buffer, row.seats, price)
