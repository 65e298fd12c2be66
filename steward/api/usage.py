"""/usage: who uses what, on how many days, and who does not any more."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from steward.api.days import Day
from steward.api.paging import Id, PageQuery, given_before, next_of
from steward.api.problems import wrong
from steward.api.responses import read
from steward.api.schemas import Text
from steward.insight.reports import BadRequest
from steward.insight.usage import Scope
from steward.insight.usage_facts import facts_of, list_of, result_of

router = Router(tags=["inventory"])

Source = Literal["direct", "sign-ins", "grants"]
Sought = Annotated[Text, Field(max_length=200)]


class UsageQuery(PageQuery):
    application: Id | None = None
    person: Id | None = None
    department: Sought = ""
    days: Annotated[int, Field(ge=1, le=400)] | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    group_by: Annotated[Text, Field(max_length=100)] = ""
    group: Sought = ""
    list: Literal["applications", "people", "groups"] | None = None
    who: Literal["active", "was-active", "not-active", "inactive", "never", "unknown"] | None = None
    q: Sought = ""


class PeriodOut(Schema):
    from_: Annotated[str, Field(alias="from")]
    to: str
    days: int


class UsedApplication(Schema):
    """`inactive_after` is after how many days somebody counts as inactive."""

    id: int
    name: str
    source: Source | None
    active_means: str | None
    days_known_since: str | None
    inactive_after: int


class Figures(Schema):
    """Null is not known; `share` is of those of whom it is, in hundredths."""

    users: int
    active: int | None
    inactive: int | None
    never: int | None
    unknown: int
    share: int | None


class Point(Schema):
    """A day, or the week that begins with it. Null: nobody tells."""

    from_: Annotated[str, Field(alias="from")]
    active: int | None
    within_7_days: int | None


class UserUse(Schema):
    of: Literal["user"]
    person: int | None
    account: int | None
    application: int | None
    application_name: str | None
    name: str
    email: str
    department: str | None
    title: str | None
    manager: str | None
    location: str | None
    employment_type: str | None
    days_active: int | None
    last_active: str | None
    inactive_since: str | None
    standing: Literal["active", "inactive", "never", "unknown"]
    source: Source | None
    status: Literal["active", "disabled", "removed"]


class ApplicationUse(Schema):
    of: Literal["application"]
    application: int
    name: str
    users: int
    active: int | None
    share: int | None
    active_before: int | None
    change: int | None
    source: Source | None
    days_known_since: str | None


class GroupUse(Schema):
    of: Literal["group"]
    group: str
    users: int
    active: int | None
    share: int | None


class UsageOut(Schema):
    period: PeriodOut
    application: UsedApplication | None
    figures: Figures
    trend: list[Point]
    listed: Literal["applications", "people", "groups"]
    total: int
    items: list[UserUse | ApplicationUse | GroupUse]
    provenance: dict[str, Any]
    next: str | None


@router.get("/usage", response=read(UsageOut), by_alias=True)
def get_usage(request: HttpRequest, asked: Annotated[UsageQuery, Query()]) -> Any:
    """Of the last 30 days, or of `days`, or `from` one day `to` another. `items` are the users of
    the `application`, or what a `person` uses; else the applications; and with `group_by` (an
    attribute of the directory) groups. `list` asks for another of the three."""
    try:
        scope = Scope.asked(_filters(asked))
        shown = list_of(scope, asked.list or "")
        result = result_of(scope, shown, asked.who or "", asked.q)
    except BadRequest as error:
        raise wrong("query", str(error)) from None
    facts = facts_of(scope, result, shown, given_before(asked), asked.limit)
    return facts | {"next": next_of(asked, result.total)}


def _filters(asked: UsageQuery) -> dict[str, str]:
    given = {
        "application": asked.application,
        "person": asked.person,
        "department": asked.department,
        "days": asked.days,
        "from": asked.from_,
        "to": asked.to,
        "group_by": asked.group_by,
        "group": asked.group,
    }
    return {name: str(value) for name, value in given.items() if value}
