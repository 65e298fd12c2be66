"""/findings: what is wrong by which rule, its evidence, and accepting it for a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from steward.api.access import actor
from steward.api.days import Day, day_of
from steward.api.paging import Id, PageQuery, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import created, read, read_one
from steward.api.schemas import Given, Listed, Text
from steward.insight.findings import reading
from steward.inventory.finding import Finding
from steward.ledger import findings as ledger

router = Router(tags=["findings"])

Severity = Literal["low", "medium", "high", "critical"]
FindingState = Literal["open", "accepted", "ended"]


class FindingQuery(PageQuery):
    rule: Annotated[Text, Field(max_length=40)] = ""
    severity: Severity | Literal["grave"] | None = None
    state: FindingState | Literal["all"] = "open"
    application: Id | None = None
    instance: Id | None = None
    account: Id | None = None
    person: Id | None = None
    q: Annotated[Text, Field(max_length=1_000)] = ""


class RuleFinding(Schema):
    """`said` is the evidence in a sentence and `evidence` the same as facts, which differ by rule.
    `account` or, for a third-party app, `application` alone is what it is about. An acceptance
    holds to the end of `accepted_until`, in UTC."""

    id: int
    rule: str
    title: str
    severity: Severity
    state: FindingState
    name: str
    said: str
    evidence: dict[str, Any]
    account: int | None
    person: int | None
    instance: int | None
    application: int | None
    found_at: datetime
    ended_at: datetime | None
    accepted_until: date | None
    reason: str | None
    accepted_by: str | None
    accepted_at: datetime | None
    todo: str


class RuleFindingLine(Schema):
    at: datetime
    by: str
    what: str
    said: str
    reason: str | None


class RuleFindingWithHistory(RuleFinding):
    history: list[RuleFindingLine]


class FindingRule(Schema):
    """`not_asked`: in which instances the rule cannot be asked, and why, in sentences."""

    rule: str
    title: str
    severity: Severity
    means: str
    todo: str
    open: int
    accepted: int
    not_asked: list[str]


class FindingChange(Given):
    """To `accepted`, with a reason and the last day on which that holds; to `open`, to take an
    acceptance back."""

    state: Literal["accepted", "open"] = "accepted"
    reason: Text = ""
    until: Day | None = None


@router.get("/findings", response=read(Listed[RuleFinding]))
def list_findings(request: HttpRequest, page: Annotated[FindingQuery, Query()]) -> Any:
    """The open ones, unless `state` asks for others. `severity` may be `grave` for high and
    critical. Those of an application are those of its accounts too."""
    asked = page.model_dump(exclude={"limit", "cursor"})
    rows = reading.with_all(reading.narrowed(reading.findings(), asked))
    return page_of(rows, page, reading.facts_of, newest_first=True)


@router.get("/findings/rules", response=read(Listed[FindingRule]))
def list_rules(request: HttpRequest) -> Any:
    """What each rule looks for, and how many of its findings are open and accepted."""
    return {"items": [standing.facts() for standing in reading.standings()], "next": None}


@router.get("/findings/{id}", response=read_one(RuleFindingWithHistory))
def get_finding(request: HttpRequest, id: Id) -> Any:
    return _whole(_found(id))


@router.patch("/findings/{id}", response=created(RuleFindingWithHistory, 200))
def change_finding(request: HttpRequest, id: Id, body: FindingChange) -> Any:
    """Accept it, or take the acceptance back."""
    row = _found(id)
    if body.state == "open":
        if body.reason or body.until:
            raise wrong("state", "A reason and a day are for accepting it.")
        ledger.withdraw(row, by=actor(request))
    else:
        until = day_of(body.until, "until")
        ledger.accept(row, reason=body.reason, until=until, by=actor(request))
    return _whole(_found(id))


def _found(id: int) -> Finding:
    row = reading.with_all(reading.findings()).filter(pk=id).first()
    if row is None:
        raise not_found("finding")
    found: Finding = row
    return found


def _whole(row: Finding) -> dict[str, Any]:
    (facts,) = reading.facts_of([row])
    return {**facts, "history": [line.facts() for line in reading.history(row)]}
