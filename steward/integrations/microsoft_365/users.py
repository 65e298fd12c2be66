"""Users: the whole list, and afterwards those who have changed.

The whole list is an ordinary one, since it comes 999 at a time and with managers, which a delta
query does not; before it is read, Graph is asked for the mark of this moment ("sync from now",
https://learn.microsoft.com/graph/delta-query-overview), so that nothing between is missed.

A delta query says who changed. By default it gives all that was selected, but never what was
never set, it may name somebody twice, and "at least the properties that have been updated" is all
that is promised. So whoever it names is read once more in the ordinary form: nothing is wiped
because it was left out, and somebody deleted and restored is what they are now.

No delta query tells that an administrator has set up a second factor. What is known of these is put
among what Graph sends of a user, and kept in the mark: of whom it says something else now, the next
read of changes tells too. Where it is told no longer, or for the first time, all are read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from steward.integrations.microsoft_365 import mapping
from steward.integrations.microsoft_365.asking import BeginAnew, Gone, NotOffered
from steward.integrations.microsoft_365.graph import (
    AT_ONCE,
    Graph,
    Object,
    listed,
    question,
    segment,
)
from steward.integrations.microsoft_365.second_factor import Factors
from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Page, Pages, page_of
from steward.sdk.errors import Forbidden
from steward.sdk.records import Account
from steward.sdk.unread import UnreadPage, joined

SIZE = 999


class _End(msgspec.Struct):
    delta: str | None = msgspec.field(name="@odata.deltaLink", default=None)


@dataclass(frozen=True)
class Users:
    """`leaving` asks for the day on which somebody leaves, which needs a permission of its own.
    `factors` are those of administrators, None where nobody tells. `mark` is the one that the last
    read ended with."""

    graph: Graph
    leaving: bool
    factors: Factors | None = None
    mark: Any = None

    @property
    def wanted(self) -> str:
        return f"{mapping.USER},employeeLeaveDateTime" if self.leaving else mapping.USER

    @property
    def _terms(self) -> str:
        """A mark keeps to the properties that it was asked for with, and to the host."""
        told = "" if self.factors is None else f",{mapping.SECOND_FACTOR}"
        return f"{self.graph.base} {self.wanted}{told}"

    def pages(self, after: Cursor) -> Pages[Account]:
        if after:
            yield from self._changed(after["at"]) if after["changes"] else self._whole(after)
            return
        changes = self._since_the_mark()
        first = next(changes, None)
        if first is None:
            yield from self._whole({"at": None, "link": self._now()})
        else:
            yield first
            yield from changes

    def _since_the_mark(self) -> Pages[Account]:
        """Nothing where changes cannot be asked for: a mark lives for seven days, and less where
        Microsoft moves the tenant. Once a page has been told of, it is too late to begin anew,
        and the next run does."""
        known = self.mark if isinstance(self.mark, dict) else {}
        if known.get("terms") != self._terms:
            return
        told = False
        try:
            for page in self._changed(known["link"]):
                told = True
                yield page
        except BeginAnew:
            if told:
                raise

    def _now(self) -> str | None:
        """The mark of this moment; None where changes cannot be asked for."""
        select = f"{self.wanted},manager"
        params = {"$select": select, "$deltatoken": "latest"}
        try:
            link = self.graph.http.get("/users/delta", **params).decode(_End).delta
        except (NotOffered, BeginAnew, Gone):
            return None
        return link

    def _whole(self, place: dict[str, Any]) -> Pages[Account]:
        link = place["link"]
        for answer, following in self.graph.pages(
            "/users", place["at"], select=self.wanted, expand=mapping.MANAGER, top=SIZE
        ):
            cursor = self._place(following, changes=False, link=link)
            mark = self._marked(link) if not following else None
            items = joined(answer.items("value"), mapping.SECOND_FACTOR, self.factors or {})
            yield UnreadPage(list(items), mapping.account, cursor, mark=mark)

    def _changed(self, link: str) -> Pages[Account]:
        for answer, following in self.graph.pages("", link):
            page = self._as_they_are(listed(answer), () if following else self._differing())
            cursor = self._place(following, changes=True)
            mark = self._marked(_end_of(answer)) if not following else None
            yield Page(page.records, cursor, page.problems, mark, True, page.gone)

    def _marked(self, link: str | None) -> Any:
        told = {"link": link, "terms": self._terms, "factors": self.factors}
        return told if link else None

    def _place(self, following: str | None, **more: Any) -> Cursor:
        return {"at": following, "factors": self.factors, **more} if following else None

    def _differing(self) -> list[str]:
        """Of whom something else is known of a second factor than the last read ended with."""
        before, now = (self.mark or {}).get("factors") or {}, self.factors or {}
        return [i for i in dict.fromkeys([*before, *now]) if before.get(i) != now.get(i)]

    def _as_they_are(self, changes: Iterable[Any], besides: Iterable[str]) -> Page[Account]:
        """Whoever Graph does not know is gone where it said so; a user made a moment ago may not
        have reached every server yet and is taken as the change shows them. Of those `besides` the
        changes nothing else is known, and if Graph does not know them they are let be."""
        said = {str(change["id"]): change for change in changes}
        users: list[Object] = []
        gone: list[str] = []
        for own_id, found in self._read(list(dict.fromkeys([*said, *besides]))):
            if found is not None:
                users.append(found)
            elif "@removed" in said.get(own_id, ()):
                gone.append(own_id)
            elif own_id in said:
                users.append(said[own_id])
        page = page_of(map(self._with_factor, users), mapping.account)
        return Page(page.records, None, page.problems, gone=tuple(gone))

    def _with_factor(self, user: Object) -> Object:
        told = (self.factors or {}).get(str(user.get("id")))
        return user if told is None else {**user, mapping.SECOND_FACTOR: told}

    def _read(self, ids: list[str]) -> Iterator[tuple[str, Object | None]]:
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            for own_id, found in zip(some, self.graph.batch(self._questions(some)), strict=True):
                if isinstance(found, Forbidden):
                    raise found
                yield own_id, found if isinstance(found, dict) else None

    def _questions(self, ids: Iterable[str]) -> list[str]:
        return [
            question(f"/users/{segment(i)}", select=self.wanted, expand=mapping.MANAGER)
            for i in ids
        ]


def _end_of(answer: Answer) -> str | None:
    return answer.decode(_End).delta
