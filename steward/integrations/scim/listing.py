"""Reading a SCIM list to its end: by index (RFC 7644, 3.4.2.4) or by cursor (RFC 9865).

A cursor for going on is {"start": 201, "total": 500, "last": "id of the 200th"} or
{"cursor": "…"}.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from steward.integrations.scim.by_index import Place, by_index
from steward.integrations.scim.page import (
    COUNT,
    MOST_PAGES,
    CursorRefused,
    Listed,
    NotOffered,
    Part,
    page,
)
from steward.sdk.connector import Cursor
from steward.sdk.errors import Forbidden, Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at


def parts_of(http: Http, path: str, after: Cursor) -> Iterator[Part]:
    """The kind of paging is the app's choice, by what it announces; a read that was cut short
    goes on in the kind it began with."""
    if after and "cursor" in after:
        yield from _by_cursor(http, path, after["cursor"])
    elif not after and _offers_cursors(http):
        yield from _by_cursor(http, path, "")
    else:
        ask = partial(_from_index, http, path)
        yield from by_index(ask, path, Place.of(after or {}))


def _from_index(http: Http, path: str, start: int) -> Listed:
    return page(http, path, startIndex=start, count=COUNT)


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
