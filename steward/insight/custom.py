"""Fields that the company has made for its applications, as columns and filters of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    FloatField,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from steward.insight.reports.question import BadRequest, Column, Filter
from steward.inventory.application import CustomField
from steward.inventory.person import Person

_KINDS = {CustomField.NUMBER: "number", CustomField.DATE: "date"}
_COMPARED = re.compile(r"^(<=|>=|<|>|=|)\s*(.+)$")
_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "exact", "": "exact"}


class _Text(Func):
    """The value of a key that is a number, which Django takes for a place in a list."""

    output_field = TextField()
    arity = 1

    def __init__(self, *expressions: Any, key: int = 0, **more: Any) -> None:
        super().__init__(*expressions, key=int(key), **more)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "JSON_EXTRACT(%(expressions)s, '$.\"%(key)s\"')"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(%(expressions)s ->> '%(key)s')"
        return self.as_sql(compiler, connection, template=template, **more)


def values(fields: Sequence[CustomField]) -> dict[str, Any]:
    """Annotations of an application: `field_N` as a list shows it, `field_N_id` of a person."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.type == CustomField.PERSON:
            found[f"field_{field.pk}_id"] = _value(field)
            found[f"field_{field.pk}"] = _name_of(f"field_{field.pk}_id")
        else:
            found[f"field_{field.pk}"] = _value(field)
    return found


def _value(field: CustomField) -> Any:
    text = _Text("custom", key=field.pk)
    kinds = {
        CustomField.NUMBER: FloatField(),
        CustomField.DATE: DateField(),
        CustomField.PERSON: BigIntegerField(),
    }
    return Cast(text, kinds[field.type]) if field.type in kinds else text


def _name_of(number: str) -> Any:
    called = Coalesce(NullIf("name", Value("")), "email")
    rows = Person.objects.filter(pk=OuterRef(number)).annotate(called=called)
    return Subquery(rows.values("called")[:1])


def columns(fields: Sequence[CustomField]) -> list[Column]:
    made = []
    for field in fields:
        name = f"field_{field.pk}"
        if field.type == CustomField.PERSON:
            made += [
                Column(name, field.name, aside=True, link="person", link_by=f"{name}_id"),
                Column(f"{name}_id", f"{field.name}, number", "id", hidden=True),
            ]
        else:
            kind: Any = _KINDS.get(field.type, "text")
            made.append(Column(name, field.name, kind, aside=True))
    return made


def filters(fields: Sequence[CustomField]) -> list[Filter]:
    return [_filter(field) for field in fields]


def _filter(field: CustomField) -> Filter:
    if field.type == CustomField.CHOICE:
        pairs = tuple((choice, choice) for choice in field.choices)
        return Filter(f"field_{field.pk}", field.name, "choice", choices=lambda: pairs)
    return Filter(f"field_{field.pk}", field.name)


def narrowed_by(rows: Any, field: CustomField, text: str) -> Any:
    """Numbers and days may be compared: >=100, <2027-01-01."""
    name = f"sought_{field.pk}"
    rows = rows.alias(**{name: _value(field)})
    if field.type == CustomField.PERSON:
        named = Q(name__icontains=text) | Q(email__icontains=text)
        return rows.filter(**{f"{name}__in": Person.objects.filter(named).values("pk")})
    if field.type == CustomField.TEXT:
        return rows.filter(**{f"{name}__icontains": text})
    if field.type == CustomField.CHOICE:
        return rows.filter(**{name: text})
    how, value = _compared(field, text)
    return rows.filter(**{f"{name}__{how}": value})


def _compared(field: CustomField, text: str) -> tuple[str, Any]:
    found = _COMPARED.match(text.strip())
    sign, rest = found.groups() if found else ("", "")
    try:
        value: Any = _number(rest) if field.type == CustomField.NUMBER else date.fromisoformat(rest)
    except (InvalidOperation, ValueError):
        like = "120, <120 or >=120" if field.type == CustomField.NUMBER else ">=2026-11-01"
        raise BadRequest(f"{field.name} must look like {like}.") from None
    return _LOOKUPS[sign], value


def _number(text: str) -> float:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return float(number)
