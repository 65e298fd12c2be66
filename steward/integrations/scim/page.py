"""One page of a SCIM list, and how an app refuses to give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import msgspec

from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Problem
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http

COUNT = 200
MOST_PAGES = 1_000_000
Resource: TypeAlias = msgspec.Raw


class NotThere(Unexpected):
    """404: the address is wrong, or the app has no such list."""


class NotOffered(Forbidden):
    """501: the app has the list, or this way of paging it, in name only."""


class CursorRefused(Unexpected):
    """The app does not go on from a cursor that it gave earlier: most of them expire."""


@dataclass(frozen=True)
class Part:
    """`problem` is set where the app gave fewer resources than it said there are, `ids` where they
    have been read already."""

    resources: list[Resource]
    cursor: Cursor
    problem: Problem | None = None
    ids: list[str] | None = None


@dataclass(frozen=True)
class Listed:
    resources: list[Resource]
    total: int | None
    next_cursor: str


def page(http: Http, path: str, **params: Any) -> Listed:
    answer = http.get(path, **params)
    fields = _fields(answer)
    total = _plain(fields, "totalResults")
    known = total if isinstance(total, int) and not isinstance(total, bool) else None
    try:
        resources = msgspec.json.decode(fields["Resources"], type=list[msgspec.Raw] | None)
    except KeyError:
        resources = None if known is not None else _no_list(path)
    except msgspec.ValidationError:
        resources = _no_list(path)
    if resources is None and known is None:
        _no_list(path)
    return Listed(resources or [], known, str(_plain(fields, "nextCursor") or ""))


def _fields(answer: Answer) -> dict[str, msgspec.Raw]:
    try:
        found: dict[str, msgspec.Raw] = msgspec.json.decode(
            answer.body, type=dict[str, msgspec.Raw]
        )
    except msgspec.ValidationError:
        return {}
    except msgspec.DecodeError:
        answer.json()
        raise
    return found


def _plain(fields: dict[str, msgspec.Raw], name: str) -> Any:
    return msgspec.json.decode(fields[name]) if name in fields else None


def _no_list(path: str) -> NoReturn:
    raise Unexpected(
        f"{path} answered, but not with a SCIM list. Check the address; it usually ends in "
        "/scim/v2."
    )
