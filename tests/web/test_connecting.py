import pytest

from steward.inventory import vault
from steward.inventory.instance import Instance
from steward.inventory.member import Member

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Acme",
    "every_hours": "12",
    "settings.company": "acme",
    "credentials.token.token": "good",
    "do": "connect",
}
CONNECT = "/integrations/scripted/connect/"


@pytest.fixture
def admin(client, company):
    member = Member.objects.create_user("admin@corp.example", "x", role="admin")
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_connecting_leads_to_the_instance(admin):
    response = admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    assert response.url == f"/instances/{instance.pk}/"
    assert (instance.every_hours, instance.created_by.email) == (12, "admin@corp.example")
    assert "first sync" in admin.get(response.url).content.decode()


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(admin):
    page = admin.post(CONNECT, {**FORM, "name": "", "settings.company": ""})
    text = page.content.decode()
    assert page.status_code == 422
    assert "A name is needed." in text
    assert "Company is needed." in text
    assert not Instance.objects.exists()


def test_a_secret_need_not_be_typed_twice_and_is_not_sent_back(admin):
    page = admin.post(CONNECT, {**FORM, "name": ""})
    assert "Kept from your last try" in page.content.decode()
    assert 'value="good"' not in page.content.decode()
    assert "good" not in str(dict(admin.session))
    admin.post(CONNECT, {**FORM, "credentials.token.token": ""})
    assert vault.open_credential(Instance.objects.get()) == ("token", {"token": "good"})


def test_testing_says_who_answers_and_what_is_missing(admin, company):
    company.scopes = frozenset({"users.read"})
    text = admin.post(CONNECT, {**FORM, "do": "test"}).content.decode()
    assert "acme answered" in text
    assert "groups.read" in text
    assert not Instance.objects.exists()


@pytest.mark.parametrize("answer", ["second", "existing", "no"])
def test_the_same_tenant_twice_is_a_question(admin, company, answer):
    admin.post(CONNECT, FORM)
    first = Instance.objects.get()
    asked = admin.post(CONNECT, {**FORM, "name": "Second"})
    assert asked.status_code == 409
    assert "This tenant is connected already" in asked.content.decode()
    chosen = str(first.pk) if answer == "existing" else answer
    admin.post("/integrations/scripted/question/", {"answer": chosen})
    first.refresh_from_db()
    assert Instance.objects.count() == (2 if answer == "second" else 1)
    assert first.connection == (2 if answer == "existing" else 1)


def test_a_new_credential_is_tested_before_it_is_taken(admin, company):
    admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    page = f"/instances/{instance.pk}/credential/"
    wrong = admin.post(page, {**FORM, "credentials.token.token": "bad"})
    assert "The app refused the token." in wrong.content.decode()
    company.token = "newer"
    admin.post(page, {**FORM, "credentials.token.token": "newer"})
    instance.refresh_from_db()
    assert vault.open_credential(instance)[1] == {"token": "newer"}


def test_deleting_asks_for_the_tick_and_says_what_goes(admin, sync):
    admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    sync(instance)
    page = f"/instances/{instance.pk}/delete/"
    asked = admin.post(page, {})
    assert asked.status_code == 422
    assert "3 accounts" in asked.content.decode()
    assert "3 people who have no account anywhere else" in asked.content.decode()
    admin.post(page, {"understood": "yes"})
    assert admin.get(f"/instances/{instance.pk}/").status_code == 404
    assert "of 3" not in admin.get("/people/").content.decode()


def test_one_person_who_goes_is_not_called_people(admin, company, sync):
    company.people("ann")
    admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    sync(instance)
    shown = admin.get(f"/instances/{instance.pk}/delete/").content.decode()
    assert "<li>1 person who has no account anywhere else</li>" in shown


def test_held_removals_are_decided_on_the_page(admin, company, sync):
    company.people(*(f"u{n}" for n in range(60)))
    admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    sync(instance)
    company.people(*(f"u{n}" for n in range(20)))
    sync(instance)
    page = admin.get(f"/instances/{instance.pk}/").content.decode()
    assert "40 accounts would disappear" in page
    assert "U59" in page
    assert "would disappear" in admin.get("/integrations/?tab=attention").content.decode()
    admin.post(f"/instances/{instance.pk}/removals/", {"decision": "release"})
    instance.refresh_from_db()
    assert instance.removals_held == 0


def test_names_that_are_markup_are_shown_as_text(admin, company, sync):
    from steward.sdk.records import Account

    company.streams["accounts"] = [Account(id="1", email="x@x.example", name="<script>x</script>")]
    admin.post(CONNECT, FORM)
    instance = Instance.objects.get()
    sync(instance)
    for path in ("/people/", f"/instances/{instance.pk}/accounts/"):
        text = admin.get(path).content.decode()
        assert "<script>x" not in text
        assert "&lt;script&gt;x" in text
