"""/licenses: what is paid for, who uses it, what is wasted, and how many seats to renew."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from steward.api.access import actor, money_seen, only_with_money
from steward.api.paging import Id, PageQuery, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Accepted, Given, Listed, ProblemOut, Text
from steward.api.shapes import CURRENCY, shaped
from steward.insight.licence_facts import of_licence, of_licences, of_price, of_proposal
from steward.insight.licences import Licence, licence, licences
from steward.insight.prices import history
from steward.insight.rightsizing import BUFFER, MOST_BUFFER
from steward.insight.rightsizing import of_licence as proposal_for
from steward.inventory.application import Application
from steward.inventory.licence import LicencePrice, LicenceType
from steward.ledger import licences as ledger

router = Router(tags=["licenses"])

FORBIDDEN = {403: ProblemOut}
Counted = Literal["seats", "role", "unknown"]
Called = Annotated[Text, Field(min_length=1, max_length=300)]
Role = Annotated[Text, Field(max_length=200)]
Notes = Annotated[Text, Field(max_length=10_000)]
Seats = Annotated[int, Field(strict=True, ge=0, le=ledger.MOST_SEATS)]
# A text, as JSON's numbers are not exact everywhere.
Money = Annotated[
    str, shaped(r"^[0-9]{1,9}(\.[0-9]{1,4})?$", "It must be an amount such as 12.50.")
]
Currency = Annotated[str, shaped(r"^[A-Z]{3}$", CURRENCY)]
Months = Annotated[int, Field(strict=True, ge=1, le=ledger.MOST_MONTHS)]


class PriceOut(Schema):
    """`told` says whether there is a rate into the company's currency; `rate` and `rate_day` which
    it is, where the price is in another. `contract` says so where nobody has entered a price;
    `value_divided_by` seats where its line names no price of its own."""

    amount: str
    currency: str
    months: int
    since: date | None
    rate: str | None
    rate_day: date | None
    told: bool
    origin: str
    contract: int | None
    contract_name: str | None
    until: date | None
    value_divided_by: int | None


class LicenceOut(Schema):
    """`states` and `wasted` count seats by state and by reason; null is what nobody can tell. Sums
    are in `currency`, the company's. What costs are about is left out for a token that may not see
    money, and the notes too."""

    id: int
    application: int
    application_name: str
    key: str
    name: str
    by_hand: bool
    counted: Literal["app", "seats", "role", "unknown"]
    role: str
    bought: int | None
    bought_by: Literal["app", "hand", ""]
    assigned: int | None
    active: int | None
    unassigned: int | None
    states: dict[str, int] | None
    wasted: dict[str, int]
    wasted_seats: int | None
    notes: str | None = None
    price: PriceOut | None = None
    currency: str | None = None
    cost_month: str | None = None
    cost_year: str | None = None
    waste_month: str | None = None
    waste_year: str | None = None


class HeldPriceOut(Schema):
    """One of the history. What was entered holds until the next one; what a contract says, `until`
    it is over, has no `id`, and counts on days of which nothing was entered."""

    id: int | None
    licence: int
    amount: str
    currency: str
    months: int
    since: date | None
    until: date | None
    origin: str
    contract: int | None
    contract_name: str | None
    value_divided_by: int | None


class ProposalOut(Schema):
    """`taken` counts seats by reason, `kept` by state; `fewer` is negative where more are due."""

    licence: int
    application_name: str
    name: str
    buffer: int
    present: int | None
    kept: dict[str, int] | None
    taken: dict[str, int]
    kept_seats: int | None
    taken_seats: int
    buffer_seats: int | None
    proposed: int | None
    fewer: int | None
    reasoning: list[str]
    currency: str | None = None
    price: PriceOut | None = None
    saves_month: str | None = None
    saves_year: str | None = None


class NewLicence(Given):
    """`role` is needed where `counted` is role. `bought` counts where the app does not say."""

    application: Id
    name: Called
    counted: Counted = "seats"
    role: Role = ""
    bought: Seats | None = None
    notes: Notes = ""


class LicenceChange(Given):
    """Of a licence that the app tells of only `bought` and `notes`."""

    name: Called | None = None
    counted: Counted | None = None
    role: Role | None = None
    bought: Seats | None = None
    notes: Notes | None = None


class NewPrice(Given):
    """What a seat costs from `since` on, for each period of `months`."""

    amount: Money
    currency: Currency
    months: Months = 1
    since: date


class PriceChange(Given):
    amount: Money | None = None
    currency: Currency | None = None
    months: Months | None = None
    since: date | None = None


class LicenceQuery(PageQuery):
    application: Id | None = None


class ProposalQuery(Schema):
    buffer: Annotated[int, Field(ge=0, le=MOST_BUFFER)] = BUFFER


@router.get("", response=read(Listed[LicenceOut]), exclude_unset=True)
def list_licences(request: HttpRequest, page: Annotated[LicenceQuery, Query()]) -> Any:
    """Every kind of paid seat, read from apps or made by hand."""
    known = {one.number: one for one in licences(page.application)}
    rows = LicenceType.objects.filter(pk__in=list(known))
    money = money_seen(request)
    return page_of(rows, page, lambda found: of_licences([known[r.pk] for r in found], money))


@router.post("", response=created(LicenceOut), exclude_unset=True)
def make_licence(request: HttpRequest, data: NewLicence) -> Any:
    """One that no app tells of."""
    values = data.dict()
    application = Application.objects.filter(pk=values.pop("application")).first()
    if application is None:
        raise wrong("application", "There is no such application.")
    row = ledger.make(application, values, by=actor(request))
    return Status(201, _told(request, row.pk))


@router.get("/{id}", response=read_one(LicenceOut), exclude_unset=True)
def get_licence(request: HttpRequest, id: Id) -> Any:
    return _told(request, id)


@router.patch("/{id}", response=created(LicenceOut, 200), exclude_unset=True)
def edit_licence(request: HttpRequest, id: Id, data: LicenceChange) -> Any:
    """`bought` may be null: not known."""
    given = data.dict(exclude_unset=True)
    values = {name: value for name, value in given.items() if value is not None or name == "bought"}
    ledger.edit(_row(id), values, by=actor(request))
    return _told(request, id)


@router.delete("/{id}", response=accepted(Accepted, 200))
def remove_licence(request: HttpRequest, id: Id) -> Any:
    """With its prices; 409 while an app tells of it, or a contract is about it."""
    ledger.remove(_row(id), by=actor(request))
    return {"accepted": True}


@router.get("/{id}/proposal", response=read_one(ProposalOut), exclude_unset=True)
def propose(request: HttpRequest, id: Id, asked: Annotated[ProposalQuery, Query()]) -> Any:
    """How many seats to renew, and why; the seats are in the report `licence-seats`."""
    return of_proposal(proposal_for(_known(id), asked.buffer), money_seen(request))


@router.get("/{id}/prices", response=read_one(Listed[HeldPriceOut]) | FORBIDDEN)
def list_prices(request: HttpRequest, id: Id) -> Any:
    """The history, newest first, with what contracts say."""
    only_with_money(request)
    rows = history(_row(id), timezone.now().date())
    return {"items": [of_price(row) for row in rows], "next": None}


@router.post("/{id}/prices", response=created(HeldPriceOut))
def set_price(request: HttpRequest, id: Id, data: NewPrice) -> Any:
    """A day that has a price already is given this one instead."""
    made = ledger.set_price(_row(id), **data.dict(), by=actor(request))
    return Status(201, of_price(made))


@router.patch("/{id}/prices/{price}", response=created(HeldPriceOut, 200))
def correct_price(request: HttpRequest, id: Id, price: Id, data: PriceChange) -> Any:
    row = _price(id, price)
    values = {name: value for name, value in data.dict().items() if value is not None}
    ledger.correct_price(row, values, by=actor(request))
    row.refresh_from_db()
    return of_price(row)


@router.delete("/{id}/prices/{price}", response=accepted(Accepted, 200))
def remove_price(request: HttpRequest, id: Id, price: Id) -> Any:
    ledger.remove_price(_price(id, price), by=actor(request))
    return {"accepted": True}


def _told(request: HttpRequest, number: int) -> Any:
    return of_licence(_known(number), money_seen(request))


def _known(number: int) -> Licence:
    one = licence(number)
    if one is None:
        raise not_found("licence")
    return one


def _row(number: int) -> LicenceType:
    row: LicenceType | None = (
        LicenceType.objects.select_related("application").filter(pk=number).first()
    )
    if row is None:
        raise not_found("licence")
    return row


def _price(licence: int, number: int) -> LicencePrice:
    row: LicencePrice | None = LicencePrice.objects.filter(licence=licence, pk=number).first()
    if row is None:
        raise not_found("price")
    return row
