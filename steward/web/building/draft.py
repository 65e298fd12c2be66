"""A report that is being made: what was chosen in the form so far, which is all in the address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from steward.insight import reports
from steward.insight.reports.datasets.core import Dataset
from steward.insight.reports.datasets.definition import Definition
from steward.insight.reports.datasets.operations import operations
from steward.inventory.problems import Invalid

# What is asked of one line of filters, in the order in which the form has it.
_LINE = {"column": "filter_column", "op": "filter_op", "value": "filter_value", "to": "filter_to"}
_PERIOD = {"days": "period_days", "from": "period_from", "to": "period_to"}
ASKED, LARGEST = "asked_", 20_000


@dataclass
class Draft:
    """`given` is a definition as it was entered, right or wrong; `definition` is what it means,
    where nothing is wrong. `errors` are sentences by the part they are of."""

    given: dict[str, Any]
    name: str = ""
    description: str = ""
    money: bool = True
    definition: Definition | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            self.definition = reports.defined(self.given, self.money)
        except Invalid as invalid:
            self.errors = {error.field: error.message for error in invalid.errors}

    @property
    def dataset(self) -> Dataset | None:
        found = reports.dataset(str(self.given.get("dataset") or ""))
        return found if found and (self.money or not found.about_money) else None

    @property
    def query(self) -> str:
        """The whole draft as the query of an address."""
        return urlencode([pair for pair in self._pairs() if pair[1] != ""])

    def _pairs(self) -> Iterator[tuple[str, str]]:
        given = self.given
        yield "dataset", str(given.get("dataset") or "")
        for name in ("columns", "group_by", "measures"):
            yield from ((name, str(value)) for value in given.get(name) or ())
        for line in given.get("filters") or ():
            # Each line has all four, so that the lines stay together.
            yield from ((_LINE[name], str(line.get(name, "")) or " ") for name in _LINE)
        yield "sort", str(given.get("sort") or "")
        period, asked = given.get("period") or {}, given.get("asked") or {}
        yield from ((_PERIOD[name], str(value)) for name, value in period.items())
        yield from ((f"{ASKED}{name}", str(value)) for name, value in asked.items())
        yield "name", self.name
        yield "description", self.description


def draft_of(query: QueryDict, money: bool, known: Mapping[str, Any] | None = None) -> Draft:
    """From a form or an address; `known` is the definition to begin with where neither says any."""
    words = {"name": query.get("name", "").strip(), "description": query.get("description", "")}
    if "definition" in query:
        return Draft(_parsed(query["definition"]), **words, money=money)
    if "dataset" not in query and known is not None:
        return Draft(dict(known), **words, money=money)
    entered = _entered(query)
    if query.get("was", entered["dataset"]) != entered["dataset"]:
        # Another dataset has been chosen: what was chosen of the one before goes.
        entered = {"dataset": entered["dataset"]}
    return Draft(entered, **words, money=money)


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text[:LARGEST])
        # Half a character, which no page and no address can hold, is an error here.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) and _is_plain(found) else {"dataset": ""}


def _is_plain(given: Mapping[str, Any]) -> bool:
    """Of the form that the page can show; whether it makes sense is read later."""
    lists = [given.get(name) or [] for name in ("columns", "filters", "group_by", "measures")]
    maps = [given.get(name) or {} for name in ("period", "asked")]
    fit = all(isinstance(one, list) for one in lists) and all(isinstance(m, dict) for m in maps)
    return fit and all(isinstance(line, dict) for line in lists[1]) and set(maps[0]) <= {*_PERIOD}


def _entered(query: QueryDict) -> dict[str, Any]:
    return {
        "dataset": query.get("dataset", "").strip(),
        "columns": _some(query, "columns"),
        "filters": list(_lines(query)),
        "group_by": _some(query, "group_by"),
        "measures": _some(query, "measures"),
        "sort": query.get("sort", "").strip(),
        "period": {n: query[p].strip() for n, p in _PERIOD.items() if query.get(p, "").strip()},
        "asked": {
            name.removeprefix(ASKED): value
            for name, value in query.items()
            if name.startswith(ASKED) and isinstance(value, str) and value.strip()
        },
    }


def _some(query: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in query.getlist(name) if value.strip()))


def _lines(query: QueryDict) -> Iterator[dict[str, str]]:
    """A line whose way of comparing does not go with its column takes the first that does."""
    found = reports.dataset(query.get("dataset", "").strip())
    columns = found.columns() if found else {}
    given = [query.getlist(name) for name in _LINE.values()]
    for values in zip(*given, strict=False):
        line = dict(zip(_LINE, map(str.strip, values), strict=True))
        column = columns.get(line["column"])
        if not line["column"]:
            continue
        known = [one.name for one in operations(column.kind)] if column else []
        if known and line["op"] not in known:
            line |= {"op": known[0], "value": "", "to": ""}
        yield line


def acted(draft: Draft, act: str) -> Draft:
    """After one of the buttons: up:NAME, down:NAME, drop:NUMBER, add-filter."""
    what, _, of = act.partition(":")
    given = dict(draft.given)
    if what in ("up", "down"):
        given["columns"] = _moved(list(given.get("columns") or ()), of, -1 if what == "up" else 1)
    elif what == "drop" and of.isascii() and of.isdecimal():
        lines = given.get("filters") or []
        given["filters"] = [line for number, line in enumerate(lines) if str(number) != of]
    elif what == "add-filter" and draft.dataset:
        first = next(iter(draft.dataset.columns(draft.money)), "")
        given["filters"] = [*(given.get("filters") or []), {"column": first}]
    return Draft(given, draft.name, draft.description, draft.money)


def _moved(names: list[str], name: str, by: int) -> list[str]:
    if name not in names:
        return names
    place = names.index(name)
    names.pop(place)
    names.insert(max(place + by, 0), name)
    return names
