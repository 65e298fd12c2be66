"""Applications are merged and split by hand, and every later sync keeps to it."""

import pytest

from steward.insight import live, reports
from steward.insight.applications import applications, facts_of
from steward.insight.reports import listed_applications
from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.contract import Contract
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import Instance
from steward.inventory.merging import Placement
from steward.inventory.naming import application_named
from steward.inventory.problems import Conflict, Invalid
from steward.sdk import records as r
from steward.sync import acts, merging, tallies
from steward.sync.deleting import purge_closed
from steward.sync.merging import Sources, Target
from tests.insight.conftest import LATELY, account, app, directory  # noqa: F401

ZOOM, CALLS = r.App(id="zoom", name="Zoom"), r.App(id="calls", name="Zoom Phone")


def given(*names, to="zoom"):
    return [r.Assignment(app=to, account=name) for name in names]


def named(name):
    return Application.objects.get(name=name)


def figures(name):
    row = facts_of(applications().get(name=name))
    told = (row["users"], row["active_users"])
    if row["connected"] and named(name).told_humans is not None:
        counted = live.humans_of(named(name).pk)
        assert told in (counted, (counted[0], None))
    return told


def rows(name):
    report = reports.report("users-by-application")
    return sorted(
        (row["name"], row["source"])
        for row in report.run({"application": str(named(name).pk)}).records()
    )


@pytest.fixture
def portal(directory):  # noqa: F811
    """Ann has Zoom, Bob Zoom Phone, Cem both."""
    people = [account(name) for name in ("ann", "bob", "cem", "dan")]
    return directory(
        "idp",
        *people,
        apps=[ZOOM, CALLS, *given("ann", "cem"), *given("bob", "cem", to="calls")],
        activity=[r.Activity(account="cem", day=LATELY.date(), app="zoom")],
    )


def test_both_add_up_and_a_human_counts_once(portal):
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (2, 0))
    change = merging.merge(named("Zoom"), named("Zoom Phone"), by="admin")
    assert figures("Zoom") == (3, 1)
    assert [name for name, _ in rows("Zoom")] == ["Ann", "Bob", "Cem", "Cem"]
    assert not applications().filter(name="Zoom Phone").exists()
    assert application_named("zoom phone") == named("Zoom")
    merging.undo(change, by="admin")
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (2, 0))
    assert application_named("zoom phone") == named("Zoom Phone")
    with pytest.raises(Conflict):
        merging.undo(change, by="admin")


def read_anew(portal, sync):
    acts.delete_users(portal.instance, by="admin")
    while purge_closed():
        pass
    portal.instance.refresh_from_db()
    sync(portal.instance)


def test_a_merge_outlives_syncs_and_what_comes_later_goes_back_with_it(portal, sync, app):  # noqa: F811
    change = merging.merge(named("Zoom"), named("Zoom Phone"), by="admin")
    read_anew(portal, sync)
    assert figures("Zoom") == (3, 1)
    suite = app("suite", account("dan"), apps=[CALLS, *given("dan", to="calls")])
    assert figures("Zoom") == (4, 1)
    merging.undo(change, by="admin")
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (3, 0))
    read_anew(portal, sync)
    sync(suite.instance)
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (3, 0))


def test_what_is_merged_into_a_connected_one_counts_beside_its_accounts(portal, app, sync):  # noqa: F811
    app("Tests", account("ann", last_active_at=LATELY), account("eve"))
    assert figures("Scripted") == (2, 1)
    change = merging.merge(named("Scripted"), named("Zoom"), by="admin")
    assert figures("Scripted") == (3, 2)
    assert rows("Scripted") == [
        ("Ann", "direct"), ("Ann", "sign-on"), ("Cem", "sign-on, sign-ins"), ("Eve", "direct"),
    ]  # fmt: skip
    listed = reports.report("users-by-application").run({})
    assert len(list(listed.records())) == sum(s.length for s in listed._sections)
    acts.delete_users(portal.instance, by="admin")
    assert figures("Scripted") == (2, 1)
    listed = listed_applications.report().run({}).records()
    assert ("Scripted", 2) in [(row["name"], row["users"]) for row in listed]
    read_anew(portal, sync)
    assert figures("Scripted") == (3, 2)
    merging.undo(change, by="admin")
    assert (figures("Scripted"), figures("Zoom")) == ((2, 1), (2, 1))


def test_two_instances_of_one_application_count_a_human_once(app):  # noqa: F811
    app("East", account("ann"), account("bob"))
    west = app("West", account("bob"), account("cem"))
    assert figures("Scripted")[0] == 3
    acts.delete(west.instance, by="admin")
    assert figures("Scripted")[0] == 2
    while purge_closed():
        pass
    assert figures("Scripted")[0] == 2


