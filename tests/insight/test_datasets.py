"""Reports that people make: what definitions mean, and that built-ins are made of the same."""

import json
from datetime import timedelta

import pytest

from steward.insight import limits, reports
from steward.insight.reports import BadRequest
from steward.insight.reports.datasets import measures
from steward.insight.reports.datasets.compiling import compiled, previewed
from steward.insight.reports.datasets.definition import VERSION
from steward.insight.reports.datasets.operations import operations
from steward.inventory.problems import Invalid
from steward.inventory.report import SavedReport
from steward.ledger import reports as ledger
from steward.ledger.licences import make, set_price
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
VALUES = {"bool": "yes", "date": "2026-11-01", "moment": "2026-11-01", "month": "2026-11"}


@pytest.fixture
def company(directory, app):
    """Four people in a directory, three of whom have an account elsewhere."""
    directory(
        "staff",
        account("ann", attributes={"department": "Sales", "title": "Lead"}),
        account("bob", attributes={"department": "sales & more", "title": "Clerk"}),
        account("cem", attributes={"department": "Legal"}),
        account("dot"),
    )
    return app(
        "chat",
        account("ann", role="admin", holds_seat=True, last_active_at=LATELY),
        account("bob", holds_seat=True, last_active_at=LONG_AGO),
        account("cem", holds_seat=False),
    )


def run(dataset, **parts):
    definition = reports.defined({"dataset": dataset, **parts})
    report = previewed(definition)
    result = report.run()
    found = list(result.records())
    assert len(found) == result.total
    return found


def names(dataset, *filters, **parts):
    return sorted({row["name"] for row in run(dataset, filters=list(filters), **parts)})


def asks(column, op, *values):
    return {
        "column": column,
        "op": op,
        **dict(zip(("value", "to"), map(str, values), strict=False)),
    }


def test_text_is_narrowed_whatever_its_case_and_what_is_not_known_is_not_it(company):
    assert names("people", asks("department", "is", "SALES")) == ["Ann"]
    assert names("people", asks("department", "is_not", "Sales")) == ["Bob", "Cem", "Dot"]
    assert names("people", asks("department", "contains", "SALES")) == ["Ann", "Bob"]
    assert names("people", asks("department", "contains_not", "sales")) == ["Cem", "Dot"]
    assert names("people", asks("department", "begins_with", "le")) == ["Cem"]
    assert names("people", asks("department", "is_empty")) == ["Dot"]
    assert names("people", asks("department", "is_not_empty")) == ["Ann", "Bob", "Cem"]
    both = (asks("department", "contains", "sales"), asks("title", "is", "clerk"))
    assert names("people", *both) == ["Bob"]


def test_numbers_days_and_answers_are_narrowed(company):
    assert names("people", asks("holds", "more_than", 1)) == ["Ann", "Bob", "Cem"]
    assert names("people", asks("holds", "between", 0, 1)) == ["Dot"]
    chat = asks("app", "is", "chat")
    assert names("accounts", chat, asks("holds_seat", "is", "no")) == ["Cem"]
    assert names("accounts", chat, asks("active_at", "in_last", 30)) == ["Ann"]
    assert names("accounts", chat, asks("active_at", "not_in_last", 30)) == ["Bob"]
    assert names("accounts", chat, asks("active_at", "is_empty")) == ["Cem"]
    assert names("accounts", chat, asks("active_at", "is", LATELY.date())) == ["Ann"]
    assert names("accounts", chat, asks("active_at", "before", LATELY.date())) == ["Bob"]
    since = LATELY.date() - timedelta(days=1)
    assert names("accounts", chat, asks("active_at", "after", since)) == ["Ann"]
    assert names("accounts", chat, period={"days": 30}) == ["Ann"]
    assert names("accounts", chat, period={"to": str(since)}) == ["Bob"]


def test_groups_are_counted_and_measured_by_the_database(company):
    told = run(
        "accounts",
        filters=[asks("app", "is", "chat")],
        group_by=["holds_seat"],
        measures=["count", "share", "max:active_at", "distinct:role", "share:holds_seat"],
    )
    yes, no = told
    assert (yes["by_holds_seat"], yes["rows"], yes["share_of_rows"]) == (True, 2, 67)
    assert (yes["max_active_at"], yes["distinct_role"], yes["share_holds_seat"]) == (LATELY, 1, 100)
    assert (no["by_holds_seat"], no["rows"], no["max_active_at"]) == (False, 1, None)
    days = run("accounts", group_by=["active_at:month", "app"], sort="-active_at:month")
    months = [row["by_active_at_month"] for row in days]
    assert months == [LATELY.date().replace(day=1), LONG_AGO.date().replace(day=1), None, None]
    whole = run("people", measures=["sum:holds", "average:holds", "min:holds", "count"])
    assert [list(row.values())[:4] for row in whole] == [[7, 1.75, 1, 4]]
    assert run("people", measures=["count"], filters=[asks("name", "is", "nobody")]) == []


