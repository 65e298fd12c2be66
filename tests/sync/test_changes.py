"""Reading changes alone: the end is that of a whole read, and nothing is believed for too long."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone

from steward.inventory.account import Account
from steward.inventory.instance import StreamState
from steward.inventory.sighting import Sighting
from steward.sdk.connector import Page
from steward.sync import acts

pytestmark = pytest.mark.django_db
ADMIN = "admin@corp.example"


@pytest.fixture
def instance(connect, sync, company):
    company.remembers = True
    instance = connect()
    sync(instance)
    return instance


def how(run):
    """What the run said it read, and how many records."""
    accounts = run.progress["accounts"]
    return {None: "nothing", True: "changes", False: "all"}[accounts["changes"]], accounts[
        "records"
    ]


def statuses():
    return dict(Account.objects.values_list("external_id", "status"))


def test_only_changes_are_read_and_all_others_stay(instance, sync, company):
    assert StreamState.objects.get(name="accounts").mark == 0
    company.people("ann", "bob", "dot")
    bob = company.streams["accounts"][1]
    company.streams["accounts"][1] = msgspec.structs.replace(bob, name="Robert")
    run = sync(instance)
    assert how(run) == ("changes", 3)
    assert {n: run.counts[n] for n in ("appeared", "changed", "removed")} == {
        "appeared": 1, "changed": 1, "removed": 1,
    }  # fmt: skip
    assert statuses() == {"ann": "active", "bob": "active", "cem": "removed", "dot": "active"}
    assert how(sync(instance)) == ("changes", 0)
    company.people("ann", "bob", "cem", "dot")
    assert sync(instance).counts["returned"] == 1
    assert statuses()["cem"] == "active"
    assert not Sighting.objects.exists()


def test_an_app_that_has_forgotten_the_mark_gives_the_whole_list(instance, sync, company):
    company.snapshots.clear()
    company.people("ann")
    run = sync(instance)
    assert how(run) == ("all", 1)
    assert run.counts["removed"] == 2


def new_credential(instance):
    acts.edit(instance, by=ADMIN, credentials={"token": "good"})


def another_setting(instance):
    type(instance).objects.filter(pk=instance.pk).update(settings={"company": "acme", "more": 1})


def users_deleted(instance):
    acts.delete_users(instance, by=ADMIN)


def a_week_passed(instance):
    week = timezone.now() - timedelta(days=7, minutes=1)
    StreamState.objects.update(whole_at=week)


WHAT_ENDS_A_MARK = (new_credential, another_setting, users_deleted, a_week_passed)


@pytest.mark.parametrize("happens", WHAT_ENDS_A_MARK)
def test_the_whole_list_is_read_once_the_ground_has_moved(instance, sync, happens):
    happens(instance)
    instance.refresh_from_db()
    assert how(sync(instance)) == ("all", 3)
    assert how(sync(instance)) == ("changes", 0)


def test_a_read_of_changes_does_not_put_off_the_whole_list(instance, sync):
    whole_at = StreamState.objects.get(name="accounts").whole_at
    sync(instance)
    assert StreamState.objects.get(name="accounts").whole_at == whole_at


def test_with_a_record_set_aside_nobody_goes_and_the_mark_stays(instance, sync, company):
    company.people("ann", "bob")
    company.streams["accounts"].append(None)
    assert how(sync(instance)) == ("changes", 1)
    assert statuses()["cem"] == "active"
    company.people("ann", "bob")
    run = sync(instance)
    assert how(run) == ("changes", 1)
    assert run.counts["removed"] == 1


def test_many_at_once_are_held_and_stay_held(instance, sync, company):
    everybody = [f"u{n:02d}" for n in range(60)]
    company.people(*everybody)
    sync(instance)
    company.people(*everybody[:30])
    assert sync(instance).counts["held"] == 30
    assert how(sync(instance)) == ("changes", 0)
    assert instance.removals_held == 30
    company.people(*everybody[:50])
    sync(instance)
    assert (instance.removals_held, statuses()["u55"]) == (0, "removed")
    assert statuses()["u45"] == "active"


def interrupted(instance, sync, company, page):
    company.page = 1
    company.people("ann", "dot", "eve", "fay")
    company.faults = {("accounts", page): KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        sync(instance)
    company.faults.clear()
    company.pages_read.clear()


@pytest.mark.parametrize("page", range(5))
def test_a_killed_read_of_changes_goes_on_with_its_mark(
    instance, sync, company, page_by_page, page
):
    interrupted(instance, sync, company, page)
    if page:
        a_week_passed(instance)
    run = sync(instance)
    assert how(run) == ("changes", 5)
    assert company.pages_read[0] == ("accounts", page)
    assert statuses() == {
        "ann": "active", "bob": "removed", "cem": "removed", "dot": "active", "eve": "active",
        "fay": "active",
    }  # fmt: skip
    assert run.progress["accounts"]["given"] is None


def test_a_killed_read_whose_ground_has_moved_begins_anew_with_all(
    instance, sync, company, page_by_page
):
    interrupted(instance, sync, company, 2)
    another_setting(instance)
    run = sync(instance)
    assert how(run) == ("all", 4)
    assert company.pages_read[0] == ("accounts", 0)
    assert {n for n, status in statuses().items() if status == "removed"} == {"bob", "cem"}


def test_who_is_gone_on_one_page_and_back_on_the_next_is_there(connect, sync, company):
    instance = connect()
    sync(instance)
    ann = company.streams["accounts"][0]
    company.pages["accounts"] = [
        Page((), changes=True, gone=("ann", "bob", "nobody")),
        Page((ann,), changes=True),
        Page((), changes=True, gone=("cem",), mark="m"),
    ]
    sync(instance)
    assert statuses() == {"ann": "active", "bob": "removed", "cem": "removed"}


WHOLE = Page((), mark="new")
CHANGES = Page((), changes=True, gone=("ann",), mark="new")


@pytest.mark.parametrize("pages", [[CHANGES, WHOLE], [WHOLE, CHANGES]])
def test_half_changes_and_half_a_list_remove_nobody(connect, sync, company, pages):
    instance = connect()
    sync(instance)
    company.pages["accounts"] = pages
    run = sync(instance)
    assert "turned from" in run.progress["accounts"]["problems"][0]["reason"]
    assert set(statuses().values()) == {"active"}
    assert StreamState.objects.get(name="accounts").mark is None


def test_changes_of_anything_else_are_refused(connect, sync, company):
    company.pages["groups"] = [CHANGES]
    run = sync(connect())
    assert run.state == "failed"
    assert "of which all must be read" in run.error
