"""What each contract commits the company to in a period: the rows behind every committed figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from steward.insight.commitments import Committed, Part, Untold, committed, left_out
from steward.insight.contracts import by_hand
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.spend import Period
from steward.inventory.application import Application
from steward.inventory.contract import Contract

NO_ONE = "none"


def _made(question: Question) -> list[dict[str, Any]]:
    found = committed(Period.of(question["from"], question["to"]))
    numbers = {p.contract for p in found.parts} | {u.contract for u in found.untold}
    contracts = Contract.objects.defer("notes").in_bulk(list(numbers))
    names = dict(Application.objects.values_list("pk", "name"))
    rows = _rows(found, question["application"])
    # One that was deleted a moment ago has no row any more.
    known = (row for row in rows if row["contract_id_"] in contracts)
    return [_row(row, contracts[row["contract_id_"]], names) for row in known]


def _rows(found: Committed, application: str) -> Iterator[dict[str, Any]]:
    """A contract has one, and one more where it has changed its currency between two terms."""
    whys = {one.contract: one for one in found.untold}
    for (_, currency), parts in _by_contract(found.parts).items():
        why = whys.pop(parts[0].contract, None)
        if _is_asked(parts[0].application, application):
            yield _of_parts(parts, currency, why)
    for one in whys.values():
        if _is_asked(one.application, application):
            yield _blank(one.contract, one.application) | {"not_told": one.why}


def _by_contract(parts: tuple[Part, ...]) -> dict[tuple[int, str], list[Part]]:
    found: dict[tuple[int, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.contract, part.currency), []).append(part)
    return found


def _is_asked(of: int | None, application: str) -> bool:
    return application in ("", str(of or NO_ONE))


def _of_parts(parts: list[Part], currency: str, why: Untold | None) -> dict[str, Any]:
    """A month without a rate is in none of its amounts in the company's currency."""
    told = [part.told for part in parts if part.told is not None]
    no_rate = "" if len(told) == len(parts) else f"no rate for {currency}"
    return _blank(parts[0].contract, parts[0].application) | {
        "own": sum((part.own for part in parts), Decimal()),
        "own_currency": currency,
        "committed": sum(told, Decimal()) if told else None,
        "not_told": " and ".join(filter(None, (no_rate, why.why if why else ""))) or None,
    }


def _blank(contract: int, application: int | None) -> dict[str, Any]:
    empty = dict.fromkeys(("own", "own_currency", "committed", "not_told"))
    return {"contract_id_": contract, "application_id_": application, **empty}


def _row(row: dict[str, Any], of: Contract, names: dict[int, str]) -> dict[str, Any]:
    return {
        **row,
        "name": of.name,
        "vendor": of.vendor,
        "application_name": names.get(row["application_id_"]),
        "value": of.value,
        "currency": of.currency,
        "starts_on": of.starts_on,
        "ends_on": of.ends_on,
    }


def _choices() -> list[tuple[str, str]]:
    rows = Application.objects.filter(merged_into=None).order_by("name").values_list("pk", "name")
    return [(NO_ONE, "None in particular"), *((str(pk), name) for pk, name in rows)]


REPORT = Listed(
    slug="committed-spend",
    title="Committed by contracts",
    description="What each contract costs in the period: the value of its term, evenly over its "
    "days, so long as it was or is agreed or has renewed by itself. What is in another currency is "
    "converted at the rate of each month's last day, or of the last before it.",
    columns=(
        Column("name", "Contract", link="contract", link_by="contract_id_"),
        Column("vendor", "Vendor"),
        Column("application_name", "Application", link="application", link_by="application_id_"),
        Column("own", "In its currency", "money", currency_by="own_currency"),
        Column("own_currency", "Currency", aside=True, about_money=True),
        Column("committed", "Committed", "money"),
        Column("not_told", "Not told because", about_money=True),
        Column("value", "Value of the term", "money", currency_by="currency"),
        Column("currency", "Currency of the term", aside=True, about_money=True),
        Column("starts_on", "Term begins", "date", aside=True),
        Column("ends_on", "Term ends", "date", aside=True),
        Column("contract_id_", "Contract number", "id", hidden=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    made=_made,
    provenance=lambda question: by_hand(),
    left_out=lambda question: left_out(committed(Period.of(question["from"], question["to"]))),
    order=("-committed", "name", "contract_id_", "own_currency"),
    filters=(
        Filter("from", "From month", "month"),
        Filter("to", "To month", "month"),
        Filter("application", "Application", "choice", choices=_choices),
    ),
    costly=True,
    about_money=True,
    empty="No contract commits to anything in this period.",
)
