"""Reading a SCIM list to its end: by index (RFC 7644, 3.4.2.4) or by cursor (RFC 9865).

A cursor for going on is {"start": 201, "total": 500, "last": "id of the 200th"} or
{"cursor": "…"}.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
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


class Lists:
    """Those of one service, which is asked once how it pages them."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def parts(self, path: str, after: Cursor) -> Iterator[Part]:
        """The kind of paging is the app's choice, by what it announces; a read that was cut short
        goes on in the kind it began with."""
        if after and "cursor" in after:
            yield from self._by_cursor(path, after["cursor"])
        elif not after and self._offers_cursors:
            yield from self._by_cursor(path, "")
        else:
            yield from by_index(partial(self._from, path), path, Place.of(after or {}))

    def _from(self, path: str, start: int, count: int) -> Listed:
        return page(self._http, path, startIndex=start, count=count)

    @cached_property
    def _offers_cursors(self) -> bool:
        return at(configuration(self._http), "pagination.cursor") is True

    def _by_cursor(self, path: str, cursor: str) -> Iterator[Part]:
        """When the app no longer takes the cursor with which a read should go on, it starts again:
        that costs time but nobody's account."""
        seen = {cursor}
        try:
            listed = page(self._http, path, count=COUNT, cursor=cursor)
        except (CursorRefused, NotOffered):
            if not cursor:
                raise
            yield from self.parts(path, None)
            return
        while following := listed.next_cursor:
            if following in seen or len(seen) > MOST_PAGES:
                raise Unexpected("The app keeps sending the same page, so its list never ends.")
            seen.add(following)
            yield Part(listed.resources, {"cursor": following})
            listed = page(self._http, path, count=COUNT, cursor=following)
        yield Part(listed.resources, None)


def configuration(http: Http) -> dict[str, Any]:
    """What the service says of itself; some leave it out, or answer with something else."""
    try:
        found = http.get("ServiceProviderConfig").json()
    except (Unexpected, Forbidden):
        return {}
    return found if isinstance(found, dict) else {}
