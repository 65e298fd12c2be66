"""Settings → Import, as an admin goes through it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.imports import Import, ImportDraft, ImportDraftRow, ImportTask
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.ledger.imports import behind
from steward.ledger.imports.drafts import drop_old
from tests.ledger.test_imports import FILES

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def admin(client):
    member = Member.objects.create_user("admin@corp.example", "x", role="admin")
    client.force_login(member, backend=BACKEND)
    return client


def upload(admin, kind, text, name="file.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, content)
    return admin.post("/settings/imports/", {"as": kind, "file": file})


def chosen(page):
    """The form of the columns as a browser would send it."""
    found = {}
    for select in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        options = re.findall(r'<option value="([^"]*)"( selected)?>', select[1])
        found[select[0]] = next((v for v, is_chosen in options if is_chosen), options[0][0])
    return found


def looked_at(admin, kind, text, **changes):
    answer = upload(admin, kind, text)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = admin.get(answer.url).content.decode()
    return admin.post(answer.url, {**chosen(page), **changes})


def bring(admin, kind, text, **how):
    preview = looked_at(admin, kind, text).url
    return admin.post(preview, how)


@pytest.fixture
def known(admin):
    bring(admin, "people", FILES["people"])
    bring(admin, "applications", "name\nFigma\nSlack\n")


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_goes_through_its_pages(admin, known, kind):
    if kind == "people":
        admin.post(f"/settings/imports/{Import.objects.get(kind='people').pk}/undo/")
    preview = looked_at(admin, kind, FILES[kind]).url
    page = admin.get(preview).content.decode()
    lines = len(FILES[kind].strip().splitlines()) - 1
    assert f"1–{lines} of {lines}" in page
    assert "Every row is good" in page
    done = admin.post(preview)
    entered = Import.objects.latest("pk")
    assert done.url == f"/settings/imports/{entered.pk}/"
    assert not ImportDraft.objects.exists()
    page = admin.get(done.url).content.decode()
    assert "Undo this import" in page
    assert admin.post(f"{done.url}undo/").url == done.url
    page = admin.get(done.url).content.decode()
    assert "The import is undone." in page
    assert "Undo this import" not in page
    assert "file.csv" in admin.get(f"/settings/imports/?kind={kind}").content.decode()
    template = admin.get(f"/settings/imports/templates/{kind}.csv")
    assert template.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'


def test_what_changes_is_shown_from_what_to_what(admin, known):
    bring(admin, "applications", "name,notes\nFigma,old <b>\n")
    page = admin.get(looked_at(admin, "applications", "name,notes\nFigma,new\nMiro,\n").url)
    text = page.content.decode()
    assert "Notes: <s>old &lt;b&gt;</s> → new" in text
    assert "Application: Miro" in text
    address = page.request["PATH_INFO"]
    assert "Miro" not in admin.get(f"{address}?show=changed").content.decode()


def test_columns_are_corrected_and_what_was_chosen_is_kept_where_it_does_not_do(admin):
    text = "Tool,Remark\nMiro,x\n"
    refused = looked_at(admin, "applications", text, **{"column-0": "", "column-1": "notes"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Say which column is the application." in page
    assert chosen(page)["column-1"] == "notes"
    done = looked_at(admin, "applications", text, **{"column-0": "name", "column-1": "notes"})
    admin.post(done.url)
    assert Application.objects.get(name="Miro").notes == "x"
    again = upload(admin, "applications", "Remark,Tool\ny,Miro\n")
    assert chosen(admin.get(again.url).content.decode())["column-0"] == "notes"


def test_dates_that_can_be_read_in_two_ways_are_asked_beside_the_field(admin):
    text = "day,vendor,amount\n03/04/2026,Acme,5\n"
    refused = looked_at(admin, "charges", text)
    assert refused.status_code == 422
    assert "can be read in two ways" in refused.content.decode()
    page = admin.get(looked_at(admin, "charges", text, dates="day").url).content.decode()
    assert "2026-04-03" in page


def test_errors_are_shown_downloaded_and_left_out(admin):
    text = "name,status,notes\nMiro,approved,a\nLoom,what?,=1+1\n"
    preview = looked_at(admin, "applications", text).url
    page = admin.get(preview).content.decode()
    assert "1 row cannot be imported" in page
    assert "Approval: “what?” is not one of: approved, unapproved, unconfirmed." in page
    draft = ImportDraft.objects.get()
    mend = admin.get(f"/settings/imports/drafts/{draft.pk}/left-out.csv")
    file = b"".join(mend.streaming_content).decode("utf-8-sig")
    assert file.splitlines()[0] == "Line,What is wrong,name,status,notes"
    assert file.splitlines()[1].startswith("3,")
    assert file.splitlines()[1].endswith("Loom,what?,'=1+1")
    refused = admin.post(preview, {"take": "all"})
    assert (refused.status_code, "Nothing was imported" in refused.content.decode()) == (422, True)
    assert not Application.objects.exists()
    done = admin.post(preview, {"take": "good"})
    page = admin.get(done.url).content.decode()
    assert "1 row had errors and was left out." in page
    left = admin.get(f"{done.url}left-out.csv")
    assert b"".join(left.streaming_content).decode("utf-8-sig") == file
    assert [a.name for a in Application.objects.all()] == ["Miro"]


def test_the_same_file_of_charges_is_taken_once_more_only_on_purpose(admin):
    text = "day,vendor,amount\n2026-11-02,Acme,5\n"
    bring(admin, "charges", text)
    refused = bring(admin, "charges", text)
    assert refused.status_code == 409
    assert "This very file was imported" in refused.content.decode()
    assert bring(admin, "charges", text, again="on").status_code == 302


def test_what_is_no_list_is_said_beside_the_file(admin):
    refused = upload(admin, "people", b"%PDF-1.7")
    assert refused.status_code == 422
    assert "This file is no list" in refused.content.decode()
    nothing = admin.post("/settings/imports/", {"as": "rates"})
    assert (nothing.status_code, "The file is empty." in nothing.content.decode()) == (422, True)


def test_a_draft_is_its_members_alone_and_gone_after_a_while(admin, client):
    preview = looked_at(admin, "applications", "name\nMiro\n").url
    other = Member.objects.create_user("other@corp.example", "x", role="admin")
    client.force_login(other, backend=BACKEND)
    assert client.get(preview).url == "/settings/imports/"
    client.force_login(Member.objects.get(email="admin@corp.example"), backend=BACKEND)
    assert client.get(preview).status_code == 200
    ImportDraft.objects.update(expires_at=timezone.now())
    assert client.get(preview).url == "/settings/imports/"
    assert "too long ago" in client.get("/settings/imports/").content.decode()
    drop_old()
    assert not ImportDraftRow.objects.exists()


def test_readers_change_nothing(client, admin):
    bring(admin, "applications", "name\nMiro\n")
    reader = Member.objects.create_user("reader@corp.example", "x", role="reader")
    client.force_login(reader, backend=BACKEND)
    number = Import.objects.get().pk
    for path in ("", f"{number}/", f"{number}/left-out.csv", "templates/rates.csv"):
        assert client.get(f"/settings/imports/{path}").status_code == 403, path
    assert client.post(f"/settings/imports/{number}/undo/").status_code == 403


def test_the_list_is_believed_by_a_tick(admin, known):
    page = admin.get("/settings/directory/").content.decode()
    assert "2 people are on it" in page
    admin.post("/settings/directory/", {"who": "any", "people_list": "on"})
    page = admin.get("/settings/directory/").content.decode()
    assert re.search(r'name="people_list" checked', page)
    bob = Person.objects.get(email="bob@corp.example")
    assert "Has left" in admin.get(f"/people/{bob.pk}/").content.decode()


def test_a_large_file_is_done_behind_with_its_progress_on_the_page(admin, monkeypatch):
    monkeypatch.setattr(behind, "DIRECT", 1)
    text = "name,status\nFigma,approved\nSlack,odd\n"
    at = looked_at(admin, "applications", text).url
    task = ImportTask.objects.get()
    assert at == f"/settings/imports/tasks/{task.pk}/"
    page = admin.get(at).content.decode()
    assert "Waiting for a worker." in page
    assert 'hx-trigger="every 2s"' in page
    assert "file.csv" in admin.get("/settings/imports/").content.decode().split("Under way")[1]
    behind.carry_out(task.pk, "worker")
    part = admin.get(at, headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    preview = admin.get(at).url
    assert "is not one of" in admin.get(preview).content.decode()
    assert "odd" in b"".join(admin.get(f"{preview[:-8]}left-out.csv").streaming_content).decode()

    wrong = admin.post(preview, {"take": "all"}).url
    behind.carry_out(ImportTask.objects.latest("pk").pk, "worker")
    page = admin.get(wrong).content.decode()
    assert "Nothing was imported, since some rows have errors" in page
    assert "Line 3" in page
    assert preview in page

    good = admin.post(preview, {"take": "good"}).url
    assert admin.post(f"{good}cancel/").url == good
    assert (
        "Cancelled by admin@corp.example. Nothing was changed." in admin.get(good).content.decode()
    )
    again = admin.post(preview, {"take": "good"}).url
    behind.carry_out(ImportTask.objects.latest("pk").pk, "worker")
    late = admin.post(f"{again}cancel/", follow=True).content.decode()
    assert "It is over already." in late
    entered = Import.objects.get()
    assert admin.get(again).url == f"/settings/imports/{entered.pk}/"
    assert entered.left_out.get().line == 3
    assert Application.objects.get().status == "approved"
    admin.post(f"/settings/imports/{entered.pk}/undo/")
    assert not Application.objects.exists()


def test_readers_and_strangers_see_no_task(client, admin, monkeypatch):
    monkeypatch.setattr(behind, "DIRECT", 1)
    at = looked_at(admin, "applications", "name\nFigma\nSlack\n").url
    assert admin.get("/settings/imports/tasks/999/").status_code == 404
    client.force_login(Member.objects.create_user("r@corp.example", role="reader"), backend=BACKEND)
    assert client.get(at).status_code == 403
    assert client.post(f"{at}cancel/").status_code == 403
