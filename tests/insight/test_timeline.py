"""What has happened, and how things stood on the days between."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from steward.insight import reports, timeline
from steward.insight.asking import BadRequest
from steward.insight.telling import lines
from steward.inventory.account import Account, AccountVersion, ActiveDays
from steward.inventory.holdings import Membership
from steward.inventory.person import Person
from steward.sdk import records as r
from steward.sdk.errors import Forbidden
from steward.sync import deleting
from tests.insight.conftest import account

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def on(monkeypatch):
    """It is the nth day; each look at the clock is a little later."""
    now = [FIRST]

    def tick():
        now[0] += timedelta(milliseconds=1)
        return now[0]

    def on(day):
        now[0] = FIRST + timedelta(days=day)

    monkeypatch.setattr(timezone, "now", tick)
    return on


def told(events):
    return [(line.at.date() - FIRST.date(), line.sentence or line.what) for line in lines(events)]


def day(number):
    return timedelta(days=number)


def crew(*names):
    return {
        "groups": [
            r.Group(id="g", name="Crew"),
            *(r.Membership(group="g", account=n) for n in names),
        ]
    }


def pro(*names):
    held = [r.Seat(license="p", account=name) for name in names]
    return {"licenses": [r.License(id="p", name="Pro"), *held]}


@pytest.fixture
def life(app, on):
    """Four days of one app."""
    on(0)
    found = app("Acme", account("ann"), account("bob"), **crew("ann"), **pro("ann"))
    on(1)
    found.now_says(account("ann", role="Owner"), account("bob"), **crew("ann", "bob"), **pro("ann"))
    on(2)
    found.now_says(account("ann", role="Owner", status="disabled"), **crew("bob"), **pro())
    on(3)
    found.now_says(account("ann", role="Owner"), account("bob"), **crew("ann"), **pro("bob"))
    return found


def test_an_accounts_timeline_is_told_field_by_field(life):
    ann = Account.objects.get(external_id="ann")
    assert told(timeline.of_account(ann)) == [
        (day(3), "joined Crew"),
        (day(3), "enabled"),
        (day(2), "paid seat: yes → no"),
        (day(2), "lost the paid seat Pro"),
        (day(2), "left Crew"),
        (day(2), "disabled"),
        (day(1), "role: none → Owner"),
        (day(0), "got the paid seat Pro"),
        (day(0), "joined Crew"),
        (day(0), "first seen"),
    ]


def test_an_account_that_was_away_is_told_as_such(life):
    bob = Account.objects.get(external_id="bob")
    sentences = [sentence for _, sentence in told(timeline.of_account(bob))]
    assert "removed" in sentences
    assert sentences.index("came back") < sentences.index("removed")


def test_pages_of_a_timeline_join_without_a_gap(life):
    ann = Account.objects.get(external_id="ann")
    whole = timeline.of_account(ann)
    parts = [e for start in range(0, 12, 3) for e in timeline.of_account(ann, start, 3)]
    assert parts == whole


def test_a_persons_timeline_is_that_of_all_accounts(life, app, on):
    on(4)
    app("Zeta", account("ann"))
    ann = Person.objects.get(email="ann@corp.example")
    events = timeline.of_person(ann)
    assert (events[0].what, events[0].account.instance.name) == ("appeared", "Zeta")
    assert {e.account.instance.name for e in events} == {"Zeta", "Acme"}


def test_an_instances_timeline_says_what_syncs_found_and_who_changed(life):
    found = told(timeline.of_instance(life.instance))
    assert (day(0), "sync: 2 appeared") in found
    assert "connected" in {what for _, what in found}
    assert (day(1), "role: none → Owner") in found
    assert (day(2), "sync: 1 changed, 1 removed") in found
    assert [at for at, _ in found] == sorted((at for at, _ in found), reverse=True)


def test_the_past_of_what_was_held_can_be_asked_for(life):
    def members(number):
        rows = Membership.objects.at((FIRST + day(number)).date())
        return sorted(rows.values_list("account__external_id", flat=True))

    assert [members(number) for number in range(4)] == [["ann"], ["ann", "bob"], ["bob"], ["ann"]]
    assert [m.account.external_id for m in Membership.objects.present()] == ["ann"]


def test_a_report_names_the_licence_of_a_past_day(life, on):
    on(60)

    def seats(as_of=None):
        result = reports.report("paid-seats-unused").run({"days": "1"}, as_of=as_of)
        return [(row["name"], row["license"]) for row in result.records()]

    assert seats(FIRST.date()) == []
    life.now_says(account("ann", status="disabled"), account("bob"), **crew(), **pro("ann"))
    on(61)
    life.now_says(account("ann"), account("bob"), **crew(), **pro())
    assert seats((FIRST + day(60)).date()) == [("Ann", "Pro")]
    assert seats() == []


def test_who_was_given_an_app_is_known_for_past_days(directory, on):
    on(0)
    apps = [r.App(id="z", name="Zoom")]
    sign_on = directory("Idp", account("ann"), apps=[*apps, r.Assignment(app="z", account="ann")])
    on(1)
    sign_on.now_says(account("ann", status="disabled"), apps=apps)
    on(2)
    report = reports.report("users-by-application")
    columns = ("application", "name", "status")

    def given(as_of=None):
        rows = report.run({"source": "sign-on"}, as_of=as_of).records()
        return [tuple(row[c] for c in columns) for row in rows]

    assert given(FIRST.date()) == [("Zoom", "Ann", "active")]
    assert given((FIRST + day(1)).date()) == given() == []


def test_a_year_of_days_is_twelve_rows_and_no_version(app, on):
    on(0)
    start = FIRST.date().replace(month=1, day=1)
    days = [r.Activity(account="ann", day=start + day(number)) for number in range(365)]
    found = app("Acme", account("ann"), activity=days)
    on(1)
    found.now_says(account("ann"), activity=days)
    assert ActiveDays.objects.count() == 12
    assert not AccountVersion.objects.exists()


def test_licences_that_are_read_for_the_first_time_keep_how_accounts_stood(app, on):
    on(0)
    found = app("Acme", account("ann"))
    on(5)
    found.now_says(account("ann"), **pro("ann"))
    result = reports.report("users-by-application").run(as_of=FIRST.date())
    assert [row["holds_seat"] for row in result.records()] == [None]
    assert Account.objects.get().holds_seat is True


def test_a_past_day_is_told_from_what_had_been_read_by_then(app, on):
    on(0)
    found = app("Acme", account("ann"))
    on(3)
    found.company.faults[("licenses", 0)] = Forbidden("No.", missing=("billing.read",))
    found.now_says(account("ann"))
    on(4)
    app("Zeta", account("ann"))
    for number in range(6):
        app(f"App {number}", account("ann"))

    def said(number):
        as_of = FIRST.date() + day(number)
        return reports.report("paid-seats-unused").run(as_of=as_of).provenance.sentence()

    assert said(-1) == (
        "Nothing had been read by the end of 28 February 2026. The first was read on 1 March 2026."
    )
    more = "App 0, App 1, App 2, App 3, App 4 and 2 more"
    one = "From 1 instance; the oldest data was read on"
    assert said(2) == f"{one} 1 March 2026. Not read by then: {more}."
    refused = "Acme does not permit reading licenses (billing.read)."
    assert said(3) == f"{one} 4 March 2026. Not read by then: {more}. {refused}"
    assert said(9) == (
        f"From 8 instances; the oldest data was read on 4 March 2026 (Acme). {refused}"
    )


def test_what_was_emptied_tells_of_no_day_before(app, on):
    on(0)
    found = app("Acme", account("ann"))
    on(2)
    deleting.delete_users(found.instance, by="test")
    found.now_says(account("ann"))
    for number, known in ((1, False), (2, True)):
        result = reports.report("users-by-application").run(as_of=FIRST.date() + day(number))
        assert (result.total == 1, bool(result.provenance.instances)) == (known, known)


def test_a_day_to_come_is_refused():
    tomorrow = datetime.now(UTC).date() + day(1)
    with pytest.raises(BadRequest, match=f"{tomorrow} is still to come: in UTC it is"):
        reports.report("users-by-application").run(as_of=tomorrow)
