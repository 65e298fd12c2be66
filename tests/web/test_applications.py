"""The pages of applications: what is said of them, several at once, merging, splitting, fields."""

import pytest

from steward.inventory.application import Application, CustomField
from steward.inventory.edit import Edit
from steward.inventory.member import Member
from steward.inventory.merging import ApplicationChange
from steward.inventory.person import Person
from steward.ledger import fields
from steward.ledger import many_applications as many
from steward.sdk import records as r

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(client, role):
    member = Member.objects.create_user(f"{role}@corp.example", "x", role=role)
    client.force_login(member, backend=BACKEND)
    return client


@pytest.fixture
def admin(client, connect, sync, company):
    company.people("ann", "bea")
    company.streams["apps"] = [
        r.App(id="z", name="Zoom"),
        r.App(id="p", name="Zoom Phone"),
        r.Assignment(app="z", account="ann"),
        r.Assignment(app="p", account="ann"),
        r.Assignment(app="p", account="bea"),
    ]
    sync(connect())
    return sign_in(client, "admin")


def named(name):
    return Application.objects.get(name=name)


def page(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def path_of(name, act=""):
    return f"/applications/{named(name).pk}/{act}"


GIVEN = {
    "name": "Zoom",
    "status": "approved",
    "allocation": "seat",
    "criticality": "",
    "comment": "Security has looked.",
    "business_owner": "ann@corp.example",
    "tags": "voice, EU",
}


def test_what_is_entered_stands_on_the_page_with_its_history(admin):
    fields.add_field("Review", "date", by="x")
    number = CustomField.objects.get().pk
    path = path_of("Zoom", "edit/")
    assert 'name="business_owner"' in page(admin, path)
    sent = {**GIVEN, f"field_{number}": "2026-03-01", "share_of": ["IT", ""], "share": ["100", ""]}
    assert admin.post(path, sent).url == path_of("Zoom")
    text = page(admin, path_of("Zoom"))
    for said in ("Ann", "voice", "1 March 2026", "Security has looked.", "Unconfirmed → Approved"):
        assert said in text, said
    assert 'value="2026-03-01"' in page(admin, path)
    assert admin.post(path, sent).status_code == 302
    assert Edit.objects.filter(what="changed").count() == 2


def test_mistakes_stand_beside_the_field_and_nothing_typed_is_lost(admin):
    fields.add_field("Seats", "number", by="x")
    number = CustomField.objects.get().pk
    sent = {**GIVEN, "business_owner": "nobody@x.example", f"field_{number}": "many",
            "share_of": ["IT"], "share": ["70"]}  # fmt: skip
    answer = admin.post(path_of("Zoom", "edit/"), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("nobody@x.example", 'value="many"', 'value="70"', "Security has looked."):
        assert kept in text, kept
    for said in ("Nobody here is known as", "This must be a number"):
        assert said in text, said
    assert named("Zoom").status == "unconfirmed"
    again = admin.post(path_of("Zoom", "edit/"), {**GIVEN, "share_of": ["IT"], "share": ["70"]})
    assert "They add up to 70 %" in again.content.decode()


def test_an_owner_who_has_left_is_flagged(admin):
    admin.post(path_of("Zoom", "edit/"), GIVEN)
    Person.objects.filter(email="ann@corp.example").update(told_standing="left")
    assert "has left" in page(admin, path_of("Zoom"))
    listed = page(admin, "/applications/", ownership="left").split("<tbody>")[1]
    assert "Zoom" in listed
    assert "Zoom Phone" not in listed


def test_old_owners_are_shown_until_a_person_is_named(admin):
    Application.objects.filter(name="Zoom").update(owner="The IT team")
    assert "The IT team" in page(admin, path_of("Zoom"))
    admin.post(path_of("Zoom", "edit/"), {**GIVEN, "owner": "The IT team"})
    assert "The IT team" not in page(admin, path_of("Zoom")).split("History")[0]


def test_several_are_changed_at_once(admin):
    chosen = [named("Zoom").pk, named("Zoom Phone").pk]
    sent = {
        "chosen": chosen,
        "set_status": "unapproved",
        "set_category": "Calls",
        "set_business_owner": "bea@corp.example",
        "add_tags": "a, b",
        "next": "/applications/?q=z",
    }
    assert admin.post("/applications/edit/", sent).url == "/applications/?q=z"
    for name in ("Zoom", "Zoom Phone"):
        row = named(name)
        assert (row.status, row.category, row.tags) == ("unapproved", "Calls", ["a", "b"])
        assert row.business_owner.email == "bea@corp.example"
    admin.post("/applications/edit/", {"chosen": chosen, "remove_tags": "A"})
    assert named("Zoom").tags == ["b"]
    wrong = {"chosen": chosen, "set_business_owner": "x@y.example", "set_category": "No"}
    text = admin.post("/applications/edit/", wrong, follow=True).content.decode()
    assert "Nothing was changed" in text
    assert named("Zoom").category == "Calls"
    assert (
        "Tick applications" in admin.post("/applications/edit/", {}, follow=True).content.decode()
    )


def test_all_that_fit_the_filters_are_changed_also_those_on_other_pages(admin):
    Application.objects.bulk_create(
        Application(name=f"Tool {n}", key=f"app:tool {n}", category="Tools") for n in range(60)
    )
    Edit.objects.bulk_create(
        Edit(kind="application", object=pk, what="made", by="x")
        for pk in Application.objects.filter(category="Tools").values_list("pk", flat=True)
    )
    text = page(admin, "/applications/", category="Tools", page=2)
    assert "All 60 that fit the filters" in text
    assert 'name="expected" value="60"' in text
    sent = {"which": "all", "all_of": "category=Tools&page=2", "expected": "60",
            "set_business_owner": "bea@corp.example", "add_tags": "kit",
            "comment": "Tidied."}  # fmt: skip
    told = admin.post("/applications/edit/", sent, follow=True).content.decode()
    assert "60 of 60 applications changed." in told
    assert named("Zoom").business_owner is None
    for row in Application.objects.filter(category="Tools"):
        assert (row.business_owner.email, row.tags) == ("bea@corp.example", ["kit"])
        last = Edit.objects.filter(kind="application", object=row.pk).latest("pk")
        assert (last.after["tags"], last.comment) == (["kit"], "Tidied.")
    Application.objects.filter(name="Tool 7").update(category="Toys")
    late = admin.post("/applications/edit/", {**sent, "add_tags": "late"}, follow=True)
    assert "By now 59 applications fit, not 60" in late.content.decode()
    odd = admin.post("/applications/edit/", {**sent, "all_of": "status=odd"}, follow=True)
    assert "Approval must be one of" in odd.content.decode()
    assert not Edit.objects.filter(comment="Tidied.").exclude(after__tags=["kit"]).exists()


def test_more_than_can_be_done_at_once_are_refused_whole(admin, monkeypatch):
    monkeypatch.setattr(many, "AT_ONCE", 1)
    sent = {"which": "all", "all_of": "", "expected": "2", "set_category": "Calls"}
    told = admin.post("/applications/edit/", sent, follow=True).content.decode()
    assert "More than 1 at once are too many" in told
    assert named("Zoom").category == ""


def test_the_list_filters_sorts_and_exports_own_fields(admin):
    fields.add_field("Class", "choice", ["Open", "Secret"], by="x")
    fields.add_field("Reviewer", "person", by="x")
    one, two = CustomField.objects.order_by("pk")
    sent = {**GIVEN, f"field_{one.pk}": "Secret", f"field_{two.pk}": "bea@corp.example"}
    admin.post(path_of("Zoom", "edit/"), sent)
    listed = page(admin, "/applications/", **{f"field_{one.pk}": "Secret"}).split("<tbody>")[1]
    assert "Zoom" in listed
    assert "Zoom Phone" not in listed
    query = {"format": "csv", "sort": f"-field_{two.pk}"}
    file = b"".join(admin.get("/applications/", query).streaming_content).decode("utf-8-sig")
    head, first, *_ = file.splitlines()
    assert head.endswith("Class,Reviewer")
    assert first.startswith("Zoom,")
    assert first.endswith("Secret,Bea")
    workbook = b"".join(admin.get("/applications/", {"format": "xlsx"}).streaming_content)
    assert workbook.startswith(b"PK")


def test_one_is_added_by_hand_and_removed(admin):
    assert admin.post("/applications/add/", {"name": " "}).status_code == 422
    answer = admin.post("/applications/add/", {**GIVEN, "name": "Miro"})
    assert answer.url == path_of("Miro")
    assert "entered by hand" in page(admin, path_of("Miro"))
    assert "Miro" in page(admin, "/applications/", source="entered")
    assert admin.post(path_of("Miro", "remove/")).url == "/applications/"
    assert not Application.objects.filter(name="Miro").exists()
    assert "would come back" in page(admin, path_of("Zoom", "remove/"))
    admin.post(path_of("Zoom", "remove/"))
    assert named("Zoom")


def test_merging_says_beforehand_what_goes_and_can_be_undone(admin):
    phone, merge = named("Zoom Phone"), path_of("Zoom", "merge/")
    assert f'value="{phone.pk}"' in page(admin, merge, q="phone")
    assert "No application is called that" in page(admin, merge, q="xyz")
    assert "who uses both will count once" in page(admin, merge, other=phone.pk)
    assert admin.post(merge, {"other": phone.pk}).url == path_of("Zoom")
    assert admin.get(f"/applications/{phone.pk}/").url == path_of("Zoom")
    text = page(admin, path_of("Zoom"))
    assert "Zoom Phone was merged into Zoom" in text
    change = ApplicationChange.objects.get()
    assert admin.post(f"/applications/changes/{change.pk}/undo/").url == path_of("Zoom")
    assert "Zoom Phone" in page(admin, path_of("Zoom Phone"))


def test_splitting_keeps_the_ticks_where_something_is_missing(admin):
    split, app = path_of("Zoom", "split/"), named("Zoom").seen.get().pk
    wrong = admin.post(split, {"apps": app, "name": ""})
    assert wrong.status_code == 422
    assert "checked" in wrong.content.decode()
    assert "Choose what belongs" in admin.post(split, {"name": "X"}).content.decode()
    assert admin.post(split, {"apps": app, "name": "Calls"}).url == path_of("Zoom")
    assert named("Calls").seen.get().pk == app


def test_people_are_suggested_while_one_types(admin):
    assert "bea@corp.example" in page(admin, "/people/find/", business_owner="Be")
    assert "bea" not in page(admin, "/people/find/", anything="b")


def test_fields_are_made_changed_and_removed(admin):
    assert admin.post("/settings/fields/", {"name": "Class", "type": "choice"}).status_code == 422
    sent = {"name": "Class", "type": "choice", "choices": "Open\nSecret\n"}
    admin.post("/settings/fields/", sent)
    row = CustomField.objects.get()
    admin.post(path_of("Zoom", "edit/"), {**GIVEN, f"field_{row.pk}": "Secret"})
    change = f"/settings/fields/{row.pk}/"
    assert ">Open\nSecret\n</textarea>" in page(admin, "/settings/fields/")
    taken = admin.post(change, {"name": "Class", "choices": "Open"})
    assert "“Secret” is chosen" in taken.content.decode()
    admin.post(change, {"name": "Data class", "choices": "Secret\nOpen"})
    assert "Data class" in page(admin, path_of("Zoom"))
    admin.post(f"{change}remove/")
    assert CustomField.objects.exists()
    admin.post(f"{change}remove/", {"understood": "yes"})
    assert named("Zoom").custom == {}


def test_readers_look(admin, client):
    sign_in(client, "reader")
    text = page(client, path_of("Zoom"))
    assert "Merge with" not in text
    assert 'name="chosen"' not in page(client, "/applications/")
    for act in ("edit/", "merge/", "split/", "remove/"):
        assert client.get(path_of("Zoom", act)).status_code == 403
    for path in ("/applications/add/", "/applications/edit/", "/settings/fields/"):
        assert client.post(path).status_code == 403
