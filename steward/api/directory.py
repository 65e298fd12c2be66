"""/directory: which instances say who is employed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool

from steward.api.access import actor
from steward.api.paging import Id
from steward.api.problems import not_found
from steward.api.responses import created, read
from steward.api.schemas import Given
from steward.insight.descriptions import choice
from steward.sync.directory import choose

router = Router(tags=["people"])


class DirectoryInstance(Schema):
    """`directory` says whether it is a directory or sign-on service, `decides` whether its word
    on who is employed counts now."""

    id: int
    name: str
    integration: str
    directory: bool
    decides: bool


class PeopleList(Schema):
    """The imported one. `believed`: it goes before what the instances say."""

    people: int
    believed: bool
    imported_at: datetime | None


class DirectoryOut(Schema):
    """`chosen` is empty where whoever any directory lists works here; `describing` is true while
    people are described anew after the choice has changed."""

    chosen: list[int]
    describing: bool
    people_list: PeopleList
    instances: list[DirectoryInstance]


class Choice(Given):
    """Without `people_list` it is believed, or not, as before."""

    instances: Annotated[list[Id], Field(max_length=100)]
    people_list: StrictBool | None = None


@router.get("/directory", response=read(DirectoryOut))
def get_directory(request: HttpRequest) -> Any:
    return choice()


@router.put("/directory", response=created(DirectoryOut, 200))
def put_directory(request: HttpRequest, data: Choice) -> Any:
    """The whole choice; an empty one means whoever any directory lists."""
    known = {row["id"] for row in choice()["instances"]}
    if not known.issuperset(data.instances):
        raise not_found("instance")
    choose(data.instances, by=actor(request), people_list=data.people_list)
    return choice()
