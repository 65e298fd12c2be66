"""The imported people list among those who describe people: filling gaps, or believed first."""

from datetime import UTC, datetime, timedelta

import pytest

from steward.insight import reports
from steward.insight.accounts import has_left, unknown_to_directory, works_here
from steward.insight.people import people
from steward.insight.reports.listings import PEOPLE
from steward.inventory.account import Account
from steward.inventory.instance import Book
from steward.inventory.member import Member, Role
from steward.inventory.person import Person
from steward.inventory.staff import Staff
from steward.ledger.imports import bringing, undoing
from steward.ledger.imports.bringing import Brought
from steward.sync import acts, identity
from steward.sync.anew import describe_listed, describe_some, let_go
from steward.sync.directory import choose
from tests.insight.conftest import account

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"


def bring(*lines, head="email,name,department,location,manager,end date,status"):
    content = "\n".join([head, *lines, ""]).encode()
    entered = bringing.bring(Brought.of("people", "hr.csv", content), by=BY)
    described()
    return entered


def described():
    while describe_some() or describe_listed():
        pass


def believe(*instances, people_list):
    choose([i.instance.pk for i in instances], by=BY, people_list=people_list)
    described()


def person(name):
    return people().get(email=f"{name}@corp.example")


def leavers():
    rows = reports.report("leavers-with-live-accounts").run().records()
    return sorted((row["name"], row["app"]) for row in rows)


@pytest.fixture
def idp(directory, app):
    made = directory(
        "idp",
        account("ann", attributes={"department": "Legal", "title": "Counsel"}),
        account("bob"),
        account("cem", status="disabled"),
    )
    app("chat", account("ann"), account("bob"), account("cem"), account("dot"))
    return made


LIST = (
    "ann@corp.example,Ann B.,Law,Oslo,bob@corp.example,,active",
    "bob@corp.example,Bob,Sales,Oslo,,,left",
    "cem@corp.example,Cem,Sales,,,,active",
    "dot@corp.example,Dot,Art,,,2020-01-31,",
    "eve@corp.example,Eve,Art,Rome,ann@corp.example,,active",
)


def test_it_fills_what_directories_leave_out(idp):
    assert leavers() == [("Cem", "chat")]
    bring(*LIST)
    ann = person("ann")
    assert (ann.name, ann.attributes["department"], ann.attributes["title"]) == (
        "Ann", "Legal", "Counsel",
    )  # fmt: skip
    assert (ann.attributes["location"], ann.manager.name) == ("Oslo", "Bob")
    # Directories say who works here; of those they do not know, the list does.
    assert leavers() == [("Cem", "chat"), ("Dot", "chat")]
    assert (person("bob").has_left, person("cem").has_left) == (False, True)


def test_where_it_is_believed_it_comes_first_on_who_is_employed_too(idp):
    bring(*LIST)
    believe(people_list=True)
    ann = person("ann")
    assert (ann.name, ann.attributes["department"]) == ("Ann B.", "Law")
    assert ann.attributes["title"] == "Counsel"
    assert leavers() == [("Bob", "chat"), ("Bob", "idp"), ("Dot", "chat")]
    rows = {r["name"]: r for r in reports.report("leavers-with-live-accounts").run().records()}
    assert rows["Dot"]["left_since"].date().isoformat() == "2020-01-31"
    believe(people_list=False)
    assert (person("ann").name, person("ann").attributes["department"]) == ("Ann", "Legal")
    assert leavers() == [("Cem", "chat"), ("Dot", "chat")]


def test_every_later_sync_keeps_to_it(idp, app):
    bring(*LIST)
    believe(people_list=True)
    idp.now_says(
        account("ann", attributes={"department": "Other", "location": "Rome"}),
        account("bob"),
        account("eve"),
    )
    ann = person("ann")
    assert (ann.attributes["department"], ann.attributes["location"]) == ("Law", "Oslo")
    assert ("Bob", "idp") in leavers()
    assert person("eve").holds == 1
    acts.delete(idp.instance, by=BY)
    described()
    assert person("ann").attributes["department"] == "Law"
    assert "title" not in person("ann").attributes


def test_undoing_puts_back_who_everybody_was(idp):
    before = list(Person.objects.order_by("pk").values())
    entered = bring(*LIST)
    believe(people_list=True)
    bring("ann@corp.example,,,,,2020-01-01,")
    assert person("ann").has_left
    second = entered.__class__.objects.latest("pk")
    undoing.undo(second, by=BY)
    described()
    assert not person("ann").has_left
    undoing.undo(entered, by=BY)
    described()
    assert not Staff.objects.exists()
    assert list(Person.objects.order_by("pk").values()) == before


def test_people_without_an_account_are_listed_and_have_a_page(idp, client):
    bring(*LIST)
    eve = person("eve")
    assert (eve.holds, eve.has_left, eve.leaver, eve.manager.name) == (0, False, False, "Ann")
    rows = {row["name"]: row for row in PEOPLE.run({"department": "art"}).records()}
    assert (rows["Eve"]["holds"], rows["Eve"]["last_active"]) == (0, None)
    client.force_login(Member.objects.create_user(BY, role=Role.ADMIN))
    page = client.get(f"/people/{eve.pk}/").content.decode()
    assert "No account yet" in page
    assert "People list" in page
    # Whoever gets an account later is the same human.
    idp.now_says(account("eve"))
    assert person("eve").pk == eve.pk


def test_whose_last_day_passes_has_left_the_next_day(idp):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    bring(f"dot@corp.example,Dot,,,,{tomorrow},active")
    assert not person("dot").has_left
    assert let_go() == 0
    Staff.objects.update(last_day=tomorrow - timedelta(days=2))
    assert let_go() == 1
    described()
    assert person("dot").leaver


def test_it_goes_with_whoever_is_merged(idp):
    bring("dora@corp.example,Dora,Art,,,,left")
    dot, dora = person("dot"), person("dora")
    change = identity.merge(dot, dora, by=BY)
    merged = people().get(pk=dot.pk)
    assert (merged.attributes["department"], merged.leaver) == ("Art", True)
    assert not people().filter(pk=dora.pk).exists()
    identity.undo(change, by=BY)
    parted = people().get(pk=dot.pk)
    assert (parted.attributes, parted.leaver) == ({}, False)
    assert people().get(pk=dora.pk).has_left


@pytest.mark.parametrize("believed", [True, False])
def test_what_is_counted_live_is_what_was_told(idp, believed):
    bring(*LIST, "fay@corp.example,Fay,,,,,on leave")
    believe(people_list=believed)

    def asked():
        rows = Account.objects.present()
        says = (works_here(), has_left(), unknown_to_directory())
        return [sorted(rows.filter(q).values_list("pk", flat=True)) for q in says]

    told, people_told = asked(), {p.pk: (p.has_left, p.leaver) for p in people()}
    assert any(people_told.values())
    Book.objects.create(closed_at=datetime.now(UTC), untold=True, was_directory=True)
    assert asked() == told
    assert {p.pk: (p.has_left, p.leaver) for p in people()} == people_told
