"""The history of a contract in sentences, and the terms it has had, from its edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from steward.insight.facts import Facts, moment_text
from steward.inventory import money
from steward.inventory.application import Application
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.licence import LicenceType
from steward.inventory.person import Person

SHOWN = 100
_PARTS = ("contract_line", "document")
_WORDS = {
    ("contract", "made"): "Entered",
    ("contract", "changed"): "Changed",
    ("contract", "renewed"): "Renewed",
    ("contract", "ended"): "Ended",
    ("contract", "resumed"): "Its end was taken back",
    ("contract_line", "made"): "Line added:",
    ("contract_line", "changed"): "Line changed:",
    ("contract_line", "removed"): "Line removed:",
    ("document", "made"): "Document added:",
    ("document", "removed"): "Document removed:",
}
_LABELS = {
    "vendor": "vendor", "name": "name", "reference": "reference", "application": "application",
    "starts_on": "start", "ends_on": "end", "notice_on": "notice date", "ended_on": "ended on",
    "auto_renews": "renews by itself", "renews_for_months": "months of a renewal",
    "value": "value", "currency": "currency", "owner": "owner", "notes": "notes",
    "seats": "seats", "amount": "price a seat", "months": "months of the price",
}  # fmt: skip
_AMOUNTS = ("value", "amount")
# What is written freely may say what things cost.
_MONEY = (*_AMOUNTS, "notes")
_ROWS: dict[str, Any] = {"application": Application, "owner": Person, "licence": LicenceType}


@dataclass(frozen=True)
class Line:
    """`changes` are (what, before, after) in words."""

    at: datetime
    by: str
    what: str
    of: str
    changes: list[tuple[str, str, str]]
    comment: str


def history(contract: Contract, with_money: bool) -> list[Line]:
    """Newest first. Without money there are no amounts, notes, comments and documents in it."""
    edits = edits_of(contract)
    if not with_money:
        edits = edits.exclude(kind="document")
    return [_line(edit, with_money) for edit in edits[:SHOWN]]


def edits_of(contract: Contract) -> Any:
    """Of the contract itself, its lines and its documents."""
    made = Edit.objects.filter(kind__in=_PARTS, what="made", after__contract=contract.pk)
    parts = {kind: made.filter(kind=kind).values("object") for kind in _PARTS}
    mine = Q(kind="contract", object=contract.pk)
    for kind, numbers in parts.items():
        mine |= Q(kind=kind, object__in=numbers)
    return Edit.objects.filter(mine).order_by("-pk")


def facts_of_edit(edit: Edit, with_money: bool) -> Facts:
    hidden = () if with_money else _MONEY
    return {
        "id": edit.pk,
        "kind": edit.kind,
        "object": edit.object,
        "name": edit.name,
        "what": edit.what,
        "before": {name: value for name, value in edit.before.items() if name not in hidden},
        "after": {name: value for name, value in edit.after.items() if name not in hidden},
        "comment": edit.comment if with_money else "",
        "by": edit.by,
        "at": moment_text(edit.at),
    }


def _line(edit: Edit, with_money: bool) -> Line:
    of = edit.name if edit.kind in _PARTS else ""
    what = _WORDS.get((edit.kind, edit.what), edit.what.capitalize())
    is_edit = edit.what in ("changed", "renewed", "ended", "resumed")
    changes = list(_changes(edit, with_money)) if is_edit else []
    comment = edit.comment if with_money else ""
    return Line(edit.at, edit.by, what, of, changes, comment)


def _changes(edit: Edit, with_money: bool) -> Iterator[tuple[str, str, str]]:
    for name, label in _LABELS.items():
        if name in edit.after and (with_money or name not in _MONEY):
            yield label, _said(name, edit.before.get(name)), _said(name, edit.after[name])


def _said(name: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _ROWS:
        return str(_ROWS[name].objects.filter(pk=value).first() or f"number {value}")
    if name.endswith("_on"):
        return f"{date.fromisoformat(value):%-d %B %Y}"
    return money.plain(Decimal(value)) if name in _AMOUNTS else str(value)[:200]


@dataclass(frozen=True)
class PastTerm:
    starts_on: date | None
    ends_on: date | None
    value: Decimal | None
    currency: str


def past_terms(contract: Contract) -> list[PastTerm]:
    """The terms before the agreed one, newest first."""
    return terms_before(contract, own_edits().filter(object=contract.pk))


def own_edits() -> Any:
    """Of contracts themselves, newest first."""
    return Edit.objects.filter(kind="contract").exclude(what="made").order_by("-pk")


def terms_before(contract: Contract, edits: Iterable[Edit]) -> list[PastTerm]:
    """The edits are taken back one by one, and what stood before each renewal is a term."""
    state = {name: getattr(contract, name) for name in ("starts_on", "ends_on", "value")}
    state["currency"] = contract.currency
    found = []
    for edit in edits:
        state = {name: _before(edit, name, value) for name, value in state.items()}
        if edit.what == "renewed":
            found.append(PastTerm(**state))
    return found


def _before(edit: Edit, name: str, value: Any) -> Any:
    if name not in edit.before:
        return value
    given = edit.before[name]
    if given is None or name == "currency":
        return given
    try:
        return Decimal(given) if name == "value" else date.fromisoformat(given)
    except (InvalidOperation, ValueError):
        return None