def test_a_count_opens_to_the_rows_that_it_counts(company):
    definition = reports.defined(
        {"dataset": "accounts", "group_by": ["app", "active_at:year"], "measures": ["count"]}
    )
    report = previewed(definition)
    result = report.run()
    opens = next(c for c in report.columns if c.name == "rows").opens
    for row in result.records():
        page, asked = opens(row, result.question)
        assert page == "new-report"
        given = json.loads(asked["definition"])
        rows = run(given.pop("dataset"), **given)
        assert len(rows) == row["rows"]
        assert {r["app"] for r in rows} == {row["by_app"]}


def test_lists_computed_in_python_are_grouped_by_the_same_rules(app):
    application = app("draw", account("ann", role="pro")).instance.application
    bought = {"name": "Pro", "counted": "role", "role": "pro", "bought": 10}
    set_price(make(application, bought, by="ann"), "12.50", "USD", 1, TODAY, by="ann")
    make(application, {"name": "Free", "counted": "unknown"}, by="ann")
    (told,) = run(
        "licences",
        group_by=["application"],
        measures=["count", "sum:costs_month", "average:bought", "distinct:licence", "share"],
    )
    assert (told["rows"], told["distinct_licence"], told["share_of_rows"]) == (2, 2, 100)
    assert (str(told["sum_costs_month"]), told["average_bought"]) == ("125.0000", 10)
    assert told["application_id_"] == application.pk
    assert [r["licence"] for r in run("licences", filters=[asks("bought", "is_empty")])] == ["Free"]
    assert len(run("licences", filters=[asks("costs_month", "more_than", "124.99")])) == 1
    assert run("licences", filters=[asks("licence", "contains", "PR")])[0]["licence"] == "Pro"


@pytest.mark.parametrize("name", [*(d.slug for d in reports.datasets())])
def test_every_column_of_a_dataset_can_be_shown_asked_and_grouped_by(company, name):
    dataset = reports.dataset(name)
    columns = dataset.columns()
    run(name, columns=list(columns), sort=f"-{next(iter(columns))}")
    for column in columns.values():
        for op in operations(column.kind):
            value = "30" if op.is_days else VALUES.get(column.kind, "1")
            run(name, filters=[asks(column.name, op.name, *[value] * op.values)])
    every = [one.name for one in measures.measures(columns)]
    for group in measures.groups(columns):
        run(name, group_by=[group.name], measures=every[:12])
    for start in range(0, len(every), 12):
        run(name, measures=every[start : start + 12])


def test_every_built_in_report_can_be_copied_and_says_the_same(company):
    for built_in in reports.catalogue():
        start = reports.start_of(built_in.slug)
        saved = ledger.save(built_in.title, reports.defined(start).written(), by="ann")
        copy, told = reports.report(saved.slug), built_in.run()
        shown = {c.name for c in copy.columns if not c.hidden}
        assert copy.run().total == told.total, built_in.slug
        for mine, theirs in zip(copy.run().records(), told.records(), strict=True):
            assert {n: mine[n] for n in shown} == {n: theirs[n] for n in shown}
        assert copy.run().provenance == told.provenance


def test_a_definition_is_read_as_a_whole_and_written_as_it_was_read():
    given = {
        "dataset": "people",
        "columns": ["email", "name"],
        "filters": [asks("holds", "between", "1", "5")],
        "group_by": ["last_active:month"],
        "measures": ["count"],
        "sort": "-count",
        "period": {"days": 30},
        "asked": {"q": "a"},
    }
    written = reports.defined(given).written()
    assert written == {**given, "version": VERSION, "period": {"days": "30"}}
    assert reports.defined(written).written() == written


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"dataset": "moon"}, "dataset"),
        ({"dataset": 7}, "dataset"),
        ({"colums": []}, "definition"),
        ({"version": 2}, "version"),
        ({"columns": ["name", "password"]}, "columns.1"),
        ({"columns": "name"}, "columns"),
        ({"columns": ["person_id_"]}, "columns.0"),
        ({"columns": ["attributes__secret"]}, "columns.0"),
        ({"filters": [asks("name", "regex", ".")]}, "filters.0"),
        ({"filters": [asks("name", "is", "")]}, "filters.0"),
        ({"filters": [asks("name", "is", "x" * 301)]}, "filters.0"),
        ({"filters": [asks("name", "is", "\ud800")]}, "filters.0"),
        ({"filters": [asks("holds", "is", "1e99")]}, "filters.0"),
        ({"filters": [asks("holds", "between", 3, 2)]}, "filters.0"),
        ({"filters": [asks("last_active", "before", "0001-01-01")]}, "filters.0"),
        ({"filters": [asks("last_active", "in_last", "0")]}, "filters.0"),
        ({"filters": [asks("has_left", "is", "maybe")]}, "filters.0"),
        ({"filters": ["name"]}, "filters.0"),
        ({"group_by": ["last_active"]}, "group_by.0"),
        ({"group_by": ["name", "email", "title"]}, "group_by"),
        ({"measures": ["sum:name"]}, "measures.0"),
        ({"sort": "-password"}, "sort"),
        ({"period": {"days": "30", "to": "2026-01-01"}}, "period"),
        ({"period": {"from": "2026-02-01", "to": "2026-01-01"}}, "period"),
        ({"dataset": "applications", "period": {"days": 3}}, "period"),
        ({"asked": {"nobody": "1"}}, "asked"),
        ({"asked": {"standing": "sideways"}}, "asked.standing"),
        ({"dataset": "orphan-accounts", "group_by": ["app"]}, "group_by"),
        ({"dataset": "spend-by-vendor", "measures": ["count"]}, "group_by"),
    ],
)
def test_each_mistake_is_a_sentence_at_its_part(db, part, where):
    with pytest.raises(Invalid) as caught:
        reports.defined({"dataset": "people", **part})
    (error,) = caught.value.errors
    assert error.field == where
    assert error.message.endswith(".")
    with pytest.raises(Invalid):
        reports.defined("people")


