"""What an admin decides about who is who holds, whatever is synced afterwards, until undone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.insight.lookalikes import lookalikes
from steward.insight.matches import doubtful_accounts
from steward.inventory.account import Account
from steward.inventory.identity import SHARED, IdentityChange
from steward.inventory.person import Person, PersonEmail
from steward.sdk.records import Account as Record
from steward.sync import acts, identity
from steward.sync.problems import Conflict
from tests.sync.told import assert_owned

pytestmark = pytest.mark.django_db
ADMIN = "admin@corp.example"


def listed(*names, **more):
    return [Record(id=n, email=f"{n}@corp.example", name=n.title(), **more) for n in names]


@pytest.fixture
def app(scripted_integration, sync):
    from steward.integrations.scripted.connector import COMPANIES, Company

    class App:
        def __init__(self, name, *records, slug="scripted"):
            self.company = COMPANIES[name] = Company()
            self.instance = acts.connect(
                slug, name=name, settings={"company": name}, credentials={"token": "good"}, by=ADMIN
            )
            self.says(*records)

        def says(self, *records):
            self.company.streams = {"accounts": list(records)}
            return sync(self.instance)

        def account(self, external_id):
            rows = Account.objects.present().select_related("person", "instance")
            return rows.get(instance__pk=self.instance.pk, external_id=external_id)

    yield App
    COMPANIES.clear()


def owners():
    rows = Account.objects.present().exclude(status="removed").select_related("person", "instance")
    return {(a.instance.name, a.external_id): a.person and a.person.email for a in rows}


def doubtful():
    return sorted(row.external_id for row in doubtful_accounts())


def test_what_the_facts_do_not_say_is_asked(app):
    app("hr", *listed("ann", "bob"), slug="scripted_directory")
    app(
        "chat",
        Record(id="nameless", username="ann"),
        Record(id="named", username="a", name="Ann"),
        Record(id="both", email="ann@corp.example", emails=("bob@corp.example",)),
        Record(id="task", email="support@corp.example"),
        Record(id="bot", kind="service"),
        *listed("ann"),
    )
    assert doubtful() == ["both", "named", "task"]


def test_a_decision_outlasts_changes_and_a_whole_new_reading(app):
    app("hr", *listed("ann"), slug="scripted_directory")
    chat = app("chat", Record(id="x", username="annie"), Record(id="desk", email="it@corp.example"))
    ann = Person.objects.get(email="ann@corp.example")
    identity.decide(chat.account("x"), person=ann, by=ADMIN)
    identity.decide(chat.account("desk"), kind=SHARED, by=ADMIN)
    for _ in range(2):
        chat.says(
            Record(id="x", username="annie", role="owner"),
            Record(id="desk", email="it@corp.example"),
        )
        assert chat.account("x").person == ann
        assert (chat.account("desk").person, chat.account("desk").kind) == (None, SHARED)
        assert doubtful() == []
        acts.delete_users(chat.instance, by=ADMIN)
    chat.says(Record(id="x", username="annie"))
    assert chat.account("x").person == ann


def test_an_undone_decision_is_asked_again(app):
    chat = app("chat", Record(id="x", username="annie"))
    change = identity.decide(chat.account("x"), by=ADMIN)
    assert chat.account("x").person.name == "annie"
    identity.undo(change, by=ADMIN)
    assert chat.account("x").person is None
    chat.says(Record(id="x", username="annie", role="owner"))
    assert (chat.account("x").person, chat.account("x").doubtful) == (None, True)
    with pytest.raises(Conflict):
        identity.undo(change, by=ADMIN)


def test_merged_people_stay_one_and_part_again_when_undone(app):
    chat = app("chat", *listed("ann"))
    code = app("code", *listed("anna"))
    ann, anna = (Person.objects.get(email=f"{n}@corp.example") for n in ("ann", "anna"))
    change = identity.merge(ann, anna, by=ADMIN)
    code.says(*listed("anna", role="owner"))
    app("wiki", *listed("anna"))
    assert set(owners().values()) == {"ann@corp.example"}
    identity.undo(change, by=ADMIN)
    assert code.account("anna").person == anna
    app("mail", *listed("anna"))
    code.says(*listed("anna", role="reader"))
    assert owners()["mail", "anna"] == owners()["code", "anna"] == "anna@corp.example"
    assert chat.account("ann").person == ann
    with pytest.raises(Conflict):
        identity.merge(ann, ann, by=ADMIN)


def test_no_directory_joins_whom_an_admin_has_parted(app):
    both = Record(id="ann", email="ann@corp.example", emails=("bea@corp.example",))
    hr = app("hr", both, slug="scripted_directory")
    chat = app("chat", *listed("bea"), *listed("ann"))
    ann = hr.account("ann").person
    assert chat.account("bea").person == ann
    change = identity.split(ann, [chat.account("bea")], by=ADMIN)
    bea = chat.account("bea").person
    assert bea != ann
    hr.says(Record(id="ann", email="ann@corp.example", emails=("bea@corp.example",), role="boss"))
    chat.says(*listed("bea", role="x"), *listed("ann", role="y"))
    assert (chat.account("bea").person, chat.account("ann").person) == (bea, ann)
    identity.undo(change, by=ADMIN)
    assert chat.account("bea").person == ann
    with pytest.raises(Conflict):
        identity.split(ann, [], by=ADMIN)
    with pytest.raises(Conflict):
        identity.split(bea, [chat.account("bea")], by=ADMIN)


def test_somebody_keeps_at_least_one_account(app):
    chat = app("chat", *listed("ann"))
    with pytest.raises(Conflict):
        identity.split(chat.account("ann").person, [chat.account("ann")], by=ADMIN)


@pytest.mark.parametrize("known", [True, False])
def test_two_domains_of_the_company_are_one_hint(app, known):
    directory = Record(
        id="2", email="bob@corp.example", emails=("bob@corp.io",) if known else (), name="Bob"
    )
    app("hr", *listed("ann"), directory, slug="scripted_directory")
    app("chat", Record(id="1", email="ann@corp.io", name="Ann Smith"))
    found = [(a.one.email, a.other.email) for a in lookalikes()]
    assert found == ([("ann@corp.example", "ann@corp.io")] if known else [])


def test_whom_the_directory_lists_twice_are_two(app):
    twins = [Record(id=n, email=f"ann{n}@corp.example", name="Ann") for n in "12"]
    app("hr", *twins, slug="scripted_directory")
    assert lookalikes() == []
    app("chat", Record(id="3", email="ann@home.example", name="Ann"))
    assert [(a.one.email, a.other.email) for a in lookalikes()] == [
        ("ann1@corp.example", "ann@home.example"),
        ("ann2@corp.example", "ann@home.example"),
    ]


@pytest.mark.parametrize("first", ["ann", "anna"])
def test_a_directory_joins_nobody_whom_an_admin_keeps_apart(app, first):
    app("chat", *listed("ann"))
    app("code", *listed("anna"))
    one, other = (Person.objects.get(email=f"{n}@corp.example") for n in ("ann", "anna"))
    change = identity.keep_apart(one, other, by=ADMIN)
    second = ({"ann", "anna"} - {first}).pop()

    def both(role):
        return Record(
            id="1", email=f"{first}@corp.example", emails=(f"{second}@corp.example",), role=role
        )

    hr = app("hr", both("x"), slug="scripted_directory")
    assert owners()["chat", "ann"] != owners()["code", "anna"]
    identity.undo(change, by=ADMIN)
    hr.says(both("y"))
    assert owners()["chat", "ann"] == owners()["code", "anna"]


def test_undoing_a_merge_takes_back_what_came_since_and_the_name(app):
    app("chat", *listed("ann"))
    app("code", Record(id="x", email="anna@corp.example"))
    ann, anna = (Person.objects.get(email=f"{n}@corp.example") for n in ("ann", "anna"))
    change = identity.merge(anna, ann, by=ADMIN)
    assert Person.objects.get(pk=anna.pk).name == "Ann"
    app("wiki", *listed("ann"))
    app("hr", Record(id="1", email="boss@corp.example", emails=("anna@corp.example",)),
        slug="scripted_directory")  # fmt: skip
    identity.undo(change, by=ADMIN)
    assert Person.objects.get(pk=anna.pk).name == ""
    found = {name: owner for (name, _), owner in owners().items()}
    assert found["chat"] == found["wiki"] == "ann@corp.example"
    assert found["code"] == found["hr"] != "ann@corp.example"


def test_a_decision_follows_a_person_who_is_joined_while_it_is_read(app):
    app("chat", *listed("ann"))
    app("code", *listed("anna"))
    hr = app("hr", Record(id="0", username="old"), slug="scripted_directory")
    anna = Person.objects.get(email="anna@corp.example")
    identity.decide(hr.account("0"), person=anna, by=ADMIN)
    both = Record(id="1", email="ann@corp.example", emails=("anna@corp.example",))
    hr.says(Record(id="0", username="older"), both)
    assert len({a.person_id for a in Account.objects.present()}) == 1
    hr.says(Record(id="0", username="oldest"), both)
    assert len({a.person_id for a in Account.objects.present()}) == 1


def test_a_long_id_keeps_its_decision(app):
    chat = app("chat", Record(id="x" * 320, email="bob@corp.example"), *listed("ann"))
    ann = chat.account("ann").person
    identity.decide(chat.account("x" * 300), person=ann, by=ADMIN)
    acts.delete_users(chat.instance, by=ADMIN)
    chat.says(Record(id="x" * 320, email="bob@corp.example"), *listed("ann"))
    assert chat.account("x" * 300).person == ann


NAMES = ("ann", "bea", "cem", "dan")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["decide", "merge", "split", "undo", "sync", "read anew"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_is_done_the_newest_decision_holds(app, steps):
    """Each account has the owner that was last said, and each address is one person's."""
    from django.db import transaction

    with transaction.atomic():
        chat = app("chat", *listed(*NAMES))
        said = {}
        for number, (step, one, two) in enumerate(steps):
            _do(step, chat, NAMES[one], NAMES[two], number, said)
            for external_id, person in said.items():
                assert chat.account(external_id).person_id == person
            keys = PersonEmail.objects.values_list("key", flat=True)
            assert len(set(keys)) == len(keys)
            assert_owned()
        transaction.set_rollback(True)


def _do(step, chat, one, two, number, said):
    mine, other = chat.account(one), chat.account(two)
    if step == "decide":
        identity.decide(mine, person=other.person, by=ADMIN)
        said[one] = other.person_id
    elif step == "merge" and mine.person != other.person:
        identity.merge(mine.person, other.person, by=ADMIN)
        said |= {n: mine.person_id for n, p in said.items() if p == other.person_id}
    elif step == "split" and mine.person == other.person and one != two:
        identity.split(mine.person, [mine], by=ADMIN)
        said[one] = chat.account(one).person_id
    elif step == "undo":
        last = IdentityChange.objects.filter(undone_at=None).order_by("-pk").first()
        if last:
            identity.undo(last, by=ADMIN)
            said.clear()
    elif step == "read anew":
        acts.delete_users(chat.instance, by=ADMIN)
        chat.says(*listed(*NAMES, role=f"r{number}"))
    else:
        chat.says(*listed(*NAMES, role=f"r{number}"))
