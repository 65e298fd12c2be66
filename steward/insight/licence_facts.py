"""Licences, prices and proposals as plain facts: what the API answers and `--json` prints. Amounts
are texts; without `money` nothing is told of what anything costs, nor what notes say of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steward.insight.contract_prices import Agreed
from steward.insight.facts import Facts
from steward.insight.licences import Licence, currency
from steward.insight.prices import BY_HAND, Cost, Price
from steward.insight.rightsizing import Proposal
from steward.inventory.licence import LicencePrice
from steward.inventory.money import plain


def of_licences(several: Iterable[Licence], money: bool = True) -> list[Facts]:
    """The company's currency is looked up once for all of them."""
    code = currency() if money else ""
    return [{**_of_licence(one), **(_money_of(one, code) if money else {})} for one in several]


def of_licence(one: Licence, money: bool = True) -> Facts:
    return of_licences([one], money)[0]


def _of_licence(one: Licence) -> Facts:
    return {
        "id": one.number,
        "application": one.application,
        "application_name": one.application_name,
        "key": one.key,
        "name": one.name,
        "by_hand": one.is_by_hand,
        "counted": one.counted if one.is_by_hand else "app",
        "role": one.role,
        "bought": one.bought,
        "bought_by": one.bought_by,
        "assigned": one.assigned,
        "active": one.active,
        "unassigned": one.unassigned,
        "states": dict(one.states) if one.states is not None else None,
        "wasted": one.wasted,
        "wasted_seats": one.wasted_seats if one.states is not None else None,
    }


def _money_of(one: Licence, code: str) -> Facts:
    wasted = one.waste if one.states is not None else None
    return {
        "notes": one.notes,
        "price": _of_price(one.price),
        "currency": code,
        **_costs("cost", one.costs, code),
        **_costs("waste", wasted, code),
    }


def _costs(name: str, cost: Cost | None, code: str) -> Facts:
    return {
        f"{name}_month": plain(cost.month, code) if cost else None,
        f"{name}_year": plain(cost.year, code) if cost else None,
    }


def _of_price(price: Price | None) -> Facts | None:
    if price is None:
        return None
    return {
        "amount": plain(price.amount, price.currency),
        "currency": price.currency,
        "months": price.months,
        "since": price.since.isoformat() if price.since else None,
        "rate": f"{price.rate.normalize():f}" if price.rate is not None else None,
        "rate_day": price.rate_day.isoformat() if price.rate_day else None,
        "told": price.cost is not None,
        "origin": price.origin,
        **_contract_of(price.by),
    }


def _contract_of(by: Agreed | None) -> Facts:
    """`value_divided_by` are seats, where the line has no price of its own."""
    return {
        "contract": by.contract if by else None,
        "contract_name": by.name if by else None,
        "until": by.until.isoformat() if by and by.until else None,
        "value_divided_by": by.seats if by else None,
    }


def of_price(row: LicencePrice | Agreed) -> Facts:
    """Of one in the history; what a contract says has no number of its own."""
    by = row if isinstance(row, Agreed) else None
    return {
        "id": None if isinstance(row, Agreed) else row.pk,
        "licence": row.licence if isinstance(row, Agreed) else row.licence_id,
        "amount": plain(row.amount, row.currency),
        "currency": row.currency,
        "months": row.months,
        "since": row.since.isoformat() if row.since else None,
        "origin": by.origin if by else BY_HAND,
        **_contract_of(by),
    }


def of_proposal(proposal: Proposal, money: bool = True) -> Facts:
    one = proposal.licence
    facts: dict[str, Any] = {
        "licence": one.number,
        "application_name": one.application_name,
        "name": one.name,
        "buffer": proposal.buffer,
        "present": proposal.present,
        "kept": dict(proposal.kept) if proposal.kept is not None else None,
        "taken": dict(proposal.taken),
        "kept_seats": proposal.kept_seats,
        "taken_seats": proposal.taken_seats,
        "buffer_seats": proposal.spare,
        "proposed": proposal.proposed,
        "fewer": proposal.fewer,
        "reasoning": proposal.reasoning,
    }
    if money:
        code = currency()
        facts |= {"currency": code, "price": _of_price(proposal.price)}
        facts |= _costs("saves", proposal.saves, code)
    return facts
