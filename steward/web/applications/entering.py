"""The form of an application: its inputs as they stand, or as somebody has just filled them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.http import HttpRequest

from steward.insight import record
from steward.insight.application_history import LABELS
from steward.inventory.application import Application, CustomField
from steward.inventory.person import Person
from steward.inventory.problems import Invalid
from steward.ledger.many_applications import Change
from steward.sdk.fields import FieldError

ROWS = 3


@dataclass(frozen=True)
class Input:
    """`kind` is text, area, choice, person, number or date; `known` are values to be suggested."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    error: str = ""
    help: str = ""
    choices: Sequence[tuple[str, str]] = ()
    known: Sequence[str] = ()


@dataclass
class Entry:
    """`text` is everything as the form has it, by the name of its input."""

    text: dict[str, str] = field(default_factory=dict)
    shares: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    fields: Sequence[CustomField] = ()

    @classmethod
    def of(cls, row: Any = None) -> Entry:
        fields = record.custom_fields()
        if row is None:
            return cls(fields=fields, text={"status": "unconfirmed", "allocation": "seat"})
        text = {name: _text(getattr(row, name)) for name in LABELS if name != "shares"}
        custom = record.Custom(fields, [row]).of(row)
        text |= {f"field_{f.pk}": _text(value) for f, value in custom}
        shares = [(department, str(share)) for department, share in row.shares.items()]
        return cls(text, shares, fields=fields)

    @classmethod
    def given(cls, request: HttpRequest) -> Entry:
        fields = record.custom_fields()
        names = (*LABELS, "comment", *(f"field_{f.pk}" for f in fields))
        text = {name: request.POST[name] for name in names if name in request.POST}
        departments = request.POST.getlist("share_of")
        pairs = zip_longest(departments, request.POST.getlist("share"), fillvalue="")
        shares = [(d.strip(), s.strip()) for d, s in pairs if d.strip() or s.strip()]
        return cls(text, shares, fields=fields)

    @property
    def values(self) -> dict[str, Any]:
        """As the ledger takes them."""
        given: dict[str, Any] = {n: self.text[n] for n in LABELS if n in self.text}
        if "tags" in given:
            given["tags"] = _listed(given["tags"])
        if len({department for department, _ in self.shares}) < len(self.shares):
            raise Invalid([FieldError("shares", "Name each department once.")])
        custom = {f.name: self.text[f"field_{f.pk}"] for f in self.fields if self._has(f)}
        return {**given, "shares": dict(self.shares), "fields": custom}

    def _has(self, field: CustomField) -> bool:
        return f"field_{field.pk}" in self.text

    def refused(self, invalid: Invalid) -> Entry:
        numbers = {f"fields.{f.name}": f"field_{f.pk}" for f in self.fields}
        self.errors = {numbers.get(e.field, e.field): e.message for e in invalid.errors}
        return self

    @property
    def about(self) -> list[Input]:
        return [
            self._input("name"),
            self._input("category", known=record.categories()),
            self._input("criticality", "choice", choices=Application.CRITICALITIES),
            self._input("tags", help="Separated by commas.", known=()),
            self._input("notes", "area"),
        ]

    @property
    def owners(self) -> list[Input]:
        shown = [self._input("business_owner", "person"), self._input("technical_owner", "person")]
        if self.text.get("owner"):
            said = "From before owners were people. Name a person above and this goes."
            shown.append(self._input("owner", help=said))
        return shown

    @property
    def approval(self) -> Input:
        return self._input("status", "choice", choices=Application.STATUSES)

    @property
    def cost(self) -> list[Input]:
        return [
            self._input("inactive_after", "number", help="Days without use. Empty: the usual."),
            self._input("allocation", "choice", choices=Application.ALLOCATIONS),
        ]

    @property
    def own(self) -> list[Input]:
        return [self._own(f) for f in self.fields]

    @property
    def share_rows(self) -> list[tuple[str, str]]:
        """With some to fill in."""
        return [*self.shares, *[("", "")] * ROWS]

    def _own(self, f: CustomField) -> Input:
        kind = {CustomField.TEXT: "text"}.get(f.type, f.type)
        choices = (("", "–"), *((choice, choice) for choice in f.choices))
        return self._input(f"field_{f.pk}", kind, label=f.name, choices=choices)

    def _input(self, name: str, kind: str = "text", label: str = "", **more: Any) -> Input:
        value, error = self.text.get(name, ""), self.errors.get(name, "")
        return Input(name, label or LABELS[name], value, kind, error, **more)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Person):
        now = value.now()
        return now.email or f"#{now.pk}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def change_given(form: Mapping[str, str]) -> Change:
    """Of many at once; what is empty stays."""
    said = {name: form.get(f"set_{name}", "").strip() for name in _SETTABLE}
    return Change(
        {name: value for name, value in said.items() if value},
        _listed(form.get("add_tags", "")),
        _listed(form.get("remove_tags", "")),
        form.get("comment", ""),
    )


_SETTABLE = ("status", "business_owner", "technical_owner", "category", "criticality")


def _listed(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]
