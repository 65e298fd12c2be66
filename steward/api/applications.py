"""/applications: what the company uses, what is said of it, merging and splitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from steward.api.access import actor
from steward.api.paging import Id, Page, PageQuery, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read_one
from steward.api.schemas import Accepted, Given, Listed, Text, Whole
from steward.insight import application_history, narrowing, record
from steward.insight.application_sources import sources_of
from steward.insight.applications import applications, facts_of, facts_of_all
from steward.insight.reports import BadRequest
from steward.inventory.application import Application, CustomField
from steward.inventory.merging import ApplicationChange
from steward.ledger import applications as ledger
from steward.sync import merging

router = Router(tags=["applications"])

Source = Literal[
    "connected", "sign-on", "sign-ins", "grants", "charges", "contracts", "licenses", "entered"
]
Status = Literal["approved", "unapproved", "unconfirmed"]
Criticality = Literal["", "low", "medium", "high"]
Sought = Annotated[Text, Field(max_length=200)]
Asked = Annotated[str, Field(max_length=150, pattern=r"^[^\x00:]+:[^\x00]*[^\x00\s][^\x00]*$")]
Person = Annotated[Id | Annotated[Text, Field(max_length=300)] | None, Whole]
Short = Annotated[Text, Field(max_length=300)]
Numbers = Annotated[list[Annotated[Id, Whole]], Field(default_factory=list, max_length=1_000)]


class ApplicationQuery(PageQuery):
    """`field` is NAME:VALUE of a field of the company's own, and may be given several times.
    Numbers and days may be compared, as in `Seats:>=100`."""

    source: (
        Literal[
            "connected",
            "sign-on",
            "sign-ins",
            "grants",
            "charges",
            "contracts",
            "licenses",
            "entered",
            "seen",
        ]
        | None
    ) = None
    q: Sought = ""
    status: Status | None = None
    category: Sought = ""
    criticality: Literal["low", "medium", "high"] | None = None
    owner: Sought = ""
    ownership: Literal["none", "left", "known"] | None = None
    tag: Sought = ""
    field: Annotated[list[Asked], Field(default_factory=list, max_length=5)]


class OwnerOut(Schema):
    id: int
    name: str
    email: str
    has_left: bool


class ApplicationOut(Schema):
    """`owner` is text from before owners were people. `fields` are the company's own, by name."""

    id: int
    name: str
    integration: str
    category: str
    owner: str
    business_owner: OwnerOut | None
    technical_owner: OwnerOut | None
    status: Status
    criticality: Criticality
    notes: str
    tags: list[str]
    inactive_after: int | None
    allocation: Literal["seat", "usage", "fixed"]
    shares: dict[str, int]
    fields: dict[str, Any]
    connected: bool
    sources: list[Source]
    publisher: str | None
    verified: bool | None
    users: int | None
    active_users: int | None
    seats: int | None


class ApplicationWithSources(ApplicationOut):
    """`known_from` is everything it is known from; its numbers are what a split is told."""

    known_from: dict[str, Any]


class ApplicationGiven(Given):
    """People are given by number or e-mail address, and null for nobody."""

    category: Annotated[Text, Field(max_length=100)] | None = None
    business_owner: Person = None
    technical_owner: Person = None
    status: Status | None = None
    criticality: Criticality | None = None
    notes: Annotated[Text, Field(max_length=20_000)] | None = None
    tags: Annotated[list[Sought], Field(max_length=50)] | None = None
    inactive_after: Annotated[int, Field(ge=1, le=3_650), Whole] | None = None
    allocation: Literal["seat", "usage", "fixed"] | None = None
    shares: dict[Short, Annotated[int, Field(ge=1, le=100), Whole]] | None = None
    fields: dict[Short, Any] | None = None


class NewApplication(ApplicationGiven):
    name: Annotated[Short, Field(min_length=1)]


class ApplicationChanged(ApplicationGiven):
    name: Annotated[Short, Field(min_length=1)] | None = None
    owner: Annotated[Text, Field(max_length=254)] | None = None
    comment: Annotated[Text, Field(max_length=2_000)] = ""


class Other(Given):
    other: Annotated[Id, Whole]


class ApplicationSplit(Given):
    """`name` of a new application, or `to`: one that is known; a merged one comes back."""

    name: Short = ""
    to: Annotated[Id, Whole] | None = None
    instances: Numbers
    apps: Numbers
    contracts: Numbers
    licenses: Numbers
    vendors: Annotated[list[Short], Field(default_factory=list, max_length=1_000)]


