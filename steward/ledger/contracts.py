"""What people do to contracts: enter and edit them, say that they have renewed or end, and what
licences they are about. Every act leaves an edit; each is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from steward.inventory import terms
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.problems import Conflict, Invalid, refuse
from steward.ledger import contract_rules as rules
from steward.ledger import entered, trail
from steward.sdk.fields import FieldError

KIND, LINE = "contract", "contract_line"
BATCH = 1_000
RENEWED, ENDED, RESUMED = "renewed", "ended", "resumed"

FIELDS: dict[str, Callable[[Any], Any]] = {
    "vendor": entered.text(300),
    "name": entered.text(300),
    "reference": entered.text(100),
    "application": entered.application,
    "starts_on": entered.day,
    "ends_on": entered.day,
    "notice_on": entered.day,
    "auto_renews": entered.yes_or_no,
    "renews_for_months": entered.count(entered.MOST_MONTHS),
    "value": entered.amount,
    "currency": entered.currency,
    "owner": entered.person,
    "notes": entered.text(entered.LONGEST_NOTE),
}
LINE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "licence": entered.licence,
    "seats": entered.count(entered.MOST_SEATS, "Say how many seats were bought."),
    "amount": entered.amount,
    "months": entered.count(entered.MOST_MONTHS, "Say for how many months the price is."),
}


def create(given: Mapping[str, Any], *, by: str) -> Contract:
    values = _read(FIELDS, given)
    row = Contract(**values)
    rules.fill(row, values)
    refuse(rules.wrong_in(row))
    made: Contract = trail.make(KIND, Contract, values, by=by)
    return made


@transaction.atomic
def edit(contract: Contract, given: Mapping[str, Any], *, by: str, comment: str = "") -> bool:
    """Only the fields that are given; False where nothing differs."""
    now = _locked(contract)
    values = _read(FIELDS, given)
    for name, value in values.items():
        setattr(now, name, value)
    rules.fill(now, values)
    refuse(rules.wrong_in(now))
    _check_line_currency(now)
    return _change(contract, values, by=by, comment=comment)


def _change(contract: Contract, values: Mapping[str, Any], **how: str) -> bool:
    changed = trail.change(KIND, contract, values, **how)
    contract.refresh_from_db()
    return changed


def roll_on(day: date | None = None) -> int:
    """Where a term has passed and the next has come by itself, it is told. How many."""
    day = day or terms.today()
    rows = list(Contract.objects.filter(terms.untold(day))[:BATCH])
    for row in rows:
        terms.tell(row, day)
    return len(rows)


@transaction.atomic
def edit_and_end(contract: Contract, given: Mapping[str, Any], *, by: str) -> None:
    """Where one request says both: `ended_on` is among the fields, and None takes it back."""
    fields = {name: value for name, value in given.items() if name != "ended_on"}
    edit(contract, fields, by=by)
    if given.get("ended_on"):
        end(contract, given["ended_on"], by=by)
    elif "ended_on" in given:
        resume(contract, by=by)


def _read(fields: Mapping[str, Callable[[Any], Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    values, errors = {}, []
    for name, value in given.items():
        if name not in fields:
            errors.append(FieldError(name, "There is no such field."))
            continue
        try:
            values[name] = fields[name](value)
        except entered.Wrong as wrong:
            errors.append(FieldError(name, str(wrong)))
    if errors:
        raise Invalid(errors)
    return values


def _check_line_currency(row: Contract) -> None:
    if not row.currency and row.lines.filter(amount__isnull=False).exists():
        raise Invalid([FieldError("currency", "The prices of its lines are in this currency.")])


@transaction.atomic
def renew(
    contract: Contract, given: Mapping[str, Any] | None = None, *, by: str, comment: str = ""
) -> Contract:
    """The next term, or the one that stands where it has renewed by itself. `given` may say
    otherwise than agreed: `ends_on`, `notice_on`, `value`; and `after`, the last day of the term
    that is meant, so that two who renew it at once renew it once."""
    given = {name: value for name, value in (given or {}).items() if _is_said(name, value)}
    after = entered_day(given.pop("after", None))
    now = _locked(contract)
    if now.ended_on is not None:
        raise Conflict(f"{now.name} ends on {_said(now.ended_on)}; take that back first.", "ended")
    if after is not None and after != now.ends_on:
        raise Conflict("Somebody has renewed or changed it in the meantime.", "changed")
    values = {**_next(now, "ends_on" in given), **_read(_RENEWING, given)}
    for name, value in values.items():
        setattr(now, name, value)
    refuse(rules.wrong_in(now))
    _change(contract, values, by=by, comment=comment, what=RENEWED)
    return contract


_RENEWING = {name: FIELDS[name] for name in ("ends_on", "notice_on", "value")}


def _is_said(name: str, value: Any) -> bool:
    """A notice date that was emptied is none; what else is empty stays as agreed."""
    return value is not None and (value != "" or name == "notice_on")


def _next(now: Contract, end_given: bool) -> dict[str, Any]:
    if now.ends_on is None:
        raise Invalid([FieldError("ends_on", "Enter first when the present term ends.")])
    since = now.began_on or now.starts_on or min(now.ends_on, terms.today())
    if terms.months_of(now) is None:
        if not end_given:
            raise Invalid([FieldError("ends_on", "Say when the next term ends.")])
        return {"starts_on": now.ends_on + terms.DAY, "notice_on": None, "began_on": since}
    rolled = terms.term_of(now, terms.today())
    term = rolled if rolled.rolled else terms.later(now, 1)
    return {
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "notice_on": term.notice_on,
        "began_on": since,
    }


def end(contract: Contract, on: Any = None, *, by: str, comment: str = "") -> bool:
    """It is over, or will be on a day to come: no more renewals, reminders or feed entries after
    it. Without a day, with its term."""
    term = terms.term_of(contract, terms.today())
    on = entered_day(on, "ended_on") or term.ends_on or terms.today()
    values = {"ended_on": on}
    return _change(contract, values, by=by, comment=comment, what=ENDED)


def resume(contract: Contract, *, by: str) -> bool:
    """What was said of its end is taken back."""
    return _change(contract, {"ended_on": None}, by=by, what=RESUMED)


def entered_day(value: Any, field: str = "after") -> date | None:
    return _read({field: entered.day}, {field: value})[field]  # type: ignore[no-any-return]


def delete(contract: Contract, *, by: str) -> None:
    """With its lines, documents and reminders. Its edits stay."""
    trail.remove(KIND, contract, by=by)


@transaction.atomic
def add_line(contract: Contract, given: Mapping[str, Any], *, by: str) -> ContractLine:
    now = _locked(contract)
    values = {"contract": now, **_read(LINE_FIELDS, {"licence": "", "seats": "", **given})}
    _check_line(now, values)
    if now.lines.filter(licence=values["licence"]).exists():
        raise Invalid([FieldError("licence", "This licence has a line already; edit that one.")])
    made: ContractLine = trail.make(LINE, ContractLine, values, by=by)
    return made


@transaction.atomic
def edit_line(line: ContractLine, given: Mapping[str, Any], *, by: str) -> bool:
    values = _read({n: f for n, f in LINE_FIELDS.items() if n != "licence"}, given)
    _check_line(_locked(line.contract), values)
    return trail.change(LINE, line, values, by=by)


def remove_line(line: ContractLine, *, by: str) -> None:
    trail.remove(LINE, line, by=by)


def _check_line(contract: Contract, values: Mapping[str, Any]) -> None:
    if values.get("amount") is not None and not contract.currency:
        raise Invalid([FieldError("amount", "Say first in which currency the contract is.")])


def _locked(contract: Contract) -> Contract:
    found: Contract | None = Contract.objects.select_for_update().filter(pk=contract.pk).first()
    if found is None:
        raise Conflict("The contract has been deleted in the meantime.", "gone")
    return found


def _said(day: date) -> str:
    return f"{day:%-d %B %Y}"