def test_what_narrows_by_money_is_about_money(company):
    plain = {"dataset": "licences", "columns": ["licence", "costs_month"]}
    dear = {**plain, "filters": [asks("costs_month", "more_than", 10)]}
    for given, about in ((plain, False), (dear, True), ({**plain, "sort": "-costs_month"}, True)):
        report = compiled(reports.defined(given), slug="x", title="X")
        assert report.about_money is about
        assert [c.name for c in report.without_money().columns if not c.hidden] == ["licence"]
        if about:
            with pytest.raises(Invalid):
                reports.defined(given, money=False)
    summed = {"dataset": "licences", "group_by": ["application"], "measures": ["sum:costs_month"]}
    hidden = compiled(reports.defined(summed), slug="x", title="X").without_money()
    assert [c.kind for c in hidden.columns if not c.hidden] == ["text"]
    with pytest.raises(Invalid):
        reports.defined({"dataset": "charges"}, money=False)


def test_a_saved_report_is_found_by_its_number_and_says_what_is_gone(company):
    saved = ledger.save("Ünser Bericht", {"dataset": "people"}, by="ann")
    assert saved.slug == f"r-{saved.pk}-unser-bericht"
    ledger.change(saved, {"name": "Other"}, by="ann")
    found = reports.report(f"r-{saved.pk}-unser-bericht")
    assert (found.title, found.slug) == ("Other", f"r-{saved.pk}-other")
    for wrong in ("r-0", "r-x", f"r-{saved.pk}9", "r-99999999999999999999", "nothing"):
        assert reports.report(wrong) is None
    SavedReport.objects.update(definition={"dataset": "people", "columns": ["field_7"]})
    with pytest.raises(BadRequest, match="no such column"):
        reports.report(saved.slug).run()


def test_a_changed_report_is_not_remembered_as_it_was(company):
    saved = ledger.save("People", {"dataset": "people"}, by="ann")
    assert reports.report(saved.slug).run().total == 4
    ann = {"dataset": "people", "filters": [asks("name", "is", "Ann")]}
    ledger.change(saved, {"definition": ann}, by="ann")
    assert reports.report(saved.slug).run().total == 1


def test_days_active_gives_what_reviews_ask_for(company):
    report = reports.report("days-active")
    assert [c.name for c in report.columns if not c.hidden][:3] == ["name", "email", "days_active"]
    chat = str(company.instance.application_id)
    rows = {r["name"]: r["days_active"] for r in report.run({"application": chat}).records()}
    assert rows == {"Ann": 1, "Bob": 0, "Cem": 0}
    wide = report.run({"application": chat, "from": str(TODAY - timedelta(days=120))})
    assert {r["name"]: r["days_active"] for r in wide.records()}["Bob"] == 1
    with pytest.raises(BadRequest, match="30, 60, 90"):
        report.run({"days": "31"})
    every = run("activity", asked={"application": chat}, period={"days": 45})
    assert {row["name"]: row["days_active"] for row in every} == rows
    copied = run("days-active", period={"days": 45}, asked={"application": chat})
    assert {row["name"]: row["days_active"] for row in copied} == rows


def test_what_takes_too_long_is_broken_off_with_a_sentence(company):
    slow = {"dataset": "accounts", "group_by": ["name"]}
    report = previewed(reports.defined(slow))
    from django.db import connection

    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(limits.TooMuch, match="too much"), limits.within(0.1, "This is too much."):
        connection.cursor().execute(endless)
    with limits.within(5, "This is too much."):
        assert report.run().total == 4
