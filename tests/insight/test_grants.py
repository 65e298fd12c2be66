"""Applications that others show: by what they are known, who uses them, what they may do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from steward.insight import applications, reports, timeline
from steward.insight.telling import lines
from steward.inventory.account import Account
from steward.inventory.holdings import Grant
from steward.inventory.person import Person
from steward.sdk import records as r
from tests.insight.conftest import LATELY, LONG_AGO, NOW, account

pytestmark = pytest.mark.django_db
ZOOM = r.App(id="zoom", name="Zoom")


def facts():
    rows = map(applications.facts_of, applications.applications())
    return {row["name"]: row for row in rows if not row["connected"]}


def let_in(name, *scopes, app="zoom", **more):
    return r.Grant(app=app, account=name, scopes=scopes or ("read",), **more)


def signed_in(name, at=LATELY, app="zoom"):
    return r.Activity(account=name, day=at.date(), app=app)


def test_a_human_counts_once_in_whatever_ways_and_places(directory, app):
    directory(
        "idp",
        *map(account, ("ann", "bob")),
        account("robot", kind="service"),
        apps=[ZOOM, *(r.Assignment(app="zoom", account=n) for n in ("ann", "bob", "robot"))],
        activity=[signed_in("ann")],
    )
    app(
        "suite",
        *map(account, ("ann", "cem", "dot", "eve")),
        grants=[ZOOM, let_in("ann"), let_in("cem", last_used_at=LATELY), let_in("")],
        activity=[signed_in("cem"), signed_in("dot", LONG_AGO), signed_in("ann")],
    )
    zoom = facts()["Zoom"]
    assert zoom["sources"] == ["sign-on", "sign-ins", "grants"]
    assert (zoom["users"], zoom["active_users"]) == (5, 2)


@pytest.mark.parametrize(
    ("streams", "sources", "users", "active"),
    [
        ({"grants": [ZOOM, let_in("ann")]}, ["grants"], 1, None),
        ({"grants": [ZOOM, let_in("")]}, ["grants"], None, None),
        ({"grants": [ZOOM, let_in("ann", last_used_at=LONG_AGO)]}, ["grants"], 1, 0),
        ({"activity": [ZOOM, signed_in("ann")]}, ["sign-ins"], 1, 1),
        ({"activity": [ZOOM, signed_in("ann", NOW - timedelta(days=200))]}, ["sign-ins"], 0, 0),
    ],
)
def test_what_nobody_can_tell_is_not_known(app, streams, sources, users, active):
    app("suite", account("ann"), **streams)
    zoom = facts()["Zoom"]
    assert (zoom["sources"], zoom["users"], zoom["active_users"]) == (sources, users, active)
    assert (zoom["publisher"], zoom["verified"]) == (None, None)


def test_lists_say_and_filter_by_source(app):
    from steward.insight.reports import listed_applications

    app(
        "suite",
        account("ann"),
        account("bob"),
        apps=[ZOOM, r.Assignment(app="zoom", account="ann")],
        grants=[ZOOM, let_in("ann"), let_in("bob"), r.App(id="m", name="Miro")],
        activity=[r.App(id="f", name="Figma"), signed_in("bob", app="f")],
    )

    def known(source=""):
        rows = listed_applications.report().run({"source": source}).records()
        return {(row["name"], row["sources"], row["users"]) for row in rows}

    assert known() == {
        ("Scripted", "connected", 2),
        ("Zoom", "sign-on, grants", 2),
        ("Miro", "grants", 0),
        ("Figma", "sign-ins", 1),
    }
    assert {name for name, _, _ in known("grants")} == {"Zoom", "Miro"}
    assert {name for name, _, _ in known("seen")} == {"Zoom", "Miro", "Figma"}

    def users(**filters):
        rows = reports.report("users-by-application").run(filters).records()
        return sorted((row["application"], row["name"], row["source"]) for row in rows)

    shown = [
        ("Figma", "Bob", "sign-ins"),
        ("Zoom", "Ann", "sign-on, grants"),
        ("Zoom", "Bob", "grants"),
    ]
    assert [row for row in users() if row[2] != "direct"] == shown
    assert users(source="grants") == [
        ("Zoom", "Ann", "grants, sign-on"),
        ("Zoom", "Bob", "grants"),
    ]
    assert users(source="sign-ins") == shown[:1]


@pytest.fixture
def suite(app, monkeypatch):
    """Three days: Zoom is let in, may do more, and is shown the door; Miro is for everybody."""
    start, ticks = NOW - timedelta(days=10), iter(range(10**9))
    day = [0]

    def now():
        return start + timedelta(days=day[0], milliseconds=next(ticks))

    monkeypatch.setattr(timezone, "now", now)
    zoom = r.App(id="zoom", name="Zoom", publisher="Zoom Inc.", verified=True)
    suite = app("suite", account("ann"), grants=[zoom, let_in("ann", "mail")])
    day[0] = 1
    miro = [r.App(id="m", name="Miro"), let_in("", "boards", app="m", granted_by="ann")]
    suite.now_says(account("ann"), grants=[zoom, let_in("ann", "mail", "files"), *miro])
    day[0] = 2
    suite.now_says(account("ann"), grants=miro)
    return suite, start.date()


def test_timelines_tell_of_access_given_changed_and_taken_back(suite):
    instance, _ = suite
    told = [line.sentence for line in lines(timeline.of_account(Account.objects.get()))]
    assert told == [
        "no longer lets in Zoom",
        "Zoom may also do files",
        "let in Zoom",
        "first seen",
    ]
    assert len(timeline.of_person(Person.objects.get())) == 4
    of_instance = [line.sentence for line in lines(timeline.of_instance(instance.instance))]
    assert "let in for everybody: Miro" in of_instance


def test_the_report_knows_past_days_and_every_filter(suite):
    _, start = suite
    report = reports.report("third-party-access")

    def rows(as_of=None, **filters):
        found = report.run(filters, as_of=as_of).records()
        return [(row["application"], row["name"], row["scopes"]) for row in found]

    zoom, miro = ("Zoom", "Ann", ["files", "mail"]), ("Miro", "everybody", ["boards"])
    assert rows() == [miro]
    assert rows(start) == [("Zoom", "Ann", ["mail"])]
    assert rows(start + timedelta(days=1)) == [miro, zoom]
    day = start + timedelta(days=1)
    assert rows(day, scope="FILES") == rows(day, verified="yes") == rows(day, q="ann") == [zoom]
    assert rows(day, verified="unknown") == [miro]
    assert rows(day, application=str(Grant.objects.first().app.application_id)) == [zoom]
    consented = next(report.run().records())
    assert (consented["consented_by"], consented["publisher"]) == ("Ann", "")
