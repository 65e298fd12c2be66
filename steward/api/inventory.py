"""/accounts, /people, /integrations: who has what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from steward.api.days import Day, as_of_day
from steward.api.paging import Id, PageQuery, page_of
from steward.api.problems import not_found
from steward.api.responses import read, read_one
from steward.api.schemas import (
    AccountOut,
    IntegrationOut,
    Listed,
    PersonOut,
    PersonWithAccounts,
    Text,
)
from steward.insight import facts, people
from steward.insight.descriptions import described_as
from steward.inventory.account import Account
from steward.inventory.history import accounts_at
from steward.inventory.instance import Instance
from steward.sdk.catalogue import integrations

router = Router(tags=["inventory"])


Sought = Annotated[Text, Field(max_length=200)]


class AccountQuery(PageQuery):
    instance: Id | None = None
    person: Id | None = None
    status: Literal["active", "disabled", "removed"] | None = None
    q: Sought = ""
    as_of: Day | None = None


class PeopleQuery(PageQuery):
    q: Sought = ""
    department: Sought = ""
    location: Sought = ""
    manager: Sought = ""
    employment_type: Sought = ""


@router.get("/accounts", response=read(Listed[AccountOut]))
def list_accounts(request: HttpRequest, page: Annotated[AccountQuery, Query()]) -> Any:
    """`as_of` gives them as they stood at the end of that day, in UTC."""
    day = as_of_day(page.as_of)
    rows = accounts_at(day) if day else Account.objects.all()
    rows = rows.prefetch_related("instance")
    if page.instance:
        rows = rows.present().filter(instance__pk=page.instance)
    else:
        rows = rows.present_in_order()
    if page.person:
        rows = rows.filter(person=page.person)
    if page.status:
        rows = rows.filter(status=page.status)
    if page.q:
        text = page.q
        rows = rows.filter(
            Q(name__icontains=text) | Q(email__icontains=text) | Q(username__icontains=text)
        )
    if day:
        return page_of(rows, page, facts.of_past_accounts, by="account_id")
    return page_of(rows, page, lambda accounts: map(facts.of_account, accounts))


@router.get("/people", response=read(Listed[PersonOut]))
def list_people(request: HttpRequest, page: Annotated[PeopleQuery, Query()]) -> Any:
    rows = people.people()
    if page.q:
        rows = rows.filter(people.called(page.q))
    rows = described_as(rows, page.dict())
    return page_of(rows, page, lambda found: map(people.facts_of, found))


@router.get("/people/{id}", response=read_one(PersonWithAccounts))
def get_person(request: HttpRequest, id: Id) -> Any:
    person = people.people().filter(pk=id).first()
    if person is None:
        raise not_found("person")
    accounts = Account.objects.present().filter(person=person).select_related("instance")
    return {
        **people.facts_of(person),
        "emails": list(person.emails.order_by("key").values_list("key", flat=True)),
        "items": [facts.of_account(a) for a in accounts.order_by("pk")],
    }


@router.get("/integrations", response=read(Listed[IntegrationOut]))
def list_integrations(request: HttpRequest) -> Any:
    return {"items": [_integration(slug) for slug in integrations()], "next": None}


@router.get("/integrations/{slug}", response=read_one(IntegrationOut))
def get_integration(request: HttpRequest, slug: str) -> Any:
    if slug not in integrations():
        raise not_found("integration")
    return _integration(slug)


def _integration(slug: str) -> dict[str, Any]:
    count = Instance.objects.present().filter(integration=slug).count()
    return facts.of_integration(integrations()[slug], count)
