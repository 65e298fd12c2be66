"""Who uses what is told after everything that changes it, from whoever knows best."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.instance import Book
from steward.inventory.person import Person
from steward.inventory.usage import EVERYWHERE, Use, UseDue, UseOfDay, UseTold, bits_of, first_kept
from steward.sdk import records as r
from steward.sync import acts, identity, usage
from steward.sync.deleting import purge_closed
from tests.insight.conftest import account, app, directory  # noqa: F401

TODAY = datetime.now(UTC).date()


def ago(days):
    return TODAY - timedelta(days=days)


def moment(days):
    return datetime.combine(ago(days), datetime.min.time(), UTC)


def active(name, *days, app=""):  # noqa: F811
    return [r.Activity(account=name, day=ago(n), app=app) for n in days]


@pytest.fixture
def sign_on(directory):  # noqa: F811
    """Three people, a tile of the application "Scripted" and one of Miro, and who signed in."""
    apps = [
        r.App(id="s", name="Scripted", key="scripted"),
        r.App(id="m", name="Miro"),
        *(r.Assignment(app=a, account=n) for a in "sm" for n in ("ada", "bob", "cleo")),
    ]
    signed_in = [*active("ada", 1, 2, 40, app="m"), *active("ada", 0, 5, app="s")]
    return directory(
        "Sign-on", account("ada"), account("bob"), account("cleo"), apps=apps, activity=signed_in
    )


def uses(application):
    rows = Use.objects.filter(application=Application.objects.get(name=application))
    return {row.name: (row.source, row.last_active, days(row)) for row in rows}


def days(row):
    base = first_kept(TODAY)
    bits = bits_of(tuple(getattr(row, f"w{n}") for n in range(8)), base)
    return [(TODAY - base).days - place for place in range(bits.bit_length()) if bits >> place & 1]


def test_sign_ins_tell_of_an_application_that_is_not_connected(sign_on):
    assert uses("Miro") == {
        "Ada": ("sign-ins", ago(1), [40, 2, 1]),
        "Bob": ("sign-ins", None, []),
        "Cleo": ("sign-ins", None, []),
    }
    told = UseTold.objects.get(pk=Application.objects.get(name="Miro").pk)
    assert (told.users, told.in_30, told.before_30, told.in_60) == (3, 1, 1, 1)
    assert (told.since, told.until) == (ago(40), TODAY)


def test_the_applications_own_word_counts_and_nobody_elses(sign_on, app):  # noqa: F811
    app("One", account("ada", last_active_at=moment(9)), account("bob"), activity=active("ada", 20))
    found = uses("Scripted")
    assert found["Ada"] == ("direct", ago(9), [20, 9])
    assert found["Bob"] == ("direct", None, [])
    assert "Cleo" not in found


def test_two_accounts_of_a_human_in_one_application_are_one_user(sign_on, app):  # noqa: F811
    app("One", account("ada", last_active_at=moment(3)), activity=active("ada", 3, 4))
    app("Two", account("ada", last_active_at=moment(1)), activity=active("ada", 1, 4))
    assert uses("Scripted") == {"Ada": ("direct", ago(1), [4, 3, 1])}


def test_grants_come_last_and_who_tells_nothing_is_not_known(directory):  # noqa: F811
    shown = [
        r.App(id="z", name="Zoom"),
        r.Grant(app="z", account="ada", last_used_at=moment(2)),
        r.Grant(app="z", account="bob"),
        r.App(id="q", name="Quiet"),
        r.Grant(app="q", account="ada"),
    ]
    directory("Suite", account("ada"), account("bob"), grants=shown)
    assert uses("Zoom") == {"Ada": ("grants", ago(2), [2]), "Bob": ("grants", None, [])}
    assert uses("Quiet") == {"Ada": ("", None, [])}
    zoom = Application.objects.get(name="Zoom").pk
    assert not UseOfDay.objects.filter(application=zoom).exists()


def test_days_that_nobody_tells_have_no_row(sign_on):
    miro = UseOfDay.objects.filter(application=Application.objects.get(name="Miro").pk)
    counted = {day: (count, week) for day, count, week in miro.values_list("day", "active", "in_7")}
    assert min(counted) == ago(40)
    assert counted[ago(40)] == (1, None)
    assert counted[ago(35)] == (0, None)
    assert counted[ago(34)] == (0, 1)
    assert counted[ago(33)] == (0, 0)
    assert counted[ago(2)] == (1, 1)


def test_an_app_without_days_tells_of_each_day_from_its_first_reading(app):  # noqa: F811
    one = app("One", account("ada", last_active_at=moment(9)))
    told = UseTold.objects.get(pk=one.instance.application_id)
    assert (told.source, told.since, told.in_30) == ("direct", TODAY, 1)
    assert list(UseOfDay.objects.filter(application=told.pk).values_list("day", "in_7")) == [
        (TODAY, None)
    ]


def test_people_anywhere_are_those_of_all_applications(sign_on, app):  # noqa: F811
    app("One", account("ada", last_active_at=moment(9)), account("dan", last_active_at=moment(50)))
    usage.tell_everything()
    rows = {row.name: days(row) for row in Use.objects.filter(application=EVERYWHERE)}
    assert rows == {"Ada": [40, 9, 2, 1], "Bob": [], "Cleo": [], "Dan": [50]}


def test_merging_people_tells_them_anew(sign_on, app, monkeypatch):  # noqa: F811
    monkeypatch.setattr(usage, "SHARE", 1_000_000)
    app("One", account("ada", last_active_at=moment(9)), account("dan", last_active_at=moment(50)))
    people = {p.name: p for p in Person.objects.all()}
    identity.merge(people["Ada"], people["Dan"], by="admin")
    assert usage.is_waiting()
    while usage.tell_waiting():
        pass
    assert uses("Scripted") == {"Ada": ("direct", ago(9), [50, 9])}
    assert not Use.objects.filter(person=people["Dan"].pk).exists()


def test_an_idle_account_s_last_day_does_not_begin_the_record_of_its_app(app):  # noqa: F811
    """An app that shows a month of days, and of somebody idle one day half a year ago."""
    names = [f"p{n}" for n in range(10)]
    days = [one for name in names for one in active(name, *range(28))]
    people = [account(name, last_active_at=moment(0)) for name in [*names, "idle"]]
    app("One", *people, activity=[*days, *active("idle", 200)])
    told = UseTold.objects.exclude(pk=EVERYWHERE).get()
    assert told.since >= ago(28)


def test_what_is_deleted_is_told_without_it(sign_on, app):  # noqa: F811
    one = app("One", account("ada", last_active_at=moment(9)))
    acts.delete(one.instance, by="admin")
    while purge_closed():
        pass
    assert uses("Scripted")["Ada"] == ("sign-ins", TODAY, [5, 0])
    acts.delete(sign_on.instance, by="admin")
    while purge_closed():
        pass
    usage.tell_everything()
    assert not Use.objects.exists()
    assert not UseTold.objects.exclude(pk=EVERYWHERE).exists()
    assert set(UseDue.objects.values_list("pk", flat=True)) == {EVERYWHERE}


def test_a_large_one_is_told_behind_its_sync(app, monkeypatch):  # noqa: F811
    monkeypatch.setattr(usage, "SMALL", 0)
    app("One", account("ada", last_active_at=moment(9)))
    assert not Use.objects.exists()
    while usage.tell_waiting():
        pass
    assert Use.objects.count() == 2
    assert not usage.is_waiting()


def test_an_application_of_many_small_instances_is_told_once_behind_them(app, monkeypatch):  # noqa: F811
    monkeypatch.setattr(usage, "SMALL", 2)
    monkeypatch.setattr(usage, "SHARE", 1_000_000)
    one = app("One", account("ada", last_active_at=moment(9)))
    assert sorted(uses("Scripted")) == ["Ada"]
    app("Two", account("bob", last_active_at=moment(8)), account("cleo", last_active_at=moment(7)))
    app("Three", account("dan", last_active_at=moment(6)))
    assert sorted(uses("Scripted")) == ["Ada"]
    told = []
    count = usage.count
    monkeypatch.setattr(usage, "count", lambda app, *more: (told.append(app), count(app, *more)))
    assert usage.tell_waiting()
    assert told == [one.instance.application_id, EVERYWHERE]
    assert sorted(uses("Scripted")) == ["Ada", "Bob", "Cleo", "Dan"]
    assert not usage.is_waiting()


def test_what_changes_while_it_is_told_is_told_again(app, monkeypatch):  # noqa: F811
    one = app("One", account("ada", last_active_at=moment(9)))
    tell_part = usage.tell_part

    def tell_and_change(*words):
        tell_part(*words)
        Book.objects.filter(pk=one.instance.book).update(told_at=timezone.now())

    monkeypatch.setattr(usage, "tell_part", tell_and_change)
    monkeypatch.setattr(usage, "SHARE", 1_000_000)
    usage.tell_usage(one.instance.book)
    monkeypatch.setattr(usage, "tell_part", tell_part)
    assert usage.is_waiting()
    while usage.tell_waiting():
        pass
    assert not usage.is_waiting()


def test_what_was_told_yesterday_is_told_again(app):  # noqa: F811
    app("One", account("ada", last_active_at=moment(9)))
    assert not usage.is_waiting()
    UseDue.objects.update(told_at=moment(1))
    assert usage.is_waiting()


def test_what_takes_long_is_told_less_often(app):  # noqa: F811
    one = app("One", account("ada", last_active_at=moment(9)))
    UseDue.objects.update(took=2 * 3600)
    one.now_says(account("ada", last_active_at=moment(1)))
    UseDue.objects.filter(pk=one.instance.book).update(took=2 * 3600, told_at=moment(0))
    assert not usage.is_waiting()
