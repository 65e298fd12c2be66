"""/schedules: which report goes where and when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool

from steward.api.access import actor, maker
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Accepted, Address, Given, Listed, Name, Text, Whole
from steward.api.shapes import shaped
from steward.insight import schedules as insight
from steward.inventory.schedule import Schedule
from steward.ledger import schedules as acts
from steward.ledger.entered import LONGEST_FOLDER
from steward.ledger.schedules import MOST_ADDRESSES, MOST_KEPT
from steward.work import scheduling

router = Router(tags=["schedules"])

Short = Annotated[Text, Field(max_length=100)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MonthDay = Annotated[int, Whole, Field(ge=1, le=31)]
Clock = Annotated[
    str, shaped(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "It must be a time of day such as 07:30.")
]
Kept = Annotated[int, Whole, Field(ge=1, le=MOST_KEPT)]
Below = Annotated[Text, Field(max_length=LONGEST_FOLDER)]
Addresses = Annotated[list[Address], Field(max_length=MOST_ADDRESSES)]
Asked = dict[Short, Annotated[Text, Field(max_length=scheduling.LONGEST_FILTER)]]


def _monday() -> list[Weekday]:
    return ["mon"]


class ScheduleChange(Given):
    """What is not given stays. `weekdays` are for weekly, `day` for monthly: one that a month does
    not have is its last. `at` is local in `zone`. `folder` lies beneath the export folder, which ""
    is itself; null is no folder. What things cost travels only `with_money`."""

    name: Name = ""
    report: Short = ""
    filters: Asked = Field(default_factory=dict)
    sort: Short = ""
    columns: Annotated[list[Short], Field(max_length=200)] = Field(default_factory=list)
    cadence: Literal["daily", "weekly", "monthly"] = "weekly"
    weekdays: Annotated[list[Weekday], Field(max_length=7)] = Field(default_factory=_monday)
    day: MonthDay = 1
    at: Clock = "08:00"
    zone: Annotated[Text, Field(max_length=64)] = "UTC"
    format: Literal["csv", "xlsx", "pdf", "link"] = "csv"
    emails: Addresses = Field(default_factory=list)
    webhook: Id | None = None
    folder: Below | None = None
    keep: Kept | None = None
    with_money: StrictBool = False
    only_if_rows: StrictBool = False
    enabled: StrictBool = True


class NewSchedule(ScheduleChange):
    name: Name
    report: Short


class SentOut(Schema):
    """The message to a webhook: `said` is how it stands, in a sentence, `url` where it is seen."""

    id: int
    webhook: int
    state: Literal["queued", "delivered", "given_up"]
    said: str
    error: str
    attempts: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    url: str


class ScheduleOut(Schema):
    """`next_at` is null while it is off. The `last_` fields are those of the last run that has
    ended; `failures` counts those since the last success. `delivery` is the last message to a
    webhook, null where there was none within 30 days."""

    id: int
    name: str
    report: str
    filters: dict[str, str]
    sort: str
    columns: list[str]
    cadence: Literal["daily", "weekly", "monthly"]
    weekdays: list[str]
    day: int
    at: str
    zone: str
    when: str
    format: str
    emails: list[str]
    webhook: int | None
    folder: str | None
    keep: int | None
    with_money: bool
    only_if_rows: bool
    enabled: bool
    next_at: datetime | None
    owner: str | None
    failures: int
    last_state: Literal["done", "empty", "failed"] | None
    last_sentence: str
    last_at: datetime | None
    delivery: SentOut | None


class ScheduleRunOut(Schema):
    """`by` asked for it, "" where it was due. `size` is in bytes. `delivery` is its message to a
    webhook."""

    id: int
    due_at: datetime
    by: str
    state: Literal["queued", "running", "done", "empty", "failed"]
    sentence: str
    rows: int | None
    size: int | None
    delivery: SentOut | None
    started_at: datetime | None
    ended_at: datetime | None


@router.get("", response=read(Listed[ScheduleOut]))
def list_schedules(request: HttpRequest, page: Page) -> Any:
    return page_of(insight.schedules(), page, insight.facts_of_all)


@router.post("", response=created(ScheduleOut))
def create_schedule(request: HttpRequest, data: NewSchedule) -> Any:
    given = data.dict(exclude_unset=True)
    made = scheduling.create(given, by=actor(request), owner=maker(request))
    return 201, _facts(made.pk)


@router.get("/{id}", response=read_one(ScheduleOut))
def get_schedule(request: HttpRequest, id: Id) -> Any:
    return _facts(id)


@router.patch("/{id}", response=created(ScheduleOut, 200))
def edit_schedule(request: HttpRequest, id: Id, data: ScheduleChange) -> Any:
    scheduling.edit(_found(id), data.dict(exclude_unset=True), by=actor(request))
    return _facts(id)


@router.delete("/{id}", response=accepted(Accepted, 200))
def delete_schedule(request: HttpRequest, id: Id) -> Any:
    """With its log. What has gone out stays where it is."""
    acts.delete(_found(id), by=actor(request))
    return {"accepted": True}


@router.post("/{id}/run", response=accepted(ScheduleRunOut))
def run_schedule(request: HttpRequest, id: Id) -> Any:
    """Now, besides its times. A second request joins the run that is open."""
    return 202, insight.facts_of_run(acts.run_now(_found(id), by=actor(request)))


@router.get("/{id}/runs", response=read_one(Listed[ScheduleRunOut]))
def list_schedule_runs(request: HttpRequest, id: Id, page: Page) -> Any:
    """The newest first."""
    rows, of = insight.runs_of(_found(id)), insight.facts_of_run
    return page_of(rows, page, lambda found: map(of, found), newest_first=True)


def _found(id: int) -> Schedule:
    row: Schedule | None = insight.schedules().filter(pk=id).first()
    if row is None:
        raise not_found("schedule")
    return row


def _facts(id: int) -> Any:
    return insight.facts_of(_found(id))