def test_a_split_says_of_each_source_what_it_is_from_then_on(portal, app, sync):  # noqa: F811
    suite = app("suite", account("dan"), account("eve"), apps=[ZOOM, *given("dan", "eve")])
    assert figures("Zoom")[0] == 4
    other = SeenApp.objects.get(instance=suite.instance.book)
    change = merging.split(named("Zoom"), Sources(apps=[other.pk]), Target("Zoom Lab"), by="admin")
    assert (figures("Zoom"), figures("Zoom Lab")) == ((2, 1), (2, 0))
    for instance in (portal, suite):
        read_anew(instance, sync)
    assert (figures("Zoom"), figures("Zoom Lab")) == ((2, 1), (2, 0))
    merging.undo(change, by="admin")
    assert not Placement.objects.exists()
    assert figures("Zoom")[0] == 4
    read_anew(suite, sync)
    assert figures("Zoom")[0] == 4


def test_a_split_brings_back_what_was_merged(portal, sync):
    merging.merge(named("Zoom"), named("Zoom Phone"), by="admin")
    phone = SeenApp.objects.get(name="Zoom Phone")
    back = Target(application=named("Zoom Phone"))
    change = merging.split(named("Zoom"), Sources(apps=[phone.pk]), back, by="admin")
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (2, 0))
    read_anew(portal, sync)
    assert (figures("Zoom"), figures("Zoom Phone")) == ((2, 1), (2, 0))
    merging.undo(change, by="admin")
    assert figures("Zoom") == (3, 1)
    read_anew(portal, sync)
    assert figures("Zoom") == (3, 1)


def test_an_instance_that_was_split_off_stays_so_when_its_settings_are_saved(app, sync):  # noqa: F811
    east, west = app("East", account("ann")), app("West", account("bob"))
    sources = Sources(instances=[west.instance.pk])
    merging.split(named("Scripted"), sources, Target("West app"), by="admin")
    acts.edit(west.instance, by="admin", settings={"company": "West"})
    sync(east.instance)
    assert Instance.objects.get(pk=west.instance.pk).application == named("West app")
    assert (figures("Scripted")[0], figures("West app")[0]) == (1, 1)


def test_money_and_papers_go_along_and_gaps_are_filled(portal):
    zoom, phone = named("Zoom"), named("Zoom Phone")
    Application.objects.filter(pk=phone.pk).update(
        category="Calls", tags=["voice"], custom={"1": 2}
    )
    paid = {"day": "2026-01-01", "amount": 1, "currency": "EUR"}
    for vendor in ("zoom", "zoom phone"):
        Charge.objects.create(application=phone, vendor=vendor, vendor_key=vendor, **paid)
    Contract.objects.create(application=phone, vendor="Zoom", name="Frame")
    change = merging.merge(zoom, phone, by="admin")
    zoom.refresh_from_db()
    assert (zoom.category, zoom.tags, zoom.custom) == ("Calls", ["voice"], {"1": 2})
    assert (zoom.charges.count(), zoom.contracts.count()) == (2, 1)
    calls = merging.split(zoom, Sources(vendors=["zoom phone"]), Target("Voice"), by="admin")
    assert named("Voice").charges.get().vendor == "zoom phone"
    assert VendorRule.objects.get().application == named("Voice")
    merging.undo(calls, by="admin")
    assert zoom.charges.count() == 2
    Application.objects.filter(pk=zoom.pk).update(category="Meetings")
    merging.undo(change, by="admin")
    zoom.refresh_from_db()
    assert (zoom.category, zoom.tags, zoom.custom) == ("Meetings", [], {})
    assert phone.charges.count() == 2


def test_what_cannot_be_merged_or_split_is_said(portal):
    zoom, phone = named("Zoom"), named("Zoom Phone")
    with pytest.raises(Conflict):
        merging.merge(zoom, zoom, by="admin")
    apps = Sources(apps=[SeenApp.objects.get(name="Zoom").pk])
    for sources, target, field in (
        (Sources(), Target("New"), "sources"),
        (apps, Target(" "), "name"),
        (apps, Target("zoom phone"), "name"),
        (apps, Target(application=zoom), "to"),
        (Sources(apps=[SeenApp.objects.get(name="Zoom Phone").pk]), Target("New"), "sources"),
    ):
        with pytest.raises(Invalid) as raised:
            merging.split(zoom, sources, target, by="admin")
        assert [e.field for e in raised.value.errors] == [field]
    assert not Application.objects.filter(name="New").exists()
    merging.merge(zoom, phone, by="admin")
    with pytest.raises(Conflict):
        merging.merge(phone, zoom, by="admin")


def test_what_was_linked_in_the_moment_of_a_merge_follows_it(portal):
    """A sync that had looked before the merge writes what it saw after it."""
    zoom, phone = named("Zoom"), named("Zoom Phone")
    merging.merge(zoom, phone, by="admin")
    SeenApp.objects.filter(name="Zoom Phone").update(application=phone)
    tallies.tell(portal.instance.book)
    assert SeenApp.objects.get(name="Zoom Phone").application == zoom
    assert figures("Zoom") == (3, 1)
