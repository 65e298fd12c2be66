"""Lists in pages: a cursor that says after which row to go on, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from steward.api.problems import Problem

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
MAX = 1000


class PageQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX)] = 100
    cursor: Annotated[str, Field(max_length=200)] = ""


Page = Annotated[PageQuery, Query()]


def page_of(
    rows: Any,
    page: PageQuery,
    to_facts: Callable[[list[Any]], Iterable[Any]],
    newest_first: bool = False,
) -> dict[str, Any]:
    """Rows of a query by their number, from after the cursor's."""
    after = _decode(page.cursor)
    if newest_first:
        rows = rows.filter(pk__lt=after) if after else rows
    else:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: page.limit + 1])
    here = found[: page.limit]
    more = len(found) > page.limit
    return {"items": list(to_facts(here)), "next": _encode(here[-1].pk) if more else None}


def _encode(number: int) -> str:
    return base64.urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        word, number = base64.urlsafe_b64decode(padded).decode().split(":")
        if word == "after" and 0 <= int(number) <= LARGEST_ID:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Problem(
        422,
        "invalid",
        "This cursor is not one that a list has given.",
        errors=[{"field": "cursor", "message": "Take it from `next` of the page before."}],
    )
