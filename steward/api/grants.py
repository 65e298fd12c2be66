"""/grants: which app was let in to whose data, and what it may do there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from steward.api.days import Day, day_of
from steward.api.paging import Id, PageQuery, page_of
from steward.api.responses import read
from steward.api.schemas import Listed
from steward.insight.grants import facts_of, grants

router = Router(tags=["inventory"])


class GrantQuery(PageQuery):
    application: Id | None = None
    person: Id | None = None
    instance: Id | None = None
    as_of: Day | None = None


class GrantOut(Schema):
    """`account` and `person` are null where an administrator has let the app in for everybody;
    `publisher` and `verified` where nobody says. `granted_by` is the id of an account in the
    instance's app, `granted_by_account` its number here."""

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
    since: datetime
    granted_at: datetime | None
    last_used_at: datetime | None
    granted_by: str | None
    granted_by_account: int | None


@router.get("/grants", response=read(Listed[GrantOut]))
def list_grants(request: HttpRequest, page: Annotated[GrantQuery, Query()]) -> Any:
    """`as_of` gives those that held at the end of that day, in UTC."""
    rows = grants(day_of(page.as_of))
    if page.application:
        rows = rows.filter(app__application=page.application)
    if page.person:
        rows = rows.filter(account__person=page.person)
    if page.instance:
        rows = rows.filter(instance__pk=page.instance)
    return page_of(rows, page, facts_of)
