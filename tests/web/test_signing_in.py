import pytest
from django.test import Client

from steward.inventory.member import Invitation, Member

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-and-odd-password"


@pytest.fixture
def member(settings):
    settings.AUTHENTICATION_BACKENDS = [
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]
    return Member.objects.create_user("ann@corp.example", PASSWORD, role="admin")


def sign_in(client, password, email="ann@corp.example"):
    return client.post("/sign-in/", {"username": email, "password": password})


def test_signing_in_and_out(client, member):
    assert client.get("/people/").url == "/sign-in/?next=/people/"
    assert sign_in(client, PASSWORD, "ANN@corp.example").url == "/"
    assert client.get("/").status_code == 200
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told_and_five_wait(client, member):
    for _ in range(4):
        assert b"do not go together" in sign_in(client, "wrong").content
    locked = sign_in(client, "wrong")
    assert (locked.status_code, b"Wait 15 minutes" in locked.content) == (429, True)
    assert sign_in(client, PASSWORD).status_code == 429


def test_a_member_who_was_switched_off_is_out_at_once(client, member):
    sign_in(client, PASSWORD)
    Member.objects.update(is_active=False)
    assert client.get("/").status_code == 302


def test_a_link_makes_one_member_once(client):
    _, token = Invitation.make("admin")
    page = f"/welcome/{token}/"
    form = {"email": "First@corp.example", "name": "First", "password": PASSWORD, "again": "x"}
    assert "not the same" in client.post(page, form).content.decode()
    form["password"] = form["again"] = "short"
    assert client.post(page, form).status_code == 422
    form["password"] = form["again"] = PASSWORD
    assert client.post(page, form).url == "/"
    assert Member.objects.get().role == "admin"
    assert Client().get(page).status_code == 404
    assert "does not work any more" in Client().post(page, form).content.decode()


def test_the_last_admin_stays_one(client, member):
    sign_in(client, PASSWORD)
    client.post(f"/settings/members/{member.pk}/", {"role": "reader"})
    client.post(f"/settings/members/{member.pk}/", {"active": "no"})
    member.refresh_from_db()
    assert (member.role, member.is_active) == ("admin", True)


def test_answers_are_hardened(client, member):
    sign_in(client, PASSWORD)
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert client.cookies["sessionid"]["httponly"]


def test_a_change_without_its_token_is_refused(member):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    refused = strict.post("/settings/tokens/", {"name": "x", "role": "admin"})
    assert refused.status_code == 403
    assert "This form has expired" in refused.content.decode()
