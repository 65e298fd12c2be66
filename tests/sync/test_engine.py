from datetime import timedelta

import pytest

from steward.inventory.account import Account, AccountVersion
from steward.inventory.instance import Book, StreamState
from steward.inventory.run import Run
from steward.sdk.errors import Forbidden, Unauthorized, Unavailable, Unexpected
from steward.sync import engine, runs

pytestmark = pytest.mark.django_db


def statuses(instance):
    rows = Account.objects.filter(instance=instance.book)
    return {a.external_id: a.status for a in rows}


def stream(instance, name):
    return StreamState.objects.get(instance=instance, name=name)


def test_a_first_sync_brings_everybody_in(connect, sync):
    instance = connect()
    run = sync(instance)
    assert run.state == Run.SUCCEEDED
    assert run.counts["appeared"] == 3
    assert instance.state == "live"
    assert instance.last_synced_at
    assert statuses(instance) == {"ann": "active", "bob": "active", "cem": "active"}
    assert stream(instance, "accounts").records == 3


def test_a_second_sync_of_the_same_writes_nothing_anew(connect, sync):
    instance = connect()
    sync(instance)
    before = list(Account.objects.values("id", "since", "digest"))
    run = sync(instance)
    assert (run.counts["appeared"], run.counts["changed"], run.counts["removed"]) == (0, 0, 0)
    assert [{**row, "digest": bytes(row["digest"])} for row in before] == [
        {**row, "digest": bytes(row["digest"])}
        for row in Account.objects.values("id", "since", "digest")
    ]


def test_a_change_keeps_how_it_was(connect, sync, company):
    instance = connect()
    sync(instance)
    company.people("ann", "bob", "cem", status="disabled")
    run = sync(instance)
    assert run.counts["changed"] == 3
    assert set(statuses(instance).values()) == {"disabled"}
    past = AccountVersion.objects.get(account__external_id="ann")
    assert past.status == "active"
    assert past.until == Account.objects.get(external_id="ann").since


def test_who_is_no_longer_listed_is_removed_and_who_comes_back_is_the_same(connect, sync, company):
    instance = connect()
    sync(instance)
    ann = Account.objects.get(external_id="ann")
    company.people("bob", "cem")
    assert sync(instance).counts["removed"] == 1
    assert statuses(instance)["ann"] == "removed"
    company.people("ann", "bob", "cem")
    assert sync(instance).counts["returned"] == 1
    back = Account.objects.get(external_id="ann")
    assert (back.pk, back.first_seen_at, back.status) == (ann.pk, ann.first_seen_at, "active")
    assert back.removed_at is None
    assert (ann.holds_seat, back.holds_seat) == (None, None)
    assert not Book.objects.get(pk=instance.book).tells_seats


def test_a_list_that_was_not_read_to_its_end_removes_nobody(connect, sync, company):
    instance = connect()
    sync(instance)
    company.page = 1
    company.people("ann", "bob")
    company.faults[("accounts", 1)] = Unexpected("Half an answer.")
    run = sync(instance)
    assert run.state == Run.FAILED
    assert instance.state == "failing"
    assert set(statuses(instance).values()) == {"active"}


def test_records_set_aside_cost_nobody_their_place(connect, sync, company):
    instance = connect()
    sync(instance)
    company.streams["accounts"] = [*company.streams["accounts"][:2], None]
    run = sync(instance)
    assert run.state == Run.SUCCEEDED
    assert run.progress["accounts"]["set_aside"] == 1
    assert statuses(instance)["cem"] == "active"
    assert "1 records could not be read" in stream(instance, "accounts").error


def test_mostly_unreadable_records_end_the_run(connect, sync, company):
    instance = connect()
    company.streams["accounts"] = [None] * 15
    run = sync(instance)
    assert run.state == Run.FAILED
    assert "could not be read" in run.error


def test_a_shrunken_list_waits_for_a_person(connect, sync, company):
    names = [f"u{n}" for n in range(60)]
    company.people(*names)
    instance = connect()
    sync(instance)
    company.people(*names[:30])
    run = sync(instance)
    assert run.counts["held"] == 30
    assert instance.removals_held == 30
    assert set(statuses(instance).values()) == {"active"}
    assert instance.moments.filter(event="removals_held").count() == 1
    sync(instance)
    assert instance.moments.filter(event="removals_held").count() == 1


