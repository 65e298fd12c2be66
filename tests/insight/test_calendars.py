"""The feed, read again by a calendar library."""

from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from steward.insight.calendars import renewals
from steward.inventory import terms
from steward.inventory.person import Person
from steward.ledger import contracts as acts

pytestmark = pytest.mark.django_db
TODAY = terms.today()
BY = "admin@corp.example"


def days(count):
    return TODAY + timedelta(days=count)


def events(with_money=True):
    feed = renewals(with_money)
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))
    calendar = Calendar.from_ical(feed)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    assert calendar.errors == []
    return {str(e["SUMMARY"]): e for e in calendar.walk("VEVENT")}


def contract(**more):
    given = {"vendor": "Fígma, Inc; \\ Co", "name": "Fígma", "auto_renews": True,
             "renews_for_months": 12, "ends_on": days(99), "notice_on": days(70)}  # fmt: skip
    return acts.create({**given, **more}, by=BY)


def test_renewals_and_notice_dates_are_events_of_whole_days(settings):
    settings.STEWARD_BASE_URL = "https://steward.corp.example"
    ann = Person.objects.create(name="Ann 美咲", email="ann@corp.example")
    one = contract(value="1200", currency="EUR", owner=ann.pk)
    found = events()
    assert set(found) == {"Fígma: renews", "Fígma: last day for notice"}
    event = found["Fígma: renews"]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (days(100), days(101))
    assert type(event["DTSTART"].dt) is date
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert isinstance(event["DTSTAMP"].dt, datetime)
    assert "Fígma, Inc; \\ Co" in event["DESCRIPTION"]
    assert "Ann 美咲" in event["DESCRIPTION"]
    assert "€1,200.00" in event["DESCRIPTION"]
    assert event["URL"] == f"https://steward.corp.example/contracts/{one.pk}/"
    alarms = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(days=-30), timedelta(days=-7)]
    assert "1,200" not in events(with_money=False)["Fígma: renews"]["DESCRIPTION"]


def test_an_event_is_the_same_one_when_its_date_moves_or_it_ends():
    one = contract()
    before = {name: str(e["UID"]) for name, e in events().items()}
    assert len(set(before.values())) == 2
    assert renewals(True) == renewals(True)
    acts.edit(one, {"ends_on": days(109), "auto_renews": False}, by=BY)
    after = events()
    assert str(after["Fígma: ends"]["UID"]) == before["Fígma: renews"]
    assert after["Fígma: ends"]["DTSTART"].dt == days(109)
    acts.end(one, days(20), by=BY)
    assert {name: e["DTSTART"].dt for name, e in events().items()} == {"Fígma: ends": days(20)}
    acts.end(one, TODAY, by=BY)
    assert events() == {}


def test_a_term_that_came_by_itself_is_in_the_feed():
    one = contract(ends_on=days(-30), notice_on=days(-60))
    term = terms.term_of(one, TODAY)
    found = events()
    assert found["Fígma: renews"]["DTSTART"].dt == term.renews_on
    assert found["Fígma: last day for notice"]["DTSTART"].dt == term.notice_on
