"""/rates and /company: in what figures are told, and at which rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool

from steward.api.access import actor, only_with_money
from steward.api.charges import MONEY
from steward.api.days import Day, day_of
from steward.api.paging import Id, PageQuery, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read
from steward.api.schemas import Given, Listed, Text
from steward.api.shapes import CURRENCY, shaped
from steward.insight import charges as facts
from steward.inventory.company import Company, ExchangeRate
from steward.ledger import company, rates

router = Router(tags=["spend"])

Code = Annotated[str, shaped(r"^[A-Za-z]{3}$", CURRENCY)]
MaybeCode = Annotated[str, shaped(r"^([A-Za-z]{3})?$", CURRENCY)]
Number = Annotated[
    str, shaped(r"^[0-9]{1,9}(\.[0-9]{1,8})?$", "It must be a number such as 1.0825.")
]


class RateQuery(PageQuery):
    base: MaybeCode = ""
    quote: MaybeCode = ""


class RateOut(Schema):
    """One unit of `base` is worth `rate` units of `quote` from that day on, until the next."""

    id: int
    base: str
    quote: str
    day: date
    rate: str
    source: str


class NewRate(Given):
    base: Code
    quote: Code
    day: Day
    rate: Number
    source: Annotated[Text, Field(max_length=200)] = ""


class CompanyOut(Schema):
    currency: str
    readers_see_money: bool


class CompanyChange(Given):
    currency: Code | None = None
    readers_see_money: StrictBool | None = None


@router.get("/rates", response=read(Listed[RateOut]) | MONEY)
def list_rates(request: HttpRequest, page: Annotated[RateQuery, Query()]) -> Any:
    only_with_money(request)
    rows = ExchangeRate.objects.all()
    if page.base:
        rows = rows.filter(base=page.base.upper())
    if page.quote:
        rows = rows.filter(quote=page.quote.upper())
    return page_of(rows, page, lambda found: map(facts.of_rate, found))


@router.post("/rates", response=created(RateOut))
def add_rate(request: HttpRequest, data: NewRate) -> Any:
    """In place of the one of that day. What it converts is converted anew."""
    day = day_of(data.day, "day")
    try:
        rate = Decimal(data.rate)
    except InvalidOperation:
        raise wrong("rate", "A rate is more than zero, such as 1.0842.") from None
    given = rates.RateIn(data.base, data.quote, day or date.max, rate, data.source)
    return 201, facts.of_rate(rates.enter(given, by=actor(request)))


@router.delete("/rates/{id}", response=accepted(RateOut, 200))
def remove_rate(request: HttpRequest, id: Id) -> Any:
    row = ExchangeRate.objects.filter(pk=id).first()
    if row is None:
        raise not_found("rate")
    told = facts.of_rate(row)
    rates.remove(row, by=actor(request))
    return told


@router.get("/company", response=read(CompanyOut))
def get_company(request: HttpRequest) -> Any:
    return facts.of_company(Company.get())


@router.patch("/company", response=created(CompanyOut, 200))
def change_company(request: HttpRequest, data: CompanyChange) -> Any:
    """Another currency has every charge converted anew, at the rates of their days."""
    company.change(by=actor(request), **data.dict(exclude_unset=True))
    return facts.of_company(Company.get())
