"""Usage: periods, who counts, comparisons and charts."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.insight import memory, reports
from steward.insight.reports import BadRequest
from steward.insight.reports.usage import GROUPS, USERS
from steward.insight.reports.usage_by_application import APPLICATIONS
from steward.insight.usage import Period, Scope, figures, inactive_after
from steward.insight.usage_charts import UsageCharts
from steward.inventory.application import Application
from steward.sdk import records as r
from steward.sync import usage
from tests.insight.conftest import account, seats

TODAY = datetime.now(UTC).date()


def ago(days):
    return TODAY - timedelta(days=days)


def moment(days):
    return datetime.combine(ago(days), datetime.min.time(), UTC)


@pytest.fixture
def design(directory, app):
    """Six people in two departments; four of them in an app that tells days."""
    places = {"ada": "Sales", "bob": "Sales", "cleo": "IT", "dan": "IT", "eve": "IT", "fay": "IT"}
    manager = {"manager": "Ada"}
    people = [account(n, attributes={"department": d, **manager}) for n, d in places.items()]
    directory("Staff", *people)
    days = {"ada": (0, 1, 2, 29), "bob": (40, 41), "cleo": (100,)}
    activity = [r.Activity(account=n, day=ago(d)) for n, some in days.items() for d in some]
    last = {"ada": moment(0), "bob": moment(40), "cleo": moment(100)}
    users = [account(n, last_active_at=last.get(n)) for n in ("ada", "bob", "cleo", "dan")]
    made = app("Design", *users, activity=activity)
    usage.tell_everything()
    return made


def asked(design, **more):
    return Scope.asked({"application": str(design.instance.application_id), **more})


def users(design, **more):
    filters = {"application": str(design.instance.application_id), **more}
    return {row["name"]: row for row in USERS.run(filters).records()}


def test_users_with_their_days(design):
    rows = users(design)
    said = {n: (r["days_active"], r["last_active"], r["standing"]) for n, r in rows.items()}
    assert said == {
        "Ada": (4, TODAY, "active"),
        "Bob": (0, ago(40), "inactive"),
        "Cleo": (0, ago(100), "inactive"),
        "Dan": (0, None, "never seen active"),
    }
    assert rows["Bob"]["inactive_since"] == ago(40)
    assert {row["told_by"] for row in rows.values()} == {"direct"}
    assert {r["name"]: r["days_active"] for r in users(design, days="90").values()}["Bob"] == 2


def test_a_period_that_is_over(design):
    rows = users(design, **{"from": str(ago(41)), "to": str(ago(40))})
    assert {n: row["days_active"] for n, row in rows.items()} == {
        "Ada": 0, "Bob": 2, "Cleo": 0, "Dan": 0,
    }  # fmt: skip
    assert set(users(design, who="active", **{"from": str(ago(41)), "to": str(ago(40))})) == {"Bob"}


def test_every_figure_is_its_rows(design):
    counted = figures(asked(design))
    assert counted == {
        "users": 4, "active": 1, "inactive": 2, "never": 1, "unknown": 0, "share": 25,
    }  # fmt: skip
    for who in ("active", "inactive", "never", "unknown"):
        assert len(users(design, who=who)) == counted[who]
    assert len(users(design, who="not-active")) == 3


def test_applications_say_after_how_long_somebody_is_inactive(design):
    row = Application.objects.get(pk=design.instance.application_id)
    assert (inactive_after(row), inactive_after(None)) == (30, 30)
    Application.objects.filter(pk=row.pk).update(inactive_after=60)
    memory.forget()
    assert users(design)["Bob"]["standing"] == "active"
    assert users(design)["Cleo"]["standing"] == "inactive"
    assert figures(asked(design))["inactive"] == 1


def test_unused_seats_follow_the_applications_own_days(directory, app):
    one = app(
        "Design",
        account("ada", last_active_at=moment(40)),
        licenses=seats("ada", active=moment(40)),
    )
    found = reports.report("paid-seats-unused")
    assert found.run().total == 1
    Application.objects.filter(pk=one.instance.application_id).update(inactive_after=60)
    memory.forget()
    assert found.run().total == 0
    assert found.run({"days": "30"}).total == 1


def test_applications_as_told_and_as_counted_are_the_same(design):
    names = ("application_name", "has", "active", "share", "active_before", "change", "told_by")

    def rows(**filters):
        found = APPLICATIONS.run(filters).records()
        return {row["application_name"]: tuple(row[n] for n in names) for row in found}

    told = rows(days="30")["Scripted"]
    assert told == ("Scripted", 4, 1, 25, 1, 0, "direct")
    counted = rows(**{"from": str(ago(29)), "to": str(TODAY)})["Scripted"]
    assert counted == told
    assert rows(department="sales")["Scripted"][:4] == ("Scripted", 2, 1, 50)
    assert rows(days="30")["Scripted directory"][2] is None


def test_groups_are_compared_by_whatever_the_directory_says(design):
    def groups(by, **more):
        rows = GROUPS.run({"group_by": by, **more}).records()
        return {row["group"]: (row["users"], row["active"], row["share"]) for row in rows}

    number = str(design.instance.application_id)
    assert groups("department", application=number) == {"Sales": (2, 1, 50), "IT": (2, 0, 0)}
    assert groups("Manager", application=number) == {"Ada": (4, 1, 25)}
    assert groups("department")["IT"] == (4, 0, 0)
    only = USERS.run({"application": number, "group_by": "department", "group": "it"})
    assert {row["name"] for row in only.records()} == {"Cleo", "Dan"}
    assert groups("location", application=number) == {"Not said": (4, 1, 25)}
    assert USERS.run({"group_by": "location", "group": "not said"}).total == 6


def test_charts_have_gaps_where_nobody_tells(design):
    def link(**asked):
        return str(asked["from"]) if "from" in asked else ""

    chart = UsageCharts(asked(design, **{"from": str(ago(110))}), link).trend()
    assert chart.labels[0] == str(ago(110) - timedelta(days=ago(110).weekday()))
    assert chart.series[0].points[0] is None
    days = UsageCharts(asked(design, days="90"), link).trend()
    assert days.labels[-1] == str(ago(1))
    daily, within = days.series
    assert (daily.points[-1], daily.points[-3], within.points[-1]) == (1, 0, 1)
    assert daily.links[-1] == str(ago(1))
    assert len(daily.points) == len(daily.links) == len(days.labels)
    heat = UsageCharts(asked(design), link).heat()
    assert [row.name for row in heat.series][:2] == ["Mon", "Tue"]
    assert sum(p for row in heat.series for p in row.points if p) >= 3
    grouped = UsageCharts(asked(design, days="90", group_by="department"), link).heat()
    assert [row.name for row in grouped.series] == ["IT", "Sales"]
    bars = UsageCharts(asked(design), link).comparison()
    assert dict(zip(bars.labels, bars.series[0].points, strict=True)) == {"Sales": 50, "IT": 0}


def test_an_empty_chart_says_from_when_on_days_are_told(directory, app):
    """Of an app that tells when people were active last, each day from its first reading on."""
    app("Board", account("ada", last_active_at=moment(9)))
    usage.tell_everything()
    board = Application.objects.get(instances__name="Board").pk
    today = f"{TODAY:%-d %B %Y}"

    def said(**asked):
        chart = UsageCharts(Scope.asked(asked), lambda **_: "").trend()
        assert chart.is_empty
        return chart.if_empty

    assert said(application=str(board)) == f"Its days are told from {today} on."
    assert said().startswith(f"Most applications tell of days from {today} on. Choose one")
    silent = directory("Staff", account("bob")).instance.application_id
    assert said(application=str(silent)) == "Nobody tells on which days."


def test_what_was_counted_live_is_what_was_told(design):
    told = UsageCharts(asked(design), lambda **_: "").trend().series[0].points
    whole = asked(design, group_by="manager", group="ada")
    assert list(UsageCharts(whole, lambda **_: "").trend().series[0].points) == list(told)


def test_where_it_comes_from(design):
    result = USERS.run({"application": str(design.instance.application_id), "days": "200"})
    assert [i.name for i in result.provenance.instances] == ["Design"]
    assert f"Every day is known since {ago(100):%-d %B %Y}" in result.provenance.sentence()
    assert "nobody tells who is active" in APPLICATIONS.run().provenance.sentence()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"days": "0"}, "Days must be"),
        ({"days": "x"}, "Days must be"),
        ({"from": "yesterday"}, "From must be a day"),
        ({"from": str(TODAY), "to": "2020-01-01"}, "not be later"),
        ({"application": "99999"}, "no such application"),
        ({"department": "Nowhere"}, "no department 'Nowhere'"),
        ({"person": "x"}, "must be a number"),
    ],
)
def test_what_cannot_be_asked(db, given, said):
    with pytest.raises(BadRequest, match=said):
        Scope.asked(given)


def test_periods():
    assert Period.asked("7") == Period(ago(6), TODAY, 7)
    assert Period.asked("", str(ago(9)), str(ago(3))).length == 7
    assert Period.asked("", "", "2999-01-01").last == TODAY
    assert Period.asked("7").before() == Period(ago(13), ago(7))
    assert Period.asked("", "1999-01-01").before() is None
