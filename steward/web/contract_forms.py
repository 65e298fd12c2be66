"""The forms of a contract: what is asked, what was entered, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from steward.inventory import money
from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.contract import Contract, ContractLine
from steward.inventory.licence import LicenceType
from steward.inventory.problems import Invalid

NOBODY = ("", "–")


@dataclass(frozen=True)
class Input:
    """One field as the form shows it. `kind` is the type of the input, or choice, notes, yes."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    needed: bool = False
    wide: bool = False
    choices: Sequence[tuple[str, str]] = ()
    suggests: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True)
class Form:
    """`groups` are headings with the inputs under them."""

    groups: Sequence[tuple[str, Sequence[Input]]]

    @property
    def names(self) -> list[str]:
        return [field.name for _, fields in self.groups for field in fields]

    def entered(self, posted: Mapping[str, str]) -> dict[str, Any]:
        """What is not in a form's answer was left empty, as browsers leave out boxes unticked."""
        return {name: posted.get(name, "") for name in self.names}

    def showing(self, given: Mapping[str, Any], invalid: Invalid | None = None) -> Form:
        errors = {e.field: e.message for e in invalid.errors} if invalid else {}
        groups = [
            (
                heading,
                [
                    replace(f, value=shown(given.get(f.name)), error=errors.get(f.name, ""))
                    for f in fields
                ],
            )
            for heading, fields in self.groups
        ]
        return Form(groups)


def shown(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return "yes" if value is True else str(value)


def contract_form() -> Form:
    rows = Application.objects.filter(merged_into=None).order_by("name").values_list("pk", "name")
    applications = [NOBODY, *((str(pk), name) for pk, name in rows)]
    who = (
        Input("application", "Application", "choice", choices=applications),
        Input("vendor", "Vendor", hint="Left empty: the application’s name."),
        Input("name", "Name of the contract", hint="Left empty: the application’s or vendor’s."),
        Input("reference", "Reference", hint="The number on the paper."),
        Input(
            "owner",
            "Owner’s e-mail",
            hint="Is told before it renews.",
            suggests="find-people",
        ),
    )
    term = (
        Input("starts_on", "Term begins", "date"),
        Input("ends_on", "Last day of the term", "date", "It renews on the day after."),
        Input("notice_on", "Last day for notice", "date"),
        Input("auto_renews", "Renews by itself", "yes"),
        Input("renews_for_months", "Renews for months", "number"),
    )
    cost = (
        Input("value", "Value of the whole term", "amount"),
        Input("currency", "Currency", "choice", choices=[NOBODY, *money.currencies()]),
    )
    notes = (Input("notes", "Notes", "notes", wide=True),)
    return Form((("Who", who), ("Term", term), ("Value", cost), ("", notes)))


def of_contract(contract: Contract) -> dict[str, Any]:
    names = ("vendor", "name", "reference", "starts_on", "ends_on", "notice_on", "auto_renews",
             "renews_for_months", "value", "currency", "notes")  # fmt: skip
    owner = contract.owner.now() if contract.owner else None
    return {
        **{name: getattr(contract, name) for name in names},
        "application": contract.application_id,
        "owner": owner.email if owner else "",
    }


def new_contract(application: str) -> dict[str, Any]:
    return {"application": application, "currency": Company.get().currency, "auto_renews": True,
            "renews_for_months": 12}  # fmt: skip


def line_form(contract: Contract, line: ContractLine | None = None) -> Form:
    per = f"Price of a seat, in {contract.currency}" if contract.currency else "Price of a seat"
    price = (
        Input("seats", "Seats", "number"),
        Input("amount", per, "amount"),
        Input("months", "The price is for months", "number", "1: a month; 12: a year."),
    )
    licence = Input("licence", "Licence", "choice", choices=_licences(contract))
    return Form((("", price if line else (licence, *price)),))


def _licences(contract: Contract) -> list[tuple[str, str]]:
    """Those of its application first."""
    rows = LicenceType.objects.select_related("application").order_by("application__name", "name")
    mine = [row for row in rows if row.application_id == contract.application_id]
    others = [row for row in rows if row.application_id != contract.application_id]
    return [(str(r.pk), f"{r.application.name}: {r.name}") for r in [*mine, *others]]


def renew_form() -> Form:
    fields = (
        Input("ends_on", "Last day of the new term", "date"),
        Input("notice_on", "Last day for notice", "date"),
        Input("value", "Value of the new term", "amount", "Left empty: as before."),
    )
    return Form((("", fields),))
