"""The pages of third-party access: what is there, what is new, approving and refusing."""

import pytest

from steward.inventory.application import Application
from steward.sdk import records as r
from tests.web.test_applications import page, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(connect, sync, company):
    company.people("ann", "bea")
    company.streams["grants"] = [
        r.App(id="z", name="Zoom", publisher="Zoom Inc.", verified=True),
        r.App(id="b", name="Backup <b>"),
        r.Grant(app="z", account="ann", scopes=("sign-in", "mystery")),
        r.Grant(app="b", scopes=("mail",), granted_by="bea"),
    ]
    instance = connect()
    sync(instance)

    def again(*more):
        company.streams["grants"] = [*company.streams["grants"], *more]
        sync(instance)

    return again


@pytest.fixture
def admin(client, read):
    return sign_in(client, "admin")


def path_of(name, act=""):
    return f"/secure/apps/{Application.objects.get(name=name).pk}/{act}"


def test_every_tab_shows_its_rows_and_leads_on(admin):
    shown = page(admin, "/secure/")
    assert shown.index("Backup &lt;b&gt;") < shown.index("Zoom Inc.")
    assert ">critical<" in shown
    assert path_of("Zoom") in shown
    assert "Zoom" not in page(admin, "/secure/", risk="risky").partition("<tbody>")[2]
    people = page(admin, "/secure/by-person/")
    assert "Ann" in people
    assert "1 application may reach everybody" in people.replace("\n", " ")
    scopes = page(admin, "/secure/scopes/")
    assert "Read all mail." in scopes
    assert "Not known to Steward." in scopes
    assert "mystery" in scopes
    for tab in ("", "by-person/", "scopes/"):
        file = admin.get(f"/secure/{tab}", {"format": "csv"})
        assert b"Risk" in b"".join(file.streaming_content).replace(b"Gravest risk", b"Risk")
    assert 'aria-current="page" href="/secure/"' in shown


def test_an_application_says_what_it_may_do_and_how_to_end_it(admin):
    shown = page(admin, path_of("Backup <b>"))
    for text in ("Read all mail.", "agreed for everybody", "consented by Bea", "Remove the app."):
        assert text in shown, text
    assert 'href="https://admin.scripted.example/apps"' in shown
    assert "Not known to Steward." in page(admin, path_of("Zoom"))
    page(admin, "/secure/apps/999999999/", 404)


def test_approving_leaves_a_comment_in_the_history(admin, client):
    said = {"status": "approved", "comment": "Asked <them>"}
    answer = admin.post(path_of("Zoom", "judge/"), said, follow=True)
    shown = answer.content.decode()
    assert "Zoom is approved." in shown
    assert "Unconfirmed → Approved" in shown
    assert "Asked &lt;them&gt;" in shown
    wrong = admin.post(path_of("Zoom", "judge/"), {"status": "fine", "comment": "kept text"})
    assert wrong.status_code == 422
    assert "kept text" in wrong.content.decode()
    reader = sign_in(client, "reader")
    assert "<form" not in page(reader, path_of("Zoom")).partition('id="judging"')[2][:900]
    assert reader.post(path_of("Zoom", "judge/"), said).status_code == 403


def test_home_says_what_risky_was_let_in_lately(admin, read):
    assert "of high risk, let in" not in page(admin, "/")
    read(r.App(id="s", name="Sidekick"), r.Grant(app="s", account="bea", scopes=("files.all",)))
    home = page(admin, "/")
    assert "app of high risk, let in within 7 days" in home
    assert "/secure/?risky=7&amp;status=not-approved" in home
    rows = page(admin, "/secure/?risky=7&status=not-approved").partition("<tbody>")[2]
    assert "Sidekick" in rows
    assert "Backup" not in rows
    assert "Sidekick" in page(admin, "/secure/", new="7").partition("<tbody>")[2]


def test_an_app_that_members_install_is_not_said_to_have_been_agreed_to(
    admin, company, connect, sync
):
    granted = [r.App(id="d", name="Desk"), r.Grant(app="d", scopes=("mail",), granted_by="ann")]
    company.streams["grants"] = granted
    sync(connect("Directory", "scripted_directory"))
    shown = page(admin, path_of("Desk"))
    assert "Installed for the whole directory." in shown
    assert "installed by Ann" in shown
    assert "consented by" not in shown
    assert "agreed for everybody" not in shown
