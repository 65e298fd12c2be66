"""Walking a list to its end, in the ways apps cut lists into pages.

Each walker yields an answer and the cursor from which the walk can go on after it. A walk ends
where the app says so, never because an answer happened to look like the last; an app that sends
the same page for ever is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

import msgspec

from steward.sdk.answer import Answer
from steward.sdk.connector import Cursor, Page
from steward.sdk.errors import Unexpected
from steward.sdk.http import Http
from steward.sdk.paths import at
from steward.sdk.records import Record

R = TypeVar("R", bound=Record)
P = TypeVar("P")
Walk: TypeAlias = Iterator[tuple[Answer, Cursor]]

MOST_PAGES = 1_000_000


class _Guard:
    """Finds the app that never ends: a cursor that was there before, or more pages than any list
    has. Only the latest cursors are remembered, since a loop comes back to where it was soon."""

    REMEMBERED = 1_000

    def __init__(self) -> None:
        self._seen: dict[Hashable, None] = {}
        self._pages = 0

    def step(self, cursor: Hashable) -> None:
        self._pages += 1
        if cursor in self._seen or self._pages > MOST_PAGES:
            raise Unexpected(
                "The app keeps sending the same page, so its list never ends. Nothing was removed; "
                "the next sync tries again."
            )
        self._seen[cursor] = None
        if len(self._seen) > self.REMEMBERED:
            self._seen.pop(next(iter(self._seen)))


def link_pages(http: Http, path: str, after: Cursor, **params: Any) -> Walk:
    """`Link: <…>; rel="next"` (RFC 8288): Okta, GitHub, GitLab, Sentry, Webex."""
    return _follow(http, path, after, params, Answer.next_link)


def url_pages(http: Http, path: str, after: Cursor, *, next_at: str, **params: Any) -> Walk:
    """The address of the next page in the body, absolute or relative to the base."""
    return _follow(http, path, after, params, lambda answer: at(answer.json(), next_at) or None)


class _Linked(msgspec.Struct):
    following: str | None = msgspec.field(name="@odata.nextLink", default=None)


def odata_pages(http: Http, path: str, after: Cursor, **params: Any) -> Walk:
    """`@odata.nextLink` in the body (OData JSON 4.01, 4.6.5): Microsoft's apps."""
    return _follow(http, path, after, params, lambda a: a.decode(_Linked).following or None)


def _follow(
    http: Http,
    path: str,
    after: Cursor,
    params: dict[str, Any],
    next_of: Callable[[Answer], str | None],
) -> Walk:
    guard = _Guard()
    answer = http.get(after) if after else http.get(path, **params)
    while True:
        following = next_of(answer)
        if following:
            guard.step(following)
        yield answer, following
        if not following:
            return
        answer = http.get(following)


def cursor_pages(
    http: Http,
    path: str,
    after: Cursor,
    *,
    cursor_at: str,
    cursor_param: str = "cursor",
    **params: Any,
) -> Walk:
    """A cursor in the body, sent back as a parameter; missing or empty at the end."""
    guard = _Guard()
    cursor = after
    while True:
        answer = http.get(path, **params, **{cursor_param: cursor})
        cursor = at(answer.json(), cursor_at) or None
        if cursor:
            guard.step(cursor)
        yield answer, cursor
        if not cursor:
            return


def offset_pages(
    http: Http,
    path: str,
    after: Cursor,
    *,
    items_at: str,
    offset_param: str,
    size_param: str,
    size: int,
    total_at: str = "",
    first: int = 0,
    **params: Any,
) -> Walk:
    """Goes on by the number that came, since servers cap sizes silently. Without a total the
    list ends at an empty page; a short page proves nothing."""
    guard = _Guard()
    offset = first if after is None else int(after)
    while True:
        answer = http.get(path, **params, **{offset_param: offset, size_param: size})
        body = answer.json()
        count = len(at(body, items_at) or ())
        total = at(body, total_at) if total_at else None
        offset += count
        is_last = count == 0 or (isinstance(total, int) and offset - first >= total)
        if not is_last:
            guard.step((offset, answer.body))
        yield answer, None if is_last else offset
        if is_last:
            return


def number_pages(
    http: Http,
    path: str,
    after: Cursor,
    *,
    items_at: str,
    size_param: str,
    size: int,
    page_param: str = "page",
    first: int = 1,
    pages_at: str = "",
    **params: Any,
) -> Walk:
    """Numbered pages; ends at the number of pages where the app gives it, else at an empty one."""
    guard = _Guard()
    number = first if after is None else int(after)
    while True:
        answer = http.get(path, **params, **{page_param: number, size_param: size})
        body = answer.json()
        pages = at(body, pages_at) if pages_at else None
        is_last = number - first + 1 >= pages if isinstance(pages, int) else False
        is_last = is_last or not at(body, items_at)
        if not is_last:
            guard.step(answer.body)
        number += 1
        yield answer, None if is_last else number
        if is_last:
            return


def chain(
    after: Cursor, passes: Mapping[str, Callable[[Cursor], Iterator[Page[R]]]]
) -> Iterator[Page[R]]:
    """Several passes that make up one stream, in order; resumes inside the one it was in."""
    names = list(passes)
    begun = str(after["pass"]) if after else names[0]
    if begun not in passes:
        begun, after = names[0], None
    for name in names[names.index(begun) :]:
        inner = after["at"] if after and name == begun else None
        if after and name == begun and inner is None and after.get("done"):
            continue
        for page in passes[name](inner):
            yield page.going_on_at(_mark("pass", name, page.cursor))


def fan_out(
    after: Cursor,
    parents: Iterable[P],
    key: Callable[[P], str],
    read: Callable[[P, Cursor], Iterator[Page[R]]],
) -> Iterator[Page[R]]:
    """One read for each parent. Resumes at the parent it was at; parents before it in the list
    are done. A parent that has gone meanwhile lets the whole stream begin anew, which is only
    slower."""
    parents = list(parents)
    begun = str(after["parent"]) if after else ""
    known = any(key(parent) == begun for parent in parents)
    waiting = known
    for parent in parents:
        name = key(parent)
        inner = None
        if waiting:
            if name != begun:
                continue
            waiting = False
            inner = after["at"]
            if after.get("done"):
                continue
        for page in read(parent, inner):
            yield page.going_on_at(_mark("parent", name, page.cursor))


def _mark(kind: str, name: str, inner: Cursor) -> dict[str, Any]:
    """A page without a cursor of its own is the last of its part: the part is done."""
    return {kind: name, "at": inner, "done": inner is None}