class MergingOut(Schema):
    id: int
    what: Literal["merged", "split"]
    said: str
    application: int | None
    other: int | None
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class ApplicationEditOut(Schema):
    id: int
    at: datetime
    by: str
    what: str
    said: list[str]
    comment: str
    change: int | None


@router.get("/applications", response=read_one(Listed[ApplicationOut]))
def list_applications(request: HttpRequest, page: Annotated[ApplicationQuery, Query()]) -> Any:
    """`source` is how they are known; `seen` are all that are not connected."""
    fields = record.custom_fields()
    asked = {**page.dict(exclude={"field"}), **_custom(page.field, fields)}
    try:
        rows = narrowing.narrowed(applications(), asked, fields)
    except BadRequest as error:
        raise wrong("field", str(error)) from None
    return page_of(rows, page, facts_of_all)


def _custom(given: Sequence[str], fields: Sequence[CustomField]) -> dict[str, str]:
    known = {field.name.casefold(): field for field in fields}
    asked = {}
    for text in given:
        name, _, value = text.partition(":")
        field = known.get(name.strip().casefold())
        if field is None:
            raise not_found("field")
        asked[f"field_{field.pk}"] = value.strip()
    return asked


@router.post("/applications", response=created(ApplicationOut))
def add_application(request: HttpRequest, data: NewApplication) -> Any:
    """One that nobody shows. When an app shows it later, by that name, it is the same."""
    made = ledger.add(_said(data), by=actor(request))
    return 201, facts_of(_application(made.pk))


@router.get("/applications/{id}", response=read_one(ApplicationWithSources))
def get_application(request: HttpRequest, id: Id) -> Any:
    return _told(id)


@router.patch("/applications/{id}", response=created(ApplicationWithSources, 200))
def change_application(request: HttpRequest, id: Id, data: ApplicationChanged) -> Any:
    """Only what is given. `comment` stands in the history beside what changed."""
    row = _application(id)
    ledger.change(row, _said(data), by=actor(request), comment=data.comment)
    return _told(id)


_MAY_BE_NULL = ("business_owner", "technical_owner", "inactive_after")


def _said(data: ApplicationGiven) -> dict[str, Any]:
    """Null where it means nobody or nothing; elsewhere it says as little as leaving it out."""
    given = data.dict(exclude_unset=True, exclude={"comment"})
    return {n: v for n, v in given.items() if v is not None or n in _MAY_BE_NULL}


@router.delete("/applications/{id}", response=accepted(Accepted, 200))
def remove_application(request: HttpRequest, id: Id) -> Any:
    """Only one that nobody shows and nothing hangs on."""
    ledger.remove(_application(id), by=actor(request))
    return {"accepted": True}


@router.get("/applications/{id}/history", response=read_one(Listed[ApplicationEditOut]))
def history(request: HttpRequest, id: Id, page: Page) -> Any:
    """What people have said of it, newest first."""
    row = _application(id)
    edits = application_history.edits_of(row).order_by()

    def told(found: list[Any]) -> list[Any]:
        return [line.facts() for line in application_history.lines(found, row)]

    return page_of(edits, page, told, newest_first=True)


@router.post("/applications/{id}/merge", response=created(MergingOut, 200))
def merge(request: HttpRequest, id: Id, data: Other) -> Any:
    """All that is known of the other belongs to this one, in every later sync too."""
    change = merging.merge(_application(id), _application(data.other), by=actor(request))
    return application_history.facts_of_change(change)


@router.post("/applications/{id}/split", response=created(MergingOut, 200))
def split(request: HttpRequest, id: Id, data: ApplicationSplit) -> Any:
    """These sources are another application, in every later sync too."""
    sources = merging.Sources(
        data.instances, data.apps, data.contracts, data.licenses, data.vendors
    )
    to = None
    if data.to is not None:
        to = Application.objects.filter(pk=data.to).first()
        if to is None:
            raise not_found("application")
    target = merging.Target(data.name, to)
    change = merging.split(_application(id), sources, target, by=actor(request))
    return application_history.facts_of_change(change)


@router.post("/applications/changes/{id}/undo", response=created(MergingOut, 200))
def undo(request: HttpRequest, id: Id) -> Any:
    """Take back a merge or a split."""
    change = ApplicationChange.objects.filter(pk=id).first()
    if change is None:
        raise not_found("change")
    merging.undo(change, by=actor(request))
    change.refresh_from_db()
    return application_history.facts_of_change(change)


def _told(number: int) -> Any:
    row = _application(number)
    return {**facts_of(row), "known_from": sources_of(row).facts()}


def _application(number: int) -> Any:
    row = applications().filter(pk=number).first()
    if row is None:
        raise not_found("application")
    return row
