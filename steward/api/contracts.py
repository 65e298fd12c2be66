"""/contracts: with whom, for how long, for how much."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from steward.api.access import actor, money_seen
from steward.api.contract_schemas import (
    ContractChange,
    ContractEdit,
    ContractEditOut,
    ContractOut,
    Ending,
    Renewal,
    WholeContract,
)
from steward.api.paging import Id, Page, PageQuery, page_of
from steward.api.problems import not_found
from steward.api.responses import accepted, created, read, read_one
from steward.api.schemas import Accepted, Listed, Text
from steward.insight import contract_history
from steward.insight.contracts import contracts, facts_of, whole_facts_of
from steward.insight.reports.contracts import narrowed
from steward.inventory.contract import Contract
from steward.ledger import contracts as acts

router = Router(tags=["contracts"])
Sought = Annotated[Text, Field(max_length=200)]
LONGEST_WAIT = 3650


class ContractQuery(PageQuery):
    status: (
        Literal[
            "current", "active", "upcoming", "ending", "expired", "ended", "notice-soon",
            "notice-passed", "renewed-itself",
        ]
        | None
    ) = None  # fmt: skip
    application: Id | None = None
    vendor: Sought = ""
    owner: Id | None = None
    within: Annotated[int, Field(ge=1, le=LONGEST_WAIT)] | None = None
    q: Sought = ""


@router.get("", response=read(Listed[ContractOut]))
def list_contracts(request: HttpRequest, page: Annotated[ContractQuery, Query()]) -> Any:
    """`within` are days until it renews or ends; `current` all that hold."""
    seen = money_seen(request)
    rows = narrowed(contracts(), page.dict())
    return page_of(rows, page, lambda found: (facts_of(row, seen) for row in found))


@router.post("", response=created(WholeContract))
def create_contract(request: HttpRequest, data: ContractChange) -> Any:
    made = acts.create(data.dict(exclude_unset=True), by=actor(request))
    return 201, _whole(request, made.pk)


@router.get("/{id}", response=read_one(WholeContract))
def get_contract(request: HttpRequest, id: Id) -> Any:
    return _whole(request, id)


@router.patch("/{id}", response=created(WholeContract, 200))
def edit_contract(request: HttpRequest, id: Id, data: ContractEdit) -> Any:
    row, given = found(id), data.dict(exclude_unset=True)
    acts.edit_and_end(row, given, by=actor(request))
    return _whole(request, id)


@router.delete("/{id}", response=accepted(Accepted, 200))
def delete_contract(request: HttpRequest, id: Id) -> Any:
    """With its lines and documents."""
    acts.delete(found(id), by=actor(request))
    return {"accepted": True}


@router.post("/{id}/renew", response=created(WholeContract, 200))
def renew_contract(request: HttpRequest, id: Id, data: Renewal) -> Any:
    """The next term, or the one that stands where it has renewed by itself. 409 `ended` where it
    has an end."""
    acts.renew(found(id), data.dict(exclude_unset=True), by=actor(request))
    return _whole(request, id)


@router.post("/{id}/end", response=created(WholeContract, 200))
def end_contract(request: HttpRequest, id: Id, data: Ending) -> Any:
    """No more renewals and reminders after that day."""
    acts.end(found(id), data.ended_on, by=actor(request))
    return _whole(request, id)


@router.get("/{id}/edits", response=read_one(Listed[ContractEditOut]))
def list_edits(request: HttpRequest, id: Id, page: Page) -> Any:
    """What was entered and changed, newest first; also of its lines and documents."""
    seen = money_seen(request)
    rows = contract_history.edits_of(found(id))
    rows = rows if seen else rows.exclude(kind="document")
    of = contract_history.facts_of_edit
    return page_of(rows, page, lambda edits: (of(edit, seen) for edit in edits), newest_first=True)


def found(id: int) -> Contract:
    row: Contract | None = Contract.objects.filter(pk=id).first()
    if row is None:
        raise not_found("contract")
    return row


def _whole(request: HttpRequest, id: int) -> Any:
    row = contracts().filter(pk=id).first()
    if row is None:
        raise not_found("contract")
    return whole_facts_of(row, money_seen(request))
