"""Choosing who says who is employed: API and page."""

import pytest

from steward.inventory.instance import Instance
from steward.inventory.member import Member, Role
from steward.inventory.person import Describing, Person
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(connect, sync):
    instance = connect(name="HR", slug="scripted_directory")
    sync(instance)
    return instance


@pytest.fixture
def chat(connect):
    return connect(name="Chat")


def test_the_choice_over_the_api(api, reader, hr, chat):
    told = api("GET", "/directory").json()
    assert (told["chosen"], told["describing"]) == ([], False)
    assert {i["name"]: (i["directory"], i["decides"]) for i in told["instances"]} == {
        "HR": (True, True),
        "Chat": (False, False),
    }
    told = api("PUT", "/directory", {"instances": [chat.pk]}).json()
    assert (told["chosen"], told["describing"]) == ([chat.pk], True)
    assert {i["name"]: i["decides"] for i in told["instances"]} == {"HR": False, "Chat": True}
    problem(api("PUT", "/directory", {"instances": [hr.pk, 999]}), 404, "not_found")
    problem(api("PUT", "/directory", {"instances": ["hr"]}), 422, "invalid")
    problem(reader("PUT", "/directory", {"instances": []}), 403, "forbidden")
    assert reader("GET", "/directory").json()["chosen"] == [chat.pk]
    assert api("PUT", "/directory", {"instances": []}).json()["chosen"] == []


def test_people_by_what_is_said_of_them(api, hr):
    Person.objects.filter(name="Ann").update(attributes={"location": "Oslo, NO"})
    boss = Person.objects.get(name="Bob")
    Person.objects.filter(name="Cem").update(manager=boss)

    def found(**query):
        return [p["name"] for p in api("GET", "/people", **query).json()["items"]]

    assert found(location="oslo") == ["Ann"]
    assert found(manager="bob") == ["Cem"]
    assert found(department="x") == []
    cem = api("GET", f"/people/{Person.objects.get(name='Cem').pk}").json()
    assert cem["manager"] == boss.pk


def test_a_list_leaves_aside_what_every_file_has(client, hr):
    client.force_login(Member.objects.create_user("admin@corp.example", role=Role.ADMIN))
    page = client.get("/people/").content.decode().split("<thead>")[1]
    assert "Department" in page
    assert "Location" not in page
    assert (
        "Location" in client.get("/people/?columns=location").content.decode().split("<thead>")[1]
    )
    file = b"".join(client.get("/people/?format=csv").streaming_content).decode()
    assert "Manager,Location,Employment" in file


def test_the_choice_on_its_page(client, hr, chat):
    client.force_login(Member.objects.create_user("admin@corp.example", role=Role.ADMIN))
    path = "/settings/directory/"
    assert "decides now" in client.get(path).content.decode()
    refused = client.post(path, {"who": "chosen"})
    assert (refused.status_code, "at least one" in refused.content.decode()) == (422, True)
    assert client.post(path, {"who": "chosen", "instances": [chat.pk]}).status_code == 302
    assert Instance.objects.get(says_who_works=True) == chat
    assert "described anew" in client.get(path).content.decode()
    assert Describing.objects.count() == 1
    assert client.post(path, {"who": "any", "instances": [chat.pk]}).status_code == 302
    assert not Instance.objects.filter(says_who_works=True).exists()


def test_a_person_shows_what_is_said_and_who_manages_them(client, hr):
    client.force_login(Member.objects.create_user("admin@corp.example", role=Role.ADMIN))
    ann, bob = Person.objects.get(name="Ann"), Person.objects.get(name="Bob")
    Person.objects.filter(pk=ann.pk).update(
        manager=bob, attributes={"division": "<D>", "manager": "B.", "cost_centre": "17"}
    )
    page = client.get(f"/people/{ann.pk}/").content.decode()
    assert f'<a href="/people/{bob.pk}/">Bob</a>' in page
    assert page.index("Cost centre") < page.index("Division")
    assert "&lt;D&gt;" in page
    assert (
        f'<a href="/people/{ann.pk}/" dir="auto">Ann</a>'
        in client.get(f"/people/{bob.pk}/").content.decode()
    )