def test_an_optional_stream_that_is_not_permitted_is_named(connect, sync, company):
    company.faults[("groups", 0)] = Forbidden("The token may not read groups.")
    instance = connect()
    assert sync(instance).state == Run.SUCCEEDED
    groups = stream(instance, "groups")
    assert (groups.state, groups.missing) == ("not_permitted", ["groups.read"])
    assert instance.state == "live"


def test_a_refusal_counts_only_when_a_check_is_refused_too(connect, sync, company):
    instance = connect()
    company.faults[("groups", 0)] = Unauthorized("Not now.")
    run = sync(instance)
    assert (run.state, instance.state) == (Run.FAILED, "failing")
    company.faults.clear()
    company.token = "another"
    run = sync(instance)
    assert (run.state, instance.state) == (Run.REFUSED, "revoked")
    assert instance.reason == "The app refused the token."
    assert instance.next_sync_at is None


def test_a_verdict_of_invalid_grant_counts_at_once(connect, sync, company):
    instance = connect()
    checks = company.checks
    company.faults[("accounts", 0)] = Unauthorized("The grant is gone.", final=True)
    sync(instance)
    assert instance.state == "revoked"
    assert company.checks == checks


def test_without_the_accounts_an_instance_is_useless(connect, sync, company):
    instance = connect()
    company.faults[("accounts", 0)] = Forbidden("May not list users.", missing=("users.read",))
    sync(instance)
    assert instance.state == "revoked"
    assert "users.read" in instance.reason


def test_a_run_goes_on_where_it_was(connect, sync, company, page_by_page):
    company.page = 1
    company.faults[("accounts", 2)] = KeyboardInterrupt()
    instance = connect()
    run = runs.open_run(instance)
    with pytest.raises(KeyboardInterrupt):
        engine.carry_out(run.pk)
    company.faults.clear()
    company.pages_read.clear()
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.SUCCEEDED
    assert company.pages_read[0] == ("accounts", 2)
    assert len(statuses(instance)) == 3


def test_a_worker_that_was_only_slow_changes_nothing(connect, company):
    instance = connect()
    run = runs.open_run(instance)

    def another_worker_takes_it(stream, page):
        if (stream, page) == ("accounts", 0):
            engine.take(run.pk)

    company.on_page = another_worker_takes_it
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.RUNNING
    assert run.attempt == 2
    assert statuses(instance) == {}


def test_an_app_that_says_when_to_come_back_parks_the_run(connect, sync, company):
    company.page = 1
    company.faults[("accounts", 1)] = Unavailable("Slow down.", retry_after=3600)
    instance = connect()
    run = sync(instance)
    assert run.state == Run.PARKED
    assert timedelta(minutes=59) < run.resume_at - run.heartbeat_at < timedelta(minutes=61)
    assert instance.state == "pending"
    company.faults.clear()
    assert sync(instance).pk == run.pk
    assert instance.state == "live"


def test_an_app_that_is_down_is_tried_again_soon(connect, sync, company):
    company.faults[("accounts", 0)] = Unavailable("The app is down.")
    instance = connect()
    run = sync(instance)
    assert (run.state, instance.state) == (Run.FAILED, "failing")
    assert instance.next_sync_at - run.finished_at < timedelta(minutes=10)


def test_a_verdict_on_an_older_credential_is_dropped(connect, company):
    instance = connect()
    run = runs.open_run(instance)

    def another_credential_is_entered(stream, page):
        type(instance).objects.filter(pk=instance.pk).update(connection=2)
        company.token = "new"

    company.on_page = another_credential_is_entered
    engine.carry_out(run.pk)
    instance.refresh_from_db()
    assert instance.state == "pending"


def test_a_stopped_run_keeps_what_it_read(connect, sync, company, page_by_page):
    company.page = 1
    instance = connect()
    run = runs.open_run(instance)

    def stop(stream, page):
        if page == 1:
            runs.stop_run(run, by="admin@corp.example")

    company.on_page = stop
    engine.carry_out(run.pk)
    run.refresh_from_db()
    assert run.state == Run.STOPPED
    assert list(statuses(instance)) == ["ann"]
    assert instance.moments.filter(event="sync_stopped", actor="admin@corp.example").exists()
