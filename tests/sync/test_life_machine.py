"""Any order of what an app, an admin and bad luck can do, against a model of plain dictionaries."""

import contextlib
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from steward.inventory.account import Account, AccountAt, AccountVersion
from steward.inventory.holdings import Membership
from steward.inventory.instance import Book
from steward.inventory.person import PersonEmail
from steward.inventory.run import Run
from steward.inventory.sighting import Sighting
from steward.sdk.errors import Forbidden, Unavailable, Unexpected
from steward.sdk.records import Account as Record
from steward.sdk.records import Group, License, Seat
from steward.sdk.records import Membership as Belongs
from steward.sync import acts, engine, tallies
from tests.sync.model import COUNT, SHARE, Model, Vendor
from tests.sync.told import assert_owned, assert_told_rightly

ADMIN = "admin@corp.example"
NAMES = st.sampled_from([f"p{number:02d}" for number in range(12)])
PAGE = 3
SYNCING = ("pending", "live", "failing")


class Life(RuleBasedStateMachine):
    company = None  # set by the test

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.vendor, self.model, self.past, self.number = Vendor(), Model(), [], 0
        self.company.token, self.company.page, self.company.remembers = "good", PAGE, False
        self.company.snapshots.clear()
        self._connect()

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # The app's side.

    @rule(name=NAMES, status=st.sampled_from(["active", "disabled"]), title=st.integers(1, 3))
    def somebody_joins_or_changes(self, name, status, title):
        self.vendor.people[name] = (status, f"{name} {title}")

    @rule(names=st.sets(NAMES, min_size=1, max_size=6))
    def some_leave(self, names):
        for name in names:
            self.vendor.people.pop(name, None)
        self.vendor.members -= names
        self.vendor.seats -= names

    @rule(names=st.sets(NAMES))
    def members_change(self, names):
        self.vendor.members = names & set(self.vendor.people)

    @rule(names=st.sets(NAMES))
    def seats_change(self, names):
        self.vendor.seats = names & set(self.vendor.people)

    @rule(broken=st.booleans(), permitted=st.booleans())
    def the_app_misbehaves_or_stops_to(self, broken, permitted):
        self.vendor.broken, self.vendor.groups_permitted = broken, permitted

    @rule(remembers=st.booleans(), forgets=st.booleans())
    def the_app_can_be_asked_for_changes_or_not(self, remembers, forgets):
        self.company.remembers = remembers
        if forgets:
            self.company.snapshots.clear()

    # Syncs, good and bad.

    @precondition(lambda self: self.instance.state in SYNCING)
    @rule()
    def sync(self):
        self._carry_out()
        self._expect_whole_read()

    @precondition(lambda self: self.instance.state in SYNCING)
    @rule(page=st.integers(0, 4), kills=st.integers(1, 3))
    def sync_with_workers_killed(self, page, kills):
        """Each dies at a page; the last one is left in peace."""
        for _ in range(kills):
            with contextlib.suppress(KeyboardInterrupt):
                self._carry_out({("accounts", page): KeyboardInterrupt()})
        self._carry_out()
        self._expect_whole_read()

    @precondition(lambda self: self.instance.state in SYNCING)
    @rule(page=st.integers(0, 4), fault=st.sampled_from([Unavailable, Unexpected]))
    def sync_that_breaks_off(self, page, fault):
        self._carry_out({("accounts", page): fault("the app is ill")})
        if page * PAGE >= max(len(self.company.listed), 1):
            self._expect_whole_read()
        else:
            listed = [r.id for r in self.company.listed[: page * PAGE] if isinstance(r, Record)]
            self.model.read_accounts({n: self.vendor.people[n] for n in listed}, whole=False)
            assert self.instance.state == "failing"

    @precondition(lambda self: self.instance.state in SYNCING)
    @rule()
    def sync_with_a_dead_token(self):
        self.company.token = "another"
        self._carry_out()
        assert self.instance.state == "revoked"

    # The admin's side.

    @precondition(lambda self: self.instance.state in SYNCING)
    @rule()
    def deactivate(self):
        acts.edit(self.instance, by=ADMIN, status="inactive")

    @precondition(lambda self: self.instance.state not in SYNCING)
    @rule()
    def reactivate(self):
        if self.company.token != "good":
            with pytest.raises(acts.Refused):
                acts.edit(self.instance, by=ADMIN, status="live")
            self.company.token = "good"
        acts.edit(self.instance, by=ADMIN, status="live")
        assert self.instance.state == "pending"

    @precondition(lambda self: self.instance.state not in SYNCING)
    @rule()
    def an_idle_instance_cannot_be_synced(self):
        with pytest.raises(acts.Conflict):
            acts.request_sync(self.instance, by=ADMIN)

    @rule()
    def delete_all_users(self):
        acts.delete_users(self.instance, by=ADMIN)
        self.model.forget()
        self.past.clear()

    @rule()
    def delete_and_connect_again(self):
        acts.delete(self.instance, by=ADMIN)
        self.company.token = "good"
        self.model.forget()
        self.past.clear()
        self._connect()

    @precondition(lambda self: self.model.held)
    @rule(release=st.booleans())
    def decide_on_held_removals(self, release):
        if release:
            acts.release_removals(self.instance, by=ADMIN)
            self.model.remove_missing()
        else:
            acts.dismiss_removals(self.instance, by=ADMIN)
        self.model.held = 0

    # What must hold after each step.

    @invariant()
    def accounts_are_as_in_the_model(self):
        if not hasattr(self, "instance"):
            return
        self.instance.refresh_from_db()
        rows = Account.objects.filter(instance=self.instance.book)
        found = {row.external_id: (row.status, row.name) for row in rows}
        assert found == self.model.accounts
        assert self.instance.removals_held == self.model.held
        assert set(acts.removals(self.instance).values_list("external_id", flat=True)) == (
            self.model.missing
        )
        members = Membership.objects.held().filter(instance=self.instance.book)
        assert set(members.values_list("account__external_id", flat=True)) == self.model.members
        self.past.append((timezone.now(), found))

    @invariant()
    def the_past_is_as_it_was(self):
        """Asked for every day of the past, the history gives what was there then."""
        if not hasattr(self, "instance"):
            return
        for at, found in self.past[-12::3]:
            rows = AccountAt.objects.filter(instance=self.instance.book, since__lte=at).filter(
                Q(until=None) | Q(until__gt=at)
            )
            assert {row.external_id: (row.status, row.name) for row in rows} == found
        backwards = AccountVersion.objects.filter(until__lt=F("since"))
        assert not backwards.exists()

    @invariant()
    def everybody_is_one_person(self):
        if not hasattr(self, "instance"):
            return
        rows = Account.objects.filter(instance=self.instance.book, matched=True)
        for row in rows.select_related("person"):
            assert row.person.email == f"{row.external_id}@corp.example"
        keys = PersonEmail.objects.values_list("key", flat=True)
        assert len(set(keys)) == len(keys)
        assert_owned()

    @invariant()
    def what_is_told_of_people_is_so(self):
        while tallies.tell_waiting():
            pass
        for book in Book.objects.filter(untold=True):
            tallies.tell(book.pk)
        assert assert_told_rightly()

    # How it is done.

    def _connect(self):
        self.number += 1
        self.instance = acts.connect(
            "scripted", name=f"App {self.number}", settings={"company": "acme"},
            credentials={"token": "good"}, by=ADMIN,
        )  # fmt: skip
        acts.edit(self.instance, by=ADMIN, guard_share=SHARE, guard_count=COUNT)

    def _carry_out(self, faults=None):
        vendor = self.vendor
        people = [
            Record(id=name, email=f"{name}@corp.example", name=called, status=status)
            for name, (status, called) in vendor.people.items()
        ]
        self.company.streams = {
            "accounts": [*people, None] if vendor.broken else people,
            "groups": [
                Group(id="g", name="Group"),
                *(Belongs(group="g", account=name) for name in sorted(vendor.members)),
            ],
            "licenses": [
                License(id="pro", name="Pro"),
                *(Seat(license="pro", account=name) for name in sorted(vendor.seats)),
            ],
        }
        self.company.faults = dict(faults or {})
        if not vendor.groups_permitted:
            self.company.faults["groups", 0] = Forbidden("not for you")
        run = acts.request_sync(self.instance, by=ADMIN)
        try:
            engine.carry_out(run.pk)
        finally:
            self.instance.refresh_from_db()

    def _expect_whole_read(self):
        self.model.read_accounts(self.vendor.people, whole=not self.vendor.broken)
        self.model.read_rest(self.vendor)
        assert self.instance.state == "live"
        assert not Run.objects.filter(state__in=("queued", "running", "parked")).exists()
        assert not Sighting.objects.filter(book=self.instance.book).exists()
        holders = Account.objects.filter(instance=self.instance.book, holds_seat=True)
        found = set(holders.values_list("external_id", flat=True))
        assert found == self.model.seats & self.model.present()


@pytest.fixture
def steady_clock(monkeypatch):
    """Each look at the clock is later than the last one: a machine's may be set back meanwhile,
    and then a past that was looked at a moment ago is the future."""
    start, ticks = datetime.now(UTC), count()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(microseconds=next(ticks)))


def test_two_thousand_steps_of_life(company, db, page_by_page, steady_clock):
    Life.company = company
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
