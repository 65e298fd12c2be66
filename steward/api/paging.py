"""Lists in pages: a cursor that says after which row to go on, opaque to the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from steward.api.shapes import shaped

LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
MAX = 1000
# Whatever has this form is taken, so that the description of the API says all there is to say.
CURSOR = r"^(c[0-9a-f]{1,15})?$"


class PageQuery(Schema):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX)] = 100
    cursor: Annotated[str, shaped(CURSOR, "Take it from `next` of the page before.")] = ""


Page = Annotated[PageQuery, Query()]


def given_before(page: PageQuery) -> int:
    """Of lists whose rows have no number: the cursor says how many were given."""
    return int(page.cursor[1:] or "0", 16)


def next_of(page: PageQuery, total: int) -> str | None:
    after = given_before(page) + page.limit
    return f"c{after:x}" if after < total else None


def page_of(
    rows: Any,
    page: PageQuery,
    to_facts: Callable[[list[Any]], Iterable[Any]],
    newest_first: bool = False,
    by: str = "pk",
) -> dict[str, Any]:
    """Rows of a query by their number, from after the cursor's. The numbers come first: where a
    database has to sort, it sorts those and not all that is told of each."""
    after = int(page.cursor[1:] or "0", 16)
    if newest_first:
        rows = rows.filter(**{f"{by}__lt": after}) if after else rows
    else:
        rows = rows.filter(**{f"{by}__gt": after})
    rows = rows.order_by(f"-{by}" if newest_first else by)
    numbers = list(rows.values_list(by, flat=True)[: page.limit + 1])
    here = numbers[: page.limit]
    more = len(numbers) > page.limit
    items = list(to_facts(list(rows.filter(**{f"{by}__in": here})))) if here else []
    return {"items": items, "next": f"c{here[-1]:x}" if more else None}
