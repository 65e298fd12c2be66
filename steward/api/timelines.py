"""What has happened to an account, a person, an instance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from steward.api.paging import Id, Page, PageQuery
from steward.api.problems import not_found
from steward.api.responses import read_one
from steward.api.schemas import Listed
from steward.insight import timeline
from steward.insight.people import people
from steward.inventory.account import Account
from steward.inventory.instance import Instance

router = Router(tags=["inventory"])


class ChangeOut(Schema):
    field: str
    old: Any
    new: Any


class EventOut(Schema):
    """`what` says which of the others are there: `changes` of an account's fields, the group,
    licence or app in `subject`, the `counts` of a run, or who moved an instance and why."""

    at: datetime
    what: str
    account: int | None
    account_name: str | None
    instance: int | None
    subject: str | None
    changes: list[ChangeOut]
    counts: dict[str, int]
    actor: str | None
    reason: str | None


@router.get("/accounts/{id}/timeline", response=read_one(Listed[EventOut]))
def account_timeline(request: HttpRequest, id: Id, page: Page) -> Any:
    account = Account.objects.present().select_related("instance").filter(pk=id).first()
    return _page(timeline.of_account, account or _none("account"), page)


@router.get("/people/{id}/timeline", response=read_one(Listed[EventOut]))
def person_timeline(request: HttpRequest, id: Id, page: Page) -> Any:
    person = people().filter(pk=id).first()
    return _page(timeline.of_person, person or _none("person"), page)


@router.get("/instances/{id}/timeline", response=read_one(Listed[EventOut]))
def instance_timeline(request: HttpRequest, id: Id, page: Page) -> Any:
    instance = Instance.objects.present().filter(pk=id).first()
    return _page(timeline.of_instance, instance or _none("instance"), page)


def _none(what: str) -> Any:
    raise not_found(what)


def _page(
    events_of: Callable[[Any, int, int], list[timeline.Event]], of: Any, page: PageQuery
) -> dict[str, Any]:
    """Events have no number, so the cursor says how many were given."""
    given = min(int(page.cursor[1:] or "0", 16), timeline.DEEPEST)
    found = events_of(of, given, page.limit + 1)
    here = found[: page.limit]
    more = len(found) > page.limit
    return {
        "items": [timeline.facts_of(event) for event in here],
        "next": f"c{given + len(here):x}" if more else None,
    }
