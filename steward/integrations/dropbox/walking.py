"""Walking Dropbox's lists: a first question, then a cursor in the body of the next.

Most lists go on at an address of their own. A page may be empty while more follow, so the end is
only where `has_more` says so. A cursor may lose its validity at any time; then the list is asked
for anew, and what was read twice is the same again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from steward.integrations.dropbox.refusals import Declined
from steward.sdk.connector import Cursor
from steward.sdk.errors import Unexpected
from steward.sdk.http import Http

ANEW = 3  # as often a list is begun; one whose cursors never hold cannot be read


@dataclass
class Walk:
    """`going_on` is where the cursor is sent; the same address where there is no other."""

    http: Http
    path: str
    asked: dict[str, Any]
    going_on: str = ""
    _begun: int = 0
    _seen: set[str] = field(default_factory=set)

    def pages(self, after: Cursor) -> Iterator[tuple[dict[str, Any], Cursor]]:
        cursor = after
        while True:
            body = self._ask(cursor)
            cursor = self._following(body)
            yield body, cursor
            if cursor is None:
                return

    def _ask(self, cursor: Cursor) -> dict[str, Any]:
        try:
            if cursor is not None:
                return self._post(self.going_on or self.path, {"cursor": cursor})
        except Declined:
            self._seen.clear()
            if self._begun >= ANEW:
                raise Unexpected(
                    "Dropbox ends this list again and again before it was read to its end. "
                    "Nothing was removed; the next sync tries again."
                ) from None
        self._begun += 1
        return self._post(self.path, self.asked)

    def _post(self, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        body = self.http.post(path, json=sent).json()
        if not isinstance(body, dict):
            raise Unexpected("Dropbox answered with something other than what its API describes.")
        return body

    def _following(self, body: dict[str, Any]) -> str | None:
        if not body.get("has_more"):
            return None
        cursor = body.get("cursor")
        if not isinstance(cursor, str) or cursor in self._seen:
            raise Unexpected(
                "Dropbox says that there is more of a list and does not lead on to it. Nothing "
                "was removed; the next sync tries again."
            )
        self._seen.add(cursor)
        return cursor


def list_of(body: dict[str, Any], name: str) -> list[Any]:
    items = body.get(name)
    if not isinstance(items, list):
        raise Unexpected(f"Dropbox answered without the {name} that were asked for.")
    return items
