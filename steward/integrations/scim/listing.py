"""Reading a SCIM list to its end: by index (RFC 7644, 3.4.2.4) or by cursor (RFC 9865).

A cursor for going on is {"start": 201, "total": 500} or {"cursor": "…"}.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import msgspec

from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Problem
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at
from steward.sdk.unread import keys_of

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
    """`problem` is set where the app gave fewer resources than it said there are."""

    resources: list[Resource]
    cursor: Cursor
    problem: Problem | None = None


def parts_of(http: Http, path: str, after: Cursor) -> Iterator[Part]:
    """The kind of paging is the app's choice, by what it announces; a read that was cut short
    goes on in the kind it began with."""
    if after and "start" in after:
        yield from _by_index(http, path, after["start"], after.get("total"))
    elif after or _offers_cursors(http):
        yield from _by_cursor(http, path, after["cursor"] if after else "")
    else:
        yield from _by_index(http, path, 1, None)


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


def configuration(http: Http) -> dict[str, Any]:
    """What the service says of itself; some leave it out, or answer with something else."""
    try:
        found = http.get("ServiceProviderConfig").json()
    except (Unexpected, Forbidden):
        return {}
    return found if isinstance(found, dict) else {}


def _offers_cursors(http: Http) -> bool:
    return at(configuration(http), "pagination.cursor") is True


def _by_cursor(http: Http, path: str, cursor: str) -> Iterator[Part]:
    """When the app no longer takes the cursor with which a read should go on, it starts again:
    that costs time but nobody's account."""
    seen = {cursor}
    try:
        listed = page(http, path, count=COUNT, cursor=cursor)
    except (CursorRefused, NotOffered):
        if not cursor:
            raise
        yield from parts_of(http, path, None)
        return
    while following := listed.next_cursor:
        if following in seen or len(seen) > MOST_PAGES:
            raise Unexpected("The app keeps sending the same page, so its list never ends.")
        seen.add(following)
        yield Part(listed.resources, {"cursor": following})
        listed = page(http, path, count=COUNT, cursor=following)
    yield Part(listed.resources, None)


def _by_index(http: Http, path: str, start: int, total: int | None) -> Iterator[Part]:
    """Servers may give fewer than `count` at will, so the next page starts after what came. When
    the list has shrunk meanwhile, those who moved up are read by stepping back as far. A service
    that does not count is asked until a page brings nothing new."""
    before: list[str] = []
    for _ in range(MOST_PAGES):
        listed = page(http, path, startIndex=start, count=COUNT)
        resources, now = listed.resources, listed.total
        ids = keys_of(resources, "id")
        if resources and ids == before:
            if now is None:
                return
            raise Unexpected("The app keeps sending the same page, so its list never ends.")
        if now is not None and total is not None and now < total and start > 1:
            start, total, before = max(1, start - (total - now)), now, []
            continue
        start, total, before = start + len(resources), now, ids
        if not resources or (total is not None and start > total):
            yield Part(resources, None, _fewer(path, start - 1, total))
            return
        yield Part(resources, {"start": start, "total": total})
    raise Unexpected("The app keeps sending pages without end.")


def _fewer(path: str, given: int, total: int | None) -> Problem | None:
    if total is None or given >= total:
        return None
    return Problem(path, f"the app says that it has {total} of these, and gave {given}")
