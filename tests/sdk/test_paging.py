import json
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest

from steward.sdk.connector import Page, page_of
from steward.sdk.errors import Unexpected
from steward.sdk.http import Http
from steward.sdk.paging import (
    chain,
    cursor_pages,
    fan_out,
    link_pages,
    number_pages,
    odata_pages,
    offset_pages,
    url_pages,
)
from steward.sdk.records import Account
from tests.sdk.conftest import write

ALL = list(range(7))


@pytest.fixture
def listing(vendor):
    """A list of seven, three a page at most, in every way an app may cut it."""

    def answer(handler):
        asked = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        place = int(asked.get("at", 0))
        if "page" in asked:
            place = (int(asked["page"]) - 1) * 3
        items, following = ALL[place : place + 3], place + 3
        more = following < len(ALL)
        body = {"items": items, "total": len(ALL), "pages": 3, "end": "" if more else None}
        body |= {"cursor": str(following) if more else ""}
        body |= {"next": f"/list?at={following}" if more else None}
        body |= {"@odata.nextLink": f"{vendor.url}/list?at={following}"} if more else {}
        link = {"Link": f'<{vendor.url}/list?at={following}>; rel="next"'} if more else {}
        write(handler, 200, json.dumps(body), link)

    vendor.answer = answer


WALKS = {
    "link": lambda http, after: link_pages(http, "/list", after),
    "url": lambda http, after: url_pages(http, "/list", after, next_at="next"),
    "odata": lambda http, after: odata_pages(http, "/list", after),
    "cursor": lambda http, after: cursor_pages(
        http, "/list", after, cursor_at="cursor", cursor_param="at"
    ),
    "offset": lambda http, after: offset_pages(
        http, "/list", after, items_at="items", offset_param="at", size_param="size", size=99,
        total_at="total",
    ),
    "offset without a total": lambda http, after: offset_pages(
        http, "/list", after, items_at="items", offset_param="at", size_param="size", size=3
    ),
    "number": lambda http, after: number_pages(
        http, "/list", after, items_at="items", size_param="size", size=3, pages_at="pages"
    ),
    "number without a count": lambda http, after: number_pages(
        http, "/list", after, items_at="items", size_param="size", size=3
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", WALKS)
def test_a_list_is_walked_to_its_end_and_on_from_every_page(vendor, context, listing, how):
    with Http(context, vendor.url) as http:
        walked = [(a.json()["items"], cursor) for a, cursor in WALKS[how](http, None)]
        assert [item for items, _ in walked for item in items] == ALL
        for number, (_, cursor) in enumerate(walked[:-1], start=1):
            rest = [i for a, _ in WALKS[how](http, cursor) for i in a.json()["items"]]
            assert rest == [i for items, _ in walked[number:] for i in items]


@pytest.mark.parametrize("how", ["link", "url", "odata", "cursor", "number without a count"])
def test_a_list_that_never_ends_is_found_out(vendor, context, how):
    onward = {"next": "/list?at=3", "@odata.nextLink": "/list?at=3"}
    body = json.dumps({"items": [1], "cursor": "3", **onward})
    vendor.answer = lambda h: write(h, 200, body, {"Link": f'<{vendor.url}/list>; rel="next"'})
    with Http(context, vendor.url) as http, pytest.raises(Unexpected, match="never ends"):
        list(islice(WALKS[how](http, None), 10))


def pages_of(name, number=2):
    def read(after):
        for place in range(0 if after is None else after + 1, number):
            cursor = place if place < number - 1 else None
            yield Page((Account(id=f"{name}{place}"),), cursor)

    return read


def ids(pages):
    return [record.id for page in pages for record in page.records]


def test_passes_follow_each_other_and_go_on_where_they_were():
    passes = {"a": pages_of("a"), "b": pages_of("b", 3)}
    pages = list(chain(None, passes))
    assert ids(pages) == ["a0", "a1", "b0", "b1", "b2"]
    for number, page in enumerate(pages, start=1):
        assert ids(chain(page.cursor, passes)) == ids(pages)[number:]


def test_a_fan_out_goes_on_at_the_parent_it_was_at():
    def read(parent, after):
        return pages_of(parent)(after)

    pages = list(fan_out(None, ["x", "y", "z"], str, read))
    assert ids(pages) == ["x0", "x1", "y0", "y1", "z0", "z1"]
    for number, page in enumerate(pages, start=1):
        assert ids(fan_out(page.cursor, ["x", "y", "z"], str, read)) == ids(pages)[number:]
    gone = fan_out(pages[2].cursor, ["x", "z"], str, read)
    assert ids(gone) == ["x0", "x1", "z0", "z1"]


def test_what_cannot_be_read_is_set_aside_with_its_reason():
    items = [{"id": "1"}, {"name": "no id"}, {"id": "3"}]
    page = page_of(items, lambda item: Account(id=item["id"]))
    assert [a.id for a in page.records] == ["1", "3"]
    assert [(p.record, p.reason) for p in page.problems] == [("#2", "the field 'id' is missing")]
