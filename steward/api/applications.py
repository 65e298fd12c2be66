"""/applications: what the company uses, what is said of it, merging and splitting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from steward.api.access import actor
from steward.api.application_schemas import (
    ApplicationChanged,
    ApplicationEditOut,
    ApplicationGiven,
    ApplicationOut,
    ApplicationQuery,
    ApplicationSplit,
    ApplicationWithSources,
    ManyChanged,
    ManyOut,
    ManyQuery,
    MergingOut,
    Narrowing,
    NewApplication,
    Other,
)
from steward.api.paging import Id, Page, page_of
from steward.api.problems import not_found, wrong
from steward.api.responses import accepted, created, read_one
from steward.api.schemas import Accepted, Listed
from steward.insight import application_history, narrowing, record
from steward.insight.application_sources import sources_of
from steward.insight.applications import applications, facts_of, facts_of_all
from steward.insight.reports import BadRequest
from steward.inventory.application import Application, CustomField
from steward.inventory.merging import ApplicationChange
from steward.ledger import applications as ledger
from steward.ledger import many_applications as many
from steward.sync import merging

router = Router(tags=["applications"])


@router.get("/applications", response=read_one(Listed[ApplicationOut]))
def list_applications(request: HttpRequest, page: Annotated[ApplicationQuery, Query()]) -> Any:
    """`source` is how they are known; `seen` are all that are not connected."""
    return page_of(_narrowed(page), page, facts_of_all)


@router.patch("/applications", response=created(ManyOut, 200))
def change_many(
    request: HttpRequest, asked: Annotated[ManyQuery, Query()], data: ManyChanged
) -> Any:
    """All that fit at this moment, with the filters of the list: all of them or, where one would
    be wrong, none. Each keeps it in its own history. `too_many` where they are more than 5,000."""
    fitting = _narrowed(asked)
    if data.ids:
        fitting = fitting.filter(pk__in=data.ids)
    if asked.dry_run:
        return {"matched": len(many.numbers_of(fitting)), "changed": 0}
    if data.expected is None:
        raise wrong("expected", "Say how many are meant; a dry run counts them.")
    change = many.Change(_said(data), data.add_tags, data.remove_tags, data.comment)
    made = many.change_all(fitting, change, by=actor(request), expected=data.expected)
    return {"matched": made.matched, "changed": made.changed}


def _narrowed(asked: Narrowing) -> Any:
    fields = record.custom_fields()
    narrow = {**asked.dict(exclude={"field"}), **_custom(asked.field, fields)}
    try:
        return narrowing.narrowed(applications(), narrow, fields)
    except BadRequest as error:
        raise wrong("field", str(error)) from None


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


_BESIDE = {"comment", "expected", "ids", "add_tags", "remove_tags"}
_MAY_BE_NULL = ("business_owner", "technical_owner", "inactive_after")


def _said(data: ApplicationGiven) -> dict[str, Any]:
    """Null where it means nobody or nothing; elsewhere it says as little as leaving it out."""
    given = data.dict(exclude_unset=True, exclude=_BESIDE)
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
