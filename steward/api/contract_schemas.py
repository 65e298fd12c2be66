"""What the API takes and gives of contracts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from steward.api.days import Day
from steward.api.paging import Id
from steward.api.schemas import Given, Text
from steward.api.shapes import CURRENCY, shaped
from steward.inventory.amounts import LARGEST
from steward.ledger.entered import LONGEST_NOTE, MOST_MONTHS, MOST_SEATS

Amount = Annotated[Decimal, Field(ge=0, le=LARGEST, decimal_places=4)]
Currency = Annotated[str, shaped(r"^([A-Z]{3})?$", CURRENCY)]
Called = Annotated[Text, Field(max_length=300)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]
Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]


class ContractChange(Given):
    """What is not given stays; null empties it. `owner` is a person's number. `ended_on` says that
    it ends on that day; null takes that back."""

    vendor: Called = ""
    name: Called = ""
    reference: Annotated[Text, Field(max_length=100)] = ""
    application: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    notice_on: Day | None = None
    auto_renews: StrictBool = False
    renews_for_months: Months | None = None
    value: Amount | None = None
    currency: Currency = ""
    owner: Id | None = None
    notes: Annotated[Text, Field(max_length=LONGEST_NOTE)] = ""


class ContractEdit(ContractChange):
    ended_on: Day | None = None


class Renewal(Given):
    """What is not given follows from the contract. `after` is the last day of the term that is
    meant: 409 where it is another by now."""

    ends_on: Day | None = None
    notice_on: Day | None = None
    value: Amount | None = None
    after: Day | None = None


class Ending(Given):
    """Without a day, with its term."""

    ended_on: Day | None = None


class NewLine(Given):
    license: Id
    seats: Seats
    amount: Amount | None = None
    months: Months = 12


class LineChange(Given):
    seats: Seats | None = None
    amount: Amount | None = None
    months: Months | None = None


class TermOut(Schema):
    starts_on: str | None
    ends_on: str | None
    notice_on: str | None


class ContractOut(Schema):
    """`term` is the one that stands today; where it came by itself `note` is "renewed-itself".
    Amounts are texts. For who may not see money they and the notes are null."""

    id: int
    name: str
    vendor: str
    reference: str
    application: int | None
    owner: int | None
    status: Literal["active", "upcoming", "ending", "expired", "ended"]
    note: Literal["renewed-itself", "notice-passed"] | None
    starts_on: str | None
    ends_on: str | None
    notice_on: str | None
    auto_renews: bool
    renews_for_months: int | None
    term: TermOut
    renews_on: str | None
    ended_on: str | None
    value: str | None
    currency: str | None
    seats: int | None
    notes: str | None
    created_at: datetime


class LineOut(Schema):
    """`amount` is the price of a seat for `months`."""

    id: int
    license: int
    name: str
    application: int
    seats: int
    amount: str | None
    months: int


class DocumentOut(Schema):
    id: int
    name: str
    size: int
    sha256: str
    by: str
    at: datetime


class ReminderOut(Schema):
    kind: Literal["90", "60", "30", "notice"]
    day: str
    at: datetime


class WholeContract(ContractOut):
    lines: list[LineOut]
    documents: list[DocumentOut]
    reminders: list[ReminderOut]


class ContractEditOut(Schema):
    """`before` and `after` hold the fields that changed."""

    id: int
    kind: Literal["contract", "contract_line", "document"]
    object: int
    name: str
    what: str
    before: dict[str, str | int | bool | None]
    after: dict[str, str | int | bool | None]
    comment: str
    by: str
    at: datetime


class RenewalOut(Schema):
    """`kind` is notice (the last day for it), renews (by itself) or ends."""

    day: str
    kind: Literal["notice", "renews", "ends"]
    contract: int
    name: str
    vendor: str
    value: str | None
    currency: str | None
