"""Saying who is who on the pages."""

import pytest

from steward.inventory.account import Account
from steward.inventory.identity import IdentityChange
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.sdk import records as r

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, connect, sync, company):
    company.people("ann", "bea")
    company.streams["accounts"] += [
        r.Account(id="x", username="x", name="Ann"),
        r.Account(id="desk", email="support@corp.example", name="<Desk>"),
    ]
    sync(connect())
    member = Member.objects.create_user("admin@corp.example", "x", role="admin")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def account(external_id):
    return Account.objects.select_related("person").get(external_id=external_id)


def test_what_is_unclear_stands_on_a_page_with_what_to_do(admin):
    assert "2 unclear" in admin.get("/people/").content.decode()
    text = admin.get("/people/matches/").content.decode()
    assert "The app gives no address" in text
    assert "The address names a task" in text
    assert "&lt;Desk&gt;" in text
    admin.post(f"/accounts/{account('x').pk}/owner/", {"person": account("ann").person_id})
    admin.post(f"/accounts/{account('desk').pk}/owner/", {"kind": "shared"})
    assert account("x").person == account("ann").person
    assert (account("desk").person, account("desk").kind) == (None, "shared")
    assert "Every account has an owner" in admin.get("/people/matches/").content.decode()


def test_the_owner_is_searched_for(admin):
    path = f"/accounts/{account('x').pk}/owner/"
    assert "bea@corp.example" in admin.get(path, {"q": "bea"}).content.decode()
    assert "Nobody is called that." in admin.get(path, {"q": "zoë"}).content.decode()
    answer = admin.post(path, {"kind": "new", "next": "//elsewhere.example/"})
    assert answer.url == "/people/matches/"
    assert account("x").person.name == "Ann"
    assert admin.post(path, {"person": "not a number"}).status_code == 404


def test_people_are_merged_split_and_parted_again(admin):
    ann, bea = account("ann").person, account("bea").person
    assert admin.post(f"/people/{ann.pk}/merge/", {"other": bea.pk}).url == f"/people/{ann.pk}/"
    page = admin.get(f"/people/{ann.pk}/").content.decode()
    assert "Bea was merged into Ann" in page
    change = IdentityChange.objects.get()
    admin.post(f"/people/changes/{change.pk}/undo/", {"next": f"/people/{ann.pk}/"})
    assert account("bea").person == bea
    assert "Undone" in admin.get(f"/people/{ann.pk}/").content.decode()
    admin.post(f"/people/{ann.pk}/merge/", {"other": bea.pk})
    wrong = admin.post(f"/people/{ann.pk}/split/", {})
    assert wrong.status_code == 422
    assert "Choose accounts" in wrong.content.decode()
    admin.post(f"/people/{ann.pk}/split/", {"account": account("bea").pk})
    assert account("bea").person not in (ann, None)


def test_two_who_look_alike_are_kept_apart(admin):
    admin.post(f"/accounts/{account('x').pk}/owner/", {"kind": "new"})
    one, other = Person.objects.filter(name="Ann").order_by("pk")
    assert "They are two" in admin.get("/people/matches/").content.decode()
    admin.post(f"/people/{one.pk}/apart/", {"other": other.pk})
    assert "No two people look alike" in admin.get("/people/matches/").content.decode()


def test_readers_see_it_and_change_nothing(admin, client):
    member = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert "They are one" not in client.get("/people/matches/").content.decode()
    ann, bea = account("ann").person_id, account("bea").person_id
    assert client.post(f"/people/{ann}/merge/", {"other": bea}).status_code == 403
    assert client.get(f"/people/{ann}/split/").status_code == 403
