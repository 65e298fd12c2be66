"""/grants: which app was let in to whose data, what it may do there, and how risky that is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from steward.api.access import actor
from steward.api.days import Day, as_of_day, day_of
from steward.api.paging import Id, PageQuery, page_of
from steward.api.problems import not_found
from steward.api.responses import created, read, read_one
from steward.api.schemas import Given, Listed, Text
from steward.insight import access_filters, secure
from steward.insight.grants import facts_of, grants, lean
from steward.ledger import applications as ledger

router = Router(tags=["inventory"])

Level = Literal["unknown", "low", "medium", "high", "critical"]
Risk = Literal["risky", "unknown", "low", "medium", "high", "critical"]
Approval = Literal["approved", "unapproved", "unconfirmed"]
Status = Literal["approved", "unapproved", "unconfirmed", "not-approved"]
Sought = Annotated[Text, Field(max_length=1_000)]
Days = Annotated[int, Field(ge=1, le=3_650)]


class GrantQuery(PageQuery):
    application: Id | None = None
    person: Id | None = None
    instance: Id | None = None
    as_of: Day | None = None
    scope: Sought = ""
    risk: Risk | None = None
    status: Status | None = None
    since: Day | None = None


class GrantOut(Schema):
    """`account` and `person` are null where the app was let in for everybody, and `how` then says
    how that comes about there; `publisher` and `verified` are null where nobody says. `granted_by`
    is the id of an account in the instance's app, `granted_by_account` its number here."""

    id: int
    instance: int
    application: int | None
    app: str
    publisher: str | None
    verified: bool | None
    account: int | None
    account_name: str | None
    person: int | None
    scopes: list[str]
    risk: Level
    since: datetime
    granted_at: datetime | None
    last_used_at: datetime | None
    appeared_at: datetime | None
    granted_by: str | None
    granted_by_account: int | None
    how: str | None


class ScopeOut(Schema):
    """`means` and `why` are null, and the risk is `unknown`, where Steward does not know it."""

    scope: str
    integration: str
    known: bool
    means: str | None
    risk: Level
    why: str | None
    for_everybody: bool
    applications: int
    grants: int


class AccessOut(Schema):
    """`first_seen_at` and `newest_at` are null for what was there when Steward first looked, where
    the app does not date it. `why` says in a sentence what makes it as risky as it is."""

    application: int
    name: str
    publisher: str | None
    verified: bool | None
    risk: Level
    why: str
    for_everybody: bool
    people: int
    scopes: int
    unknown_scopes: int
    first_seen_at: datetime | None
    newest_at: datetime | None
    last_used_at: datetime | None
    status: Approval


class WayOut(Schema):
    vendor: str
    heading: str
    link: str
    steps: list[str]


class AccessWithScopes(AccessOut):
    """`revoking`: the steps to take at the vendor. Steward itself takes nothing away there."""

    held: list[ScopeOut]
    revoking: list[WayOut]


class AccessQuery(PageQuery):
    """`new`: first let in within so many days; `risky`: high or critical since so many days."""

    risk: Risk | None = None
    status: Status | None = None
    new: Days | None = None
    risky: Days | None = None
    instance: Id | None = None
    scope: Sought = ""
    q: Sought = ""


class Judged(Given):
    status: Approval | None = None
    comment: Annotated[Text, Field(max_length=2_000)] = ""


@router.get("/grants", response=read(Listed[GrantOut]))
def list_grants(request: HttpRequest, page: Annotated[GrantQuery, Query()]) -> Any:
    """`as_of` gives those that held at the end of that day, in UTC. `scope` is one whole scope;
    `risk` may be `risky` for high and critical; `since` gives what appeared from that day on."""
    all_rows = grants(as_of_day(page.as_of))
    rows = access_filters.narrowed_grants(all_rows, _asked(page))
    if page.application:
        rows = rows.filter(app__application=page.application)
    if page.person:
        rows = rows.filter(account__person=page.person)
    if page.instance:
        rows = rows.filter(instance__pk=page.instance)

    def whole(found: list[Any]) -> Any:
        return facts_of(lean(all_rows).filter(pk__in=[row.pk for row in found]).order_by("pk"))

    # Which ones are on the page is found without all that hangs on each.
    return page_of(rows.select_related(None).only("pk"), page, whole)


def _asked(page: GrantQuery) -> dict[str, Any]:
    day = day_of(page.since, "since")
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None
    return {"holds": page.scope, "risk": page.risk, "status": page.status, "since": since}


@router.get("/grants/applications", response=read(Listed[AccessOut]))
def list_applications_with_access(
    request: HttpRequest, page: Annotated[AccessQuery, Query()]
) -> Any:
    """Applications that were let in, each with its gravest risk."""
    rows = access_filters.narrowed_applications(secure.applications_with_access(), page.dict())
    return page_of(rows, page, secure.facts_of_all)


@router.get("/grants/applications/{id}", response=read_one(AccessWithScopes))
def get_application_access(request: HttpRequest, id: Id) -> Any:
    """What one application may do, scope by scope, and how to take it back at the vendor."""
    return _access(id).all_facts()


@router.patch("/grants/applications/{id}", response=created(AccessWithScopes, 200))
def judge_application(request: HttpRequest, id: Id, data: Judged) -> Any:
    """Approve or refuse it. The comment stands in the application's history."""
    values = {"status": data.status} if data.status else {}
    ledger.change(_access(id).application, values, by=actor(request), comment=data.comment)
    return _access(id).all_facts()


@router.get("/grants/scopes", response=read(Listed[ScopeOut]))
def list_scopes(request: HttpRequest) -> Any:
    """Every scope that an app holds, the gravest first. It is one page."""
    return {"items": [one.facts() for one in secure.held_scopes()], "next": None}


def _access(id: int) -> secure.Access:
    found = secure.access_of(id)
    if found is None:
        raise not_found("application with access")
    return found
