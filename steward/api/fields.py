"""/fields: what the company wants to know of its applications besides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from steward.api.access import actor
from steward.api.paging import Id
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read
from steward.api.schemas import Accepted, Given, Listed, Text, Whole
from steward.insight.record import custom_fields, facts_of_field
from steward.inventory.application import CustomField
from steward.ledger import fields as ledger_fields

router = Router(tags=["applications"])
Choice = Annotated[Text, Field(max_length=200)]


class FieldOut(Schema):
    """`values` counts the applications in which something is entered."""

    id: int
    name: str
    type: Literal["text", "number", "date", "choice", "person"]
    choices: list[str]
    position: int
    values: int


class NewField(Given):
    name: Annotated[Text, Field(min_length=1, max_length=100)]
    type: Literal["text", "number", "date", "choice", "person"] = "text"
    choices: Annotated[list[Choice], Field(default_factory=list, max_length=100)]


class FieldChange(Given):
    name: Annotated[Text, Field(min_length=1, max_length=100)] | None = None
    choices: Annotated[list[Choice], Field(max_length=100)] | None = None
    position: Annotated[int, Field(ge=0, le=1_000), Whole] | None = None


@router.get("/fields", response=read(Listed[FieldOut]))
def list_fields(request: HttpRequest) -> Any:
    """Fields that the company has made for its applications."""
    return {"items": [_field_facts(field) for field in custom_fields()], "next": None}


@router.post("/fields", response=created(FieldOut))
def add_field(request: HttpRequest, data: NewField) -> Any:
    made = ledger_fields.add_field(data.name, data.type, data.choices, by=actor(request))
    return 201, _field_facts(made)


@router.patch("/fields/{id}", response=created(FieldOut, 200))
def change_field(request: HttpRequest, id: Id, data: FieldChange) -> Any:
    """Its type stays. A choice that is chosen somewhere cannot be taken away."""
    field = _field(id)
    ledger_fields.change_field(field, data.dict(exclude_unset=True), by=actor(request))
    return _field_facts(field)


@router.delete("/fields/{id}", response=accepted(Accepted, 200))
def remove_field(request: HttpRequest, id: Id) -> Any:
    """With what was entered in it."""
    ledger_fields.remove_field(_field(id), by=actor(request))
    return {"accepted": True}


def _field(number: int) -> CustomField:
    found: CustomField | None = CustomField.objects.filter(pk=number).first()
    if found is None:
        raise not_found("field")
    return found


def _field_facts(field: CustomField) -> dict[str, Any]:
    return facts_of_field(field, ledger_fields.values_in(field))
