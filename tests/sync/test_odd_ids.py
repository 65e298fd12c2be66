"""Ids that no database takes as they are: with a NUL in them, or endless."""

from dataclasses import asdict

import msgspec
import pytest

from steward.inventory.account import Account, ActiveDays
from steward.inventory.holdings import Membership, Seat
from steward.inventory.run import Run
from steward.sdk.connector import Page, Problem
from steward.sdk.errors import Unexpected
from steward.sdk.records import Account as Record
from steward.sdk.records import Activity, Group, License
from steward.sdk.records import Membership as Member
from steward.sdk.records import Seat as Held
from steward.sdk.unread import UnreadPage
from steward.sync.progress import StreamProgress
from steward.sync.writers.known import Shelf
from steward.sync.writers.reading import read
from tests.insight.conftest import LATELY, account, app

__all__ = ["app"]

ODD = ["b\x00b", "\x00", "c" * 400]
STORED = ["", "ada", "bb", "c" * 300]


def listed():
    return [account("ada"), *(Record(id=name, name=f"N\x00 {name[:3]}") for name in ODD)]


def beside(name):
    return {
        "groups": [Group(id=f"g{name}", name="All"), Member(group=f"g{name}", account=name)],
        "licenses": [
            License(id=f"l{name}", name="Pro"),
            Held(license=f"l{name}", account=name, last_active_at=LATELY),
        ],
        "activity": [Activity(account=name, day=LATELY.date())],
    }


@pytest.mark.parametrize("odd", ODD)
def test_they_are_found_again_and_nobody_is_doubled(app, odd):
    design = app("Design", *listed(), **beside(odd))
    design.now_says(*listed(), account("dan"), **beside(odd))
    rows = Account.objects.exclude(external_id="dan").order_by("external_id")
    assert sorted(rows.values_list("external_id", flat=True)) == STORED
    assert list(Run.objects.values_list("state", "error")) == [(Run.SUCCEEDED, "")] * 2
    owner = Account.objects.get(external_id=odd.replace("\x00", "")[:300])
    for of in (Membership, Seat, ActiveDays):
        assert of.objects.get().account == owner
    assert owner.last_active_at is not None


def test_an_item_that_is_as_before_is_known_by_its_odd_id(app):
    design = app("Design", *listed())
    items = [msgspec.Raw(msgspec.json.encode({"id": name})) for name in ("ada", *ODD)]
    page = UnreadPage(items, lambda item: Record(id=item["id"]))
    shelf = Shelf(design.instance.book)
    marks = dict(zip(("ada", *ODD), page.prints(b"x"), strict=True))
    by_stored = {name.replace("\x00", "")[:300]: mark for name, mark in marks.items()}
    for row in Account.objects.all():
        mark = by_stored[row.external_id]
        Account.objects.filter(pk=row.pk).update(digest=bytes(row.digest)[:8] + mark)
    found = read([[page]], b"x", shelf.find)
    assert len(found.as_before) == 4
    assert found.records == {}


def test_what_could_not_be_read_is_noted_whatever_it_is_called(app):
    design = app("Design", account("ada"))
    run = Run.objects.get(instance=design.instance)
    stream = StreamProgress()
    stream.add([Page((), problems=())], 1, [Problem("b\x00b", "it is no \x00")])
    Run.objects.filter(pk=run.pk).update(progress={"accounts": asdict(stream)})
    run.refresh_from_db()
    assert run.progress["accounts"]["problems"] == [{"record": "bb", "reason": "it is no "}]


def test_what_an_app_says_when_it_fails_is_noted_too(app):
    design = app("Design", account("ada"))
    design.company.faults["accounts", 0] = Unexpected("The app says \x00 and no more.")
    design.now_says(account("ada"))
    run = Run.objects.order_by("pk").last()
    assert (run.state, run.error) == (Run.FAILED, "The app says  and no more.")
