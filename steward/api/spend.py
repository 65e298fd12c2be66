"""/spend: what was paid for software, in five groupings of the same sum."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from steward.api.access import only_with_money
from steward.api.charges import MONEY
from steward.api.paging import PageQuery, given_before, next_of
from steward.api.problems import wrong
from steward.api.responses import read
from steward.api.shapes import shaped
from steward.insight.reports.question import BadRequest
from steward.insight.spend import Period
from steward.insight.spends import facts_of
from steward.ledger import shares

router = Router(tags=["spend"])

Group = Literal["application", "department", "person", "vendor", "month"]
Month = Annotated[
    str, shaped(r"^((19[7-9]|2[01]\d)\d-(0[1-9]|1[0-2]))?$", "It must be a month such as 2026-03.")
]


class SpendQuery(PageQuery):
    group_by: Group = "application"
    from_: Month = Field("", alias="from")
    to: Month = ""


class Unconverted(Schema):
    currency: str
    amount: str
    payments: int


class UnconvertedContracts(Schema):
    currency: str
    amount: str
    contracts: int


class NotTold(Schema):
    """A contract, and why nobody can tell what it costs in the period."""

    id: int
    name: str
    why: str


class CommittedOut(Schema):
    """What contracts cost in the period; no part of what was paid. The contracts are in the report
    `committed-spend`."""

    total: str
    contracts: int
    unconverted: list[UnconvertedContracts]
    not_told: list[NotTold]


class SpendRow(Schema):
    """`id` is that of the application or person; null where nobody can be named, and then `why`
    says so. `committed` is told by application, department and month; `difference` (paid minus
    committed) where both are wholly known for an application; `seats_month` is what its seats cost
    a month at today's prices."""

    name: str
    id: int | None
    paid: str
    committed: str | None
    difference: str | None
    seats_month: str | None
    payments: int | None
    why: str | None


class SpendOut(Schema):
    """The `items` of all pages add up to `total`, and are as many as `rows` says. What could not
    be converted is in no sum. While `telling`, shares of departments and people are being told
    anew. How `committed` stands to what was paid, `rule` says."""

    group_by: str
    from_: date = Field(alias="from")
    to: date
    currency: str
    total: str
    unmatched: str
    unconverted: list[Unconverted]
    telling: bool
    committed: CommittedOut
    seats_month: str
    rule: str
    rows: int
    items: list[SpendRow]
    sentence: str
    next: str | None


@router.get("/spend", response=read(SpendOut) | MONEY, by_alias=True)
def get_spend(request: HttpRequest, asked: Annotated[SpendQuery, Query()]) -> Any:
    """Of whole months, such as 2026-03; the last twelve where nothing is said. `total` is of all
    rows, whichever page of them is given."""
    only_with_money(request)
    shares.catch_up()
    try:
        period = Period.of(asked.from_, asked.to)
    except BadRequest as error:
        raise wrong("query", str(error)) from None
    facts = facts_of(asked.group_by, period, given_before(asked), asked.limit)
    return facts | {"next": next_of(asked, facts["rows"])}
