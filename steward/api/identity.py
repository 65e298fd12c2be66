"""Who is who: what nobody but an admin can say, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from steward.api.access import actor
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import created, read, read_one
from steward.api.schemas import Given, Listed
from steward.insight import matches
from steward.insight.lookalikes import lookalikes
from steward.insight.people import people
from steward.inventory.account import Account
from steward.inventory.identity import IdentityChange
from steward.inventory.person import Person
from steward.sync import identity

router = Router(tags=["people"])


class Named(Schema):
    id: int
    name: str
    email: str


class CandidateOut(Named):
    why: str


class DoubtOut(Schema):
    account: int
    account_name: str
    instance: int
    why: str
    candidates: list[CandidateOut]


class AlikeOut(Schema):
    one: Named
    other: Named
    why: str


class IdentityChangeOut(Schema):
    id: int
    what: Literal["decided", "merged", "split", "kept_apart"]
    said: str
    person: int | None
    other: int | None
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Owner(Given):
    """`person` for somebody known; otherwise a `kind`: `new` for somebody who is not known yet,
    `service` or `shared` for an account that is nobody's."""

    person: Id | None = None
    kind: Literal["", "new", "service", "shared"] = ""


class OtherPerson(Given):
    other: Id


class SplitOff(Given):
    accounts: Annotated[list[Id], Field(min_length=1, max_length=500)]


@router.get("/matches/accounts", response=read(Listed[DoubtOut]))
def doubtful_accounts(request: HttpRequest, page: Page) -> Any:
    """Accounts of which nobody knows whose they are, with who they might be."""
    rows = matches.doubtful_accounts()
    return page_of(rows, page, lambda found: map(matches.facts_of_doubt, matches.doubts(found)))


@router.get("/matches/people", response=read(Listed[AlikeOut]))
def people_alike(request: HttpRequest) -> Any:
    """Pairs of people who may be one, the likeliest first."""
    return {"items": [matches.facts_of_alike(a) for a in lookalikes()], "next": None}


@router.post("/accounts/{id}/owner", response=created(IdentityChangeOut, 200))
def decide(request: HttpRequest, id: Id, data: Owner) -> Any:
    """Say whose an account is. It holds in every later sync."""
    account = Account.objects.present().select_related("instance").filter(pk=id).first()
    if account is None:
        raise not_found("account")
    if (data.person is None) == (data.kind == ""):
        raise wrong("person", "Give a person, or a kind: new, service or shared.")
    person = _person(data.person) if data.person else None
    kind = data.kind if data.kind in identity.NOBODYS else ""
    return _told(identity.decide(account, person=person, kind=kind, by=actor(request)))


@router.get("/people/{id}/changes", response=read_one(Listed[IdentityChangeOut]))
def changes(request: HttpRequest, id: Id, page: Page) -> Any:
    """What admins have decided about somebody, newest first."""
    rows = matches.changes_of(_person(id))
    return page_of(rows, page, lambda found: map(_told, found), newest_first=True)


@router.post("/people/{id}/merge", response=created(IdentityChangeOut, 200))
def merge(request: HttpRequest, id: Id, data: OtherPerson) -> Any:
    """All accounts and addresses of the other become this person's."""
    return _told(identity.merge(_person(id), _person(data.other), by=actor(request)))


@router.post("/people/{id}/split", response=created(IdentityChangeOut, 200))
def split(request: HttpRequest, id: Id, data: SplitOff) -> Any:
    """These accounts become those of somebody new."""
    rows = Account.objects.present().select_related("instance").filter(pk__in=data.accounts)
    return _told(identity.split(_person(id), list(rows), by=actor(request)))


@router.post("/people/{id}/apart", response=created(IdentityChangeOut, 200))
def keep_apart(request: HttpRequest, id: Id, data: OtherPerson) -> Any:
    """They look alike and are two; they are not asked about again."""
    return _told(identity.keep_apart(_person(id), _person(data.other), by=actor(request)))


@router.post("/changes/{id}/undo", response=created(IdentityChangeOut, 200))
def undo(request: HttpRequest, id: Id) -> Any:
    """Put back what is still where the change has put it."""
    change = IdentityChange.objects.filter(pk=id).first()
    if change is None:
        raise not_found("change")
    identity.undo(change, by=actor(request))
    change.refresh_from_db()
    return _told(change)


def _told(change: IdentityChange) -> Any:
    return matches.facts_of_change(change)


def _person(number: int) -> Person:
    found: Person | None = people().filter(pk=number).first()
    if found is None:
        raise not_found("person")
    return found
