"""What the API takes and gives of applications."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from steward.api.paging import Id, PageQuery
from steward.api.schemas import Given, Text, Whole
from steward.api.shapes import shaped

Source = Literal[
    "connected", "sign-on", "sign-ins", "grants", "charges", "contracts", "licenses", "entered"
]
Status = Literal["approved", "unapproved", "unconfirmed"]
Criticality = Literal["", "low", "medium", "high"]
Sought = Annotated[Text, Field(max_length=200)]
Asked = Annotated[
    str,
    shaped(
        r"^[^\x00:]+:[^\x00]*[^\x00\s][^\x00]*$", "It must look like FIELD:VALUE.", max_length=150
    ),
]
Person = Annotated[Id | Annotated[Text, Field(max_length=300)] | None, Whole]
Short = Annotated[Text, Field(max_length=300)]
Numbers = Annotated[list[Annotated[Id, Whole]], Field(default_factory=list, max_length=1_000)]


class Narrowing(Schema):
    """`field` is NAME:VALUE of a field of the company's own, and may be given several times.
    Numbers and days may be compared, as in `Seats:>=100`."""

    model_config = ConfigDict(extra="forbid")

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


class ApplicationQuery(Narrowing, PageQuery):
    pass


class ManyQuery(Narrowing):
    dry_run: bool = False


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


class ManyChanged(ApplicationGiven):
    """`expected` is how many are meant, as a dry run has counted them; 409 `changed` where it is
    another number by now. `ids` are the only ones of them, where there are any."""

    expected: Annotated[int, Field(ge=0), Whole] | None = None
    ids: Numbers
    add_tags: Annotated[list[Sought], Field(default_factory=list, max_length=50)]
    remove_tags: Annotated[list[Sought], Field(default_factory=list, max_length=50)]
    comment: Annotated[Text, Field(max_length=2_000)] = ""


class ManyOut(Schema):
    """Of a dry run `changed` is 0."""

    matched: int
    changed: int


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
