"""Rows from a list are asked for, sorted, cut and written as those of the database are."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from steward.insight import exports
from steward.insight.provenance import Provenance
from steward.insight.reports import BadRequest, Column, Filter
from steward.insight.reports.listed import Listed

ROWS = [
    {"name": "beta", "cost": Decimal("10.50"), "id": 1},
    {"name": "Alpha", "cost": None, "id": 2},
    {"name": "=gamma", "cost": Decimal("9.25"), "id": 3},
    {"name": "delta", "cost": Decimal("10.50"), "id": 4},
]


def made(question):
    return [row for row in ROWS if question["q"] in row["name"]]


REPORT = Listed(
    slug="things",
    title="Things",
    description="Few of them.",
    columns=(
        Column("name", "Name"),
        Column("cost", "Cost", "money"),
        Column("id", "Number", "id", hidden=True),
    ),
    made=made,
    provenance=lambda question: Provenance((), None, None),
    order=("-cost", "name"),
    filters=(Filter("q", "Name"),),
)


def names(**asked):
    return [row["name"] for row in REPORT.run(**asked).records()]


def test_rows_are_sorted_filtered_and_cut():
    assert names() == ["beta", "delta", "=gamma", "Alpha"]
    assert names(sort="cost") == ["=gamma", "beta", "delta", "Alpha"]
    assert names(sort="name") == ["=gamma", "Alpha", "beta", "delta"]
    assert names(filters={"q": "lph"}) == ["Alpha"]
    result = REPORT.run(sort="id")
    assert result.total == 4
    assert [row["id"] for row in result.page(1, 2)] == [2, 3]
    assert result.page(4, 2) == []


def test_what_it_does_not_have_is_told():
    for asked in ({"filters": {"x": "1"}}, {"sort": "x"}, {"as_of": ROWS}, {"columns": ["x"]}):
        with pytest.raises(BadRequest):
            REPORT.run(**asked)


@pytest.mark.django_db
def test_a_costly_one_is_made_once():
    calls = []
    costly = replace(REPORT, slug="dear", costly=True, made=lambda q: calls.append(q) or ROWS)
    assert [costly.run().total, len(costly.run(sort="name").page(0, 9)), costly.run().total]
    assert len(calls) == 1
    assert costly.without_money().run().total == 4


def test_files_hold_what_the_page_shows():
    result = REPORT.run()
    lines = list(csv.reader(io.StringIO(b"".join(exports.csv(result)).decode("utf-8-sig"))))
    assert lines[:2] == [["Name", "Cost"], ["beta", "10.50"]]
    assert lines[3:] == [["'=gamma", "9.25"], ["Alpha", ""]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(exports.xlsx(result))))
    assert book.get_sheet_by_name("Report").to_python()[1] == ["beta", 10.5]
    assert result.facts()["items"][0] == {"name": "beta", "cost": "10.50", "id": 1}


def test_who_may_not_see_money_cannot_even_sort_by_it():
    hidden = REPORT.without_money()
    assert list(next(hidden.run().records())) == ["name", "id"]
    assert hidden.order == ("name",)
    with pytest.raises(BadRequest):
        hidden.run(sort="-cost")
