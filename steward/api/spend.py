"""/spend: what was paid for software, in five groupings of the same sum."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from steward.api.access import actor, only_with_money
from steward.api.charges import MONEY
from steward.api.paging import Id
from steward.api.problems import not_found, wrong
from steward.api.responses import created, read
from steward.api.schemas import Given, Text
from steward.insight.reports.question import BadRequest
from steward.insight.spends import facts_of
from steward.inventory.application import Application
from steward.ledger import shares
from steward.ledger.sharing import share

router = Router(tags=["spend"])

Group = Literal["application", "department", "person", "vendor", "month"]
Month = Annotated[str, Field(pattern=r"^((19[7-9]|2[01]\d)\d-(0[1-9]|1[0-2]))?$")]


Department = Annotated[Text, Field(min_length=1, max_length=300)]
Share = Annotated[int, Field(ge=1, le=100, strict=True)]


class SpendQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    group_by: Group = "application"
    from_: Month = Field("", alias="from")
    to: Month = ""


class Unconverted(Schema):
    currency: str
    amount: str
    payments: int


class SpendRow(Schema):
    """`id` is that of the application or person; null where nobody can be named, and then `why`
    says so."""

    name: str
    id: int | None
    paid: str
    payments: int | None
    why: str | None


class SpendOut(Schema):
    """The `items` add up to `total`. What could not be converted is in no sum. While `telling`,
    shares of departments and people are being told anew."""

    group_by: str
    from_: date = Field(alias="from")
    to: date
    currency: str
    total: str
    unmatched: str
    unconverted: list[Unconverted]
    telling: bool
    items: list[SpendRow]
    sentence: str


class Sharing(Given):
    """`shares` are whole hundredths by department, for `fixed` alone."""

    allocation: Literal["seat", "usage", "fixed"]
    shares: dict[Department, Share] = Field(default_factory=dict)


@router.get("/spend", response=read(SpendOut) | MONEY, by_alias=True)
def get_spend(request: HttpRequest, asked: Annotated[SpendQuery, Query()]) -> Any:
    """Of whole months, such as 2026-03; the last twelve where nothing is said."""
    only_with_money(request)
    shares.catch_up()
    try:
        return facts_of(asked.group_by, asked.from_, asked.to)
    except BadRequest as error:
        raise wrong("query", str(error)) from None


@router.put("/applications/{id}/sharing", response=created(Sharing, 200))
def set_sharing(request: HttpRequest, id: Id, data: Sharing) -> Any:
    """How the cost of an application is shared, in past months too."""
    row = Application.objects.filter(pk=id).first()
    if row is None:
        raise not_found("application")
    share(row, data.allocation, data.shares, by=actor(request))
    return {"allocation": row.allocation, "shares": row.shares}
