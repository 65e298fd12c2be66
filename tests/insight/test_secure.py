"""Third-party access: what is told of it at the end of a sync, and what is new."""

from datetime import timedelta

import pytest

from steward.insight import access_filters, grants, secure
from steward.insight.reports import report
from steward.inventory.application import Application
from steward.inventory.holdings import Grant
from steward.inventory.person import Person
from steward.ledger import applications as ledger
from steward.sdk import records as r
from steward.sync import acts, identity, merging
from tests.insight.conftest import LATELY, NOW, account

pytestmark = pytest.mark.django_db
ZOOM, MIRO = r.App(id="z", name="Zoom", publisher="Zoom Inc."), r.App(id="m", name="Miro")


def let_in(app, name, *scopes, **more):
    return r.Grant(app=app, account=name, scopes=scopes, **more)


def told(**asked):
    rows = access_filters.narrowed_applications(secure.applications_with_access(), asked)
    return {row["name"]: row for row in secure.facts_of_all(rows)}


def rows_of(slug, **filters):
    return list(report(slug).run(filters).records())


def test_an_application_is_as_risky_as_the_gravest_it_holds(app):
    app(
        "suite",
        account("ann"),
        account("bob"),
        grants=[
            ZOOM,
            MIRO,
            let_in("z", "ann", "sign-in", "mail", last_used_at=LATELY),
            let_in("z", "bob", "sign-in", "mystery"),
            let_in("m", "", "plans"),
            let_in("m", "bob"),
        ],
    )
    zoom, miro = told()["Zoom"], told()["Miro"]
    for one in (zoom, miro):
        people = rows_of("people-with-access", application=str(one["application"]))
        assert len(people) == one["people"]
    assert (zoom["risk"], zoom["people"], zoom["scopes"], zoom["unknown_scopes"]) == (
        "high", 2, 3, 1,
    )  # fmt: skip
    assert zoom["why"].startswith("Read all mail. Mail holds secrets.")
    assert "1 of its scopes is not known" in zoom["why"]
    assert zoom["publisher"] == "Zoom Inc."
    assert zoom["last_used_at"]
    assert (miro["risk"], miro["for_everybody"], miro["people"]) == ("high", True, 1)
    assert "agreed for everybody" in miro["why"]
    assert told(risk="risky").keys() == {"Zoom", "Miro"}
    assert not told(risk="critical")
    assert told(scope="myst").keys() == {"Zoom"}


def test_how_it_reaches_everybody_is_said_as_it_comes_about_there(app, directory):
    """Where members let apps in themselves, no administrator has agreed."""
    for_all = [MIRO, let_in("m", "", "plans", granted_by="ann")]
    directory("idp", account("ann"), grants=for_all)
    assert "Installed for the whole directory." in told()["Miro"]["why"]
    assert "administrator" not in told()["Miro"]["why"]
    (row,) = grants.facts_of(grants.grants())
    assert row["how"] == "Installed for the whole directory."
    app("suite", account("ann"), grants=for_all)
    assert "Installed for the whole directory. An administrator has" in told()["Miro"]["why"]
    app("other", account("ann"), grants=[ZOOM, let_in("z", "ann", "mail")])
    assert not any(said in told()["Zoom"]["why"] for said in ("Installed", "agreed"))


def test_however_many_there_are_how_is_asked_for_once(app, django_assert_num_queries):
    apps = [r.App(id=f"a{n}", name=f"App {n}") for n in range(20)]
    held = [let_in(one.id, "", "plans") for one in apps]
    app("suite", account("ann"), grants=[*apps, *held])
    with django_assert_num_queries(3):
        assert len(told()) == 20


def test_what_nobody_knows_has_no_risk_and_keeps_its_name(app):
    app("suite", account("ann"), grants=[MIRO, let_in("m", "ann", "boards:all")])
    miro = told()["Miro"]
    assert (miro["risk"], miro["unknown_scopes"]) == ("unknown", 1)
    assert "no risk is named" in miro["why"]
    (scope,) = [one.facts() for one in secure.held_scopes()]
    assert (scope["scope"], scope["known"], scope["means"]) == ("boards:all", False, None)
    assert told(risk="unknown").keys() == {"Miro"}
    assert not told(risk="low")


