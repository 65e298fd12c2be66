"""Who is believed about who works here, and about everything else that is said of people."""

import io
from itertools import permutations

import pytest
from python_calamine import CalamineWorkbook

from steward.insight import exports, reports
from steward.insight.people import people
from steward.insight.reports.listings import PEOPLE
from steward.inventory.person import Describing, Person
from steward.sync import acts, identity
from steward.sync.anew import describe_some
from steward.sync.directory import choose
from tests.insight.conftest import account

pytestmark = pytest.mark.django_db


def person(name):
    return people().get(email=f"{name}@corp.example")


def leavers():
    rows = reports.report("leavers-with-live-accounts").run().records()
    return sorted((row["name"], row["app"]) for row in rows)


def believe(*apps):
    choose([app.instance.pk for app in apps], by="admin@corp.example")
    while describe_some():
        pass


@pytest.fixture
def two(directory, app):
    hr = directory("hr", account("ann", status="disabled"), account("bob"))
    idp = directory("idp", account("ann"), account("bob", status="disabled"), account("cem"))
    app("chat", account("ann"), account("bob"))
    return hr, idp


def test_a_leaver_where_it_counts_is_a_leaver_everywhere(two):
    hr, idp = two
    assert leavers() == []
    believe(hr)
    assert leavers() == [("Ann", "chat"), ("Ann", "idp")]
    assert (person("ann").has_left, person("ann").leaver) == (True, True)
    assert (person("bob").has_left, person("cem").has_left) == (False, False)
    unknown = reports.report("orphan-accounts").run().records()
    assert [row["name"] for row in unknown] == ["Cem"]
    believe(idp)
    assert leavers() == [("Bob", "chat"), ("Bob", "hr")]
    believe(hr, idp)
    assert leavers() == []
    believe(hr)
    acts.delete(hr.instance, by="admin@corp.example")
    assert leavers() == [("Bob", "chat")]


def test_the_choice_is_a_moment_and_made_once(two):
    hr, _ = two
    believe(hr)
    believe(hr)
    (told,) = hr.instance.moments.filter(event__contains="believed")
    assert (told.event, told.actor) == ("believed", "admin@corp.example")


HR = {"department": "Law", "cost_centre": "17", "employment_type": "employee"}
IDP = {"department": "Legal", "title": "Counsel", "location": "Oslo, NO"}


@pytest.mark.parametrize("order", list(permutations(["hr", "idp", "chat"])))
def test_the_chosen_one_wins_and_others_fill_whoever_came_first(directory, app, order):
    said = {
        "hr": (directory, account("ann", attributes=HR)),
        "idp": (directory, account("ann", attributes=IDP)),
        "chat": (app, account("ann", attributes={"title": "Nobody asked"})),
    }
    made = {name: said[name][0](name, said[name][1]) for name in order}
    believe(made["hr"])
    assert person("ann").attributes == {**IDP, **HR}
    believe(made["idp"])
    assert person("ann").attributes == {**HR, **IDP}
    believe(made["chat"])
    assert person("ann").attributes["title"] == "Nobody asked"
    believe(made["hr"])
    made["hr"].now_says(account("ann", attributes={"cost_centre": "18"}))
    assert person("ann").attributes == {**IDP, "cost_centre": "18"}
    made["hr"].now_says()
    assert person("ann").attributes == {**IDP, "cost_centre": "18"}
    acts.delete(made["hr"].instance, by="admin@corp.example")
    while describe_some():
        pass
    assert person("ann").attributes == IDP
    assert not Describing.objects.exists()


def test_a_directory_that_comes_later_is_told_of_the_choice_by_its_first_sync(directory, app):
    hr = directory("hr", account("ann", attributes=HR))
    believe(hr)
    directory("idp", account("ann", attributes=IDP), account("bob", attributes=IDP))
    assert person("ann").attributes == {**IDP, **HR}
    assert person("bob").attributes == IDP


def test_managers_are_found_by_id_address_and_name(directory):
    def under(name, **manager):
        return account(name, attributes=manager)

    hr = directory(
        "hr",
        under("ann", manager="The Boss", manager_id="dot"),
        under("bob", manager="DOT+x@corp.example"),
        under("cem", manager="Dot"),
        under("eve", manager="Fay"),
        under("gil", manager="Nobody Known"),
        account("dot"),
        account("fay"),
        account("fay2", attributes={"manager": "Dot"}),
    )
    Person.objects.filter(email="fay2@corp.example").update(name="Fay")
    found = {p.email.partition("@")[0]: p.manager and p.manager.name for p in Person.objects.all()}
    assert found["ann"] == found["bob"] == found["cem"] == "Dot"
    assert (found["eve"], found["gil"], found["dot"]) == ("Fay", None, None)
    assert not Person.objects.filter(manager_sought=True).exists()
    rows = {row["name"]: row["manager_name"] for row in PEOPLE.run({"manager": "o"}).records()}
    assert rows["Ann"] == "Dot"
    assert rows["Gil"] == "Nobody Known"
    hr.now_says(under("ann", manager="Cem"), under("cem"), account("dot"))
    assert person("ann").manager.name == "Cem"
    identity.merge(person("dot"), person("cem"), by="admin@corp.example")
    assert person("ann").manager.name == "Dot"


def test_two_of_one_name_are_nobodys_manager_by_name(directory):
    directory(
        "hr",
        account("ann", attributes={"manager": "Same"}),
        *(type(a)(id=a.id, email=a.email, name="Same") for a in (account("x"), account("y"))),
    )
    assert person("ann").manager is None
    assert person("ann").attributes["manager"] == "Same"


def test_people_are_listed_filtered_and_exported_by_what_is_said_of_them(directory):
    directory(
        "hr", account("ann", attributes=HR | IDP), account("bob", attributes={"department": "Art"})
    )

    def found(**filters):
        return [row["name"] for row in PEOPLE.run(filters).records()]

    assert found(department="LEG") == found(location="oslo") == ["Ann"]
    assert found(employment_type="employee") == ["Ann"]
    assert found(department="art") == ["Bob"]
    assert found(manager="x") == []
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(exports.xlsx(PEOPLE.run()))))
    heads, ann, _ = book.get_sheet_by_name("Report").to_python()
    told = dict(zip(heads, ann, strict=True))
    assert (told["Location"], told["Employment"], told["Manager"]) == ("Oslo, NO", "employee", "")
