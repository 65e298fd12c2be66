"""SCIM lists that move while they are read, from apps that do not take every index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import abort

from steward.integrations.scim.connector import Scim
from tests.integrations.test_scim_oddities import app_with

SIZE = 100
NAMES = [str(number) for number in range(430)]
ROUNDING = {
    "down": lambda start: (start - 1) // SIZE * SIZE,
    "as if it began at 0": lambda start: start // SIZE * SIZE,
}


class App:
    """`change` is called once, before the page with that number is given."""

    def __init__(self, first: Any, size: int = SIZE) -> None:
        self.names, self.first, self.size = list(NAMES), first, size
        self.asked: list[int] = []
        self.change: Any = None
        self.at = 0

    def __call__(self, start: int, count: int) -> dict[str, Any]:
        self.asked.append(start)
        if self.change and len(self.asked) == self.at:
            self.change(self.names)
        begin = self.first(start)
        part = self.names[begin : begin + self.size]
        return {"totalResults": len(self.names), "Resources": [{"id": name} for name in part]}


def listed(begin: int, count: int) -> dict[str, Any]:
    part = NAMES[begin : begin + count]
    return {"totalResults": len(NAMES), "Resources": [{"id": name} for name in part]}


def exactly(start: int) -> int:
    return start - 1


@contextmanager
def reading(app: App) -> Iterator[Scim]:
    with app_with(app) as connector:
        yield connector


def ids(connector: Scim, after: Any = None) -> list[str]:
    pages = list(connector.accounts(after))
    assert [p for page in pages for p in page.problems] == []
    return [account.id for page in pages for account in page.records]


@pytest.mark.parametrize("rounding", ROUNDING)
def test_an_app_that_rounds_indexes_to_whole_pages(rounding: str) -> None:
    app = App(ROUNDING[rounding])
    with reading(app) as connector:
        assert ids(connector) == NAMES
        pages = list(connector.accounts(None))
        for number, page in enumerate(pages[:-1], start=1):
            done = {a.id for p in pages[:number] for a in p.records}
            assert done | set(ids(connector, page.cursor)) == set(NAMES)


@pytest.mark.parametrize("rounding", ROUNDING)
def test_an_app_that_rounds_and_shrinks(rounding: str) -> None:
    app = App(ROUNDING[rounding])
    app.at, app.change = 8, lambda names: names.pop(0)
    with reading(app) as connector:
        assert set(ids(connector)) >= set(NAMES[1:])


def test_an_app_that_counts_whom_it_does_not_list() -> None:
    def counting(start: int, count: int) -> dict[str, Any]:
        part = [name for name in NAMES[start - 1 : start - 1 + SIZE] if not name.endswith("7")]
        return {"totalResults": len(NAMES), "Resources": [{"id": name} for name in part]}

    with app_with(counting) as connector:
        assert set(ids(connector)) == {name for name in NAMES if not name.endswith("7")}


def test_pages_of_one() -> None:
    app = App(exactly, size=1)
    app.at, app.change = 200, lambda names: names.pop(0)
    with reading(app) as connector:
        assert set(ids(connector)) == set(NAMES)
    assert app.asked == [*range(1, 430), *range(1, 430)]


def test_a_cursor_from_before_ids_were_kept() -> None:
    with reading(App(exactly)) as connector:
        assert ids(connector, {"start": 101, "total": 430}) == NAMES[100:]
        # Twenty fewer than when the read was cut short: who moved up is among them all.
        assert set(ids(connector, {"start": 101, "total": 450})) == set(NAMES)


def test_a_quiet_list_costs_no_page_more_than_it_must() -> None:
    app = App(exactly)
    with reading(app) as connector:
        assert ids(connector) == NAMES
    assert app.asked == [1, 100, 199, 298, 397]


def test_somebody_deleted_costs_one_page_more() -> None:
    app = App(exactly)
    app.at, app.change = 3, lambda names: (names.pop(7), names.append("new"))
    with reading(app) as connector:
        assert set(ids(connector)) == {*NAMES, "new"}
    assert app.asked == [1, 100, 199, 100, 199, 298, 397]


def test_an_app_that_gives_as_many_as_it_is_asked_for() -> None:
    """Each page begins with the last one read, and takes no more pages for that."""
    asked = []

    def giving(start: int, count: int) -> dict[str, Any]:
        asked.append((start, count))
        return listed(start - 1, count)

    with app_with(giving) as connector:
        assert ids(connector) == NAMES
    assert asked == [(1, 200), (200, 201), (400, 201)]


def test_an_app_that_rounds_indexes_to_pages_of_the_size_asked_for() -> None:
    with app_with(lambda start, count: listed((start - 1) // count * count, count)) as connector:
        assert ids(connector) == NAMES


def test_an_app_that_refuses_pages_larger_than_its_own() -> None:
    asked = []

    def refusing(start: int, count: int) -> dict[str, Any]:
        asked.append((start, count))
        if count > 200:
            abort(400)
        return listed(start - 1, count)

    with app_with(refusing) as connector:
        assert ids(connector) == NAMES
    assert asked == [(1, 200), (200, 201), (200, 200), (399, 200)]
