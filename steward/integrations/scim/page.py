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


class _Body(msgspec.Struct, gc=False):
    total: Any = msgspec.field(default=None, name="totalResults")
    next_cursor: Any = msgspec.field(default=None, name="nextCursor")
    resources: list[msgspec.Raw] | None = msgspec.field(default=None, name="Resources")


_decoder = msgspec.json.Decoder(_Body)


def page(http: Http, path: str, **params: Any) -> Listed:
    body = _body(http.get(path, **params), path)
    known = isinstance(body.total, int) and not isinstance(body.total, bool)
    if body.resources is None and not known:
        _no_list(path)
    total = body.total if known else None
    return Listed(body.resources or [], total, str(body.next_cursor or ""))


def _body(answer: Answer, path: str) -> _Body:
    try:
        return _decoder.decode(answer.body)
    except msgspec.ValidationError:
        _no_list(path)
    except msgspec.DecodeError:
        answer.json()
        raise


def _no_list(path: str) -> NoReturn:
    raise Unexpected(
        f"{path} answered, but not with a SCIM list. Check the address; it usually ends in "
        "/scim/v2."
    )