def test_only_what_came_after_the_first_whole_reading_is_new(app):
    first = [ZOOM, let_in("z", "ann", "mail"), let_in("z", "bob", "mail")]
    suite = app("suite", account("ann"), account("bob"), grants=first)
    assert told()["Zoom"]["first_seen_at"] is None
    assert not told(new=30)
    suite.now_says(
        account("ann"),
        account("bob"),
        grants=[*first, MIRO, let_in("m", "ann", "files.all"), let_in("m", "bob", "sign-in")],
    )
    assert told(new=7).keys() == {"Miro"}
    assert [row.application.name for row in secure.new_risky()] == ["Miro"]
    Grant.objects.exclude(appeared_at=None).update(appeared_at=NOW - timedelta(days=8))
    suite.now_says(
        account("ann"),
        account("bob"),
        grants=[*first, MIRO, let_in("m", "ann", "files.all"), let_in("m", "bob", "sign-in")],
    )
    assert secure.new_risky() == []
    assert secure.new_risky(30)
    miro = Application.objects.get(name="Miro")
    ledger.change(miro, {"status": "approved"}, by="ann", comment="Checked")
    assert secure.new_risky(30) == []
    assert told(status="not-approved").keys() == {"Zoom"}


def test_an_app_that_is_let_do_more_is_risky_from_then_on(app):
    suite = app("suite", account("ann"), grants=[ZOOM, let_in("z", "ann", "sign-in")])
    assert told()["Zoom"]["risk"] == "low"
    suite.now_says(account("ann"), grants=[ZOOM, let_in("z", "ann", "sign-in", "mail")])
    zoom = told()["Zoom"]
    assert (zoom["risk"], zoom["scopes"]) == ("high", 2)
    assert [row.application.name for row in secure.new_risky()] == ["Zoom"]
    suite.now_says(account("ann"), grants=[ZOOM])
    assert told() == {}
    assert rows_of("people-with-access") == []


def test_people_have_the_gravest_of_what_they_let_in(app):
    app(
        "suite",
        account("ann"),
        account("bob"),
        grants=[
            ZOOM,
            MIRO,
            let_in("z", "ann", "mail"),
            let_in("m", "ann", "sign-in"),
            let_in("m", "bob", "sign-in"),
            let_in("m", "", "files.all"),
            r.App(id="s", name="Silent"),
            let_in("s", ""),
        ],
    )
    Person.objects.filter(name="Ann").update(attributes={"department": "Sales"})
    ann, bob = rows_of("people-with-access")
    assert (ann["department"], bob["department"]) == ("Sales", None)
    assert (ann["name"], ann["risk"], ann["applications"], ann["risky"]) == ("Ann", "high", 2, 1)
    assert (bob["name"], bob["risk"], bob["applications"], bob["risky"]) == ("Bob", "low", 1, 0)
    assert [p["name"] for p in rows_of("people-with-access", scope="mail")] == ["Ann"]
    assert [p["name"] for p in rows_of("people-with-access", risk="low")] == ["Bob"]
    grants = rows_of("third-party-access", person=str(ann["person_id_"]))
    assert {row["application"] for row in grants} == {"Zoom", "Miro"}
    scopes = {row["scope"]: row for row in rows_of("granted-scopes")}
    for name, row in scopes.items():
        same = {"holds": name, "integration": "scripted"}
        assert len(rows_of("third-party-access", **same)) == row["grants"], name
        assert len(rows_of("applications-with-access", **same)) == row["applications"], name
    assert (scopes["sign-in"]["grants"], scopes["sign-in"]["applications"]) == (2, 1)
    assert next(iter(scopes)) == "files.all"
    one, other = Person.objects.filter(name__in=("Ann", "Bob")).order_by("name")
    identity.merge(one, other, by="test")
    (both,) = rows_of("people-with-access")
    assert (both["name"], both["applications"]) == ("Ann", 2)


def test_merged_applications_are_told_as_one_and_deleted_instances_not_at_all(app, settings):
    one = app("one", account("ann"), grants=[ZOOM, let_in("z", "ann", "mail")])
    app("two", account("ann"), grants=[MIRO, let_in("m", "ann", "sign-in")])
    zoom, miro = (Application.objects.get(name=name) for name in ("Zoom", "Miro"))
    merging.merge(miro, zoom, by="test")
    both = told()
    assert both.keys() == {"Miro"}
    assert (both["Miro"]["risk"], both["Miro"]["people"], both["Miro"]["scopes"]) == ("high", 1, 2)
    assert told(instance=one.instance.pk).keys() == {"Miro"}
    acts.delete_users(one.instance, by="test")
    assert [scope.name for scope in secure.held_scopes()] == ["sign-in"]
