"""The pages of contracts, as an admin and a Reader have them."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from steward.inventory import terms
from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.contract import CalendarFeed, Contract, Document
from steward.inventory.edit import Edit
from steward.inventory.licence import LicenceType
from steward.inventory.member import Member
from steward.inventory.person import Person, PersonEmail
from steward.ledger import contracts as acts
from steward.ledger import documents
from tests.web.consenting import signed_in

pytestmark = pytest.mark.django_db
TODAY = terms.today()


def days(count):
    return TODAY + timedelta(days=count)


@pytest.fixture
def admin():
    return signed_in()


@pytest.fixture
def reader():
    member = Member.objects.create_user("reader@corp.example", role="reader")
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def contract():
    given = {"vendor": "Figma <Inc>", "starts_on": days(-265), "ends_on": days(19),
             "notice_on": days(5), "auto_renews": True, "renews_for_months": 12,
             "value": "1200.50", "currency": "EUR"}  # fmt: skip
    return acts.create(given, by="admin@corp.example")


def text(response):
    return response.content.decode()


def test_a_contract_is_entered_edited_renewed_ended_and_deleted(admin):
    app = Application.objects.create(key="figma", name="Figma")
    ann = Person.objects.create(name="Ann", email="ann@corp.example", told_accounts=1)
    PersonEmail.objects.create(person=ann, key="ann@corp.example")
    form = {"application": str(app.pk), "owner": "ann@corp.example", "starts_on": "2099-01-01",
            "ends_on": "2098-12-31", "value": "1200", "currency": "EUR", "notes": "<b>kept</b>",
            "auto_renews": "yes", "renews_for_months": "12"}  # fmt: skip
    wrong = admin.post("/contracts/add/", form)
    assert wrong.status_code == 422
    assert "The term ends before it starts." in text(wrong)
    assert 'value="ann@corp.example"' in text(wrong)
    assert escape("<b>kept</b>") in text(wrong)
    made = admin.post("/contracts/add/", {**form, "ends_on": "2099-12-31"})
    page = made.url
    one = Contract.objects.get()
    assert (one.vendor, one.owner) == ("Figma", ann)
    shown = text(admin.get(page))
    assert "€1,200.00" in shown
    assert "Entered" in shown
    edited = {**form, "ends_on": "2099-12-31", "value": "1300", "auto_renews": ""}
    assert admin.post(f"{page}edit/", edited).status_code == 302
    one.refresh_from_db()
    assert (one.value, one.auto_renews) == (1300, False)
    renewing = {"after": "2099-12-31", "ends_on": "2100-12-31", "value": "1400", "notice_on": ""}
    assert admin.post(f"{page}renew/", renewing).status_code == 302
    twice = admin.post(f"{page}renew/", renewing)
    assert (twice.status_code, "in the meantime" in text(twice)) == (422, True)
    assert "€1,300.00" in text(admin.get(page)).split("Terms before")[1]
    assert admin.post(f"{page}end/", {"ended_on": "yesterday"}).status_code == 422
    admin.post(f"{page}end/", {"ended_on": "2100-06-30"})
    assert re.search(r"Ends on <time[^>]*>30 June 2100", text(admin.get(page)))
    admin.post(f"{page}resume/")
    assert admin.post(f"{page}delete/").status_code == 422
    admin.post(f"{page}delete/", {"understood": "yes"})
    assert not Contract.objects.exists()
    assert [e.what for e in Edit.objects.order_by("pk")] == [
        "made", "changed", "renewed", "ended", "resumed", "removed",
    ]  # fmt: skip


def test_lines_are_entered_in_a_window(admin, contract):
    app = Application.objects.create(key="figma", name="Figma")
    full = LicenceType.objects.create(application=app, key="full", name="Full seat")
    path = f"/contracts/{contract.pk}/lines/"
    wrong = admin.post(path, {"licence": full.pk, "seats": "many", "months": "12"})
    assert (wrong.status_code, 'value="many"' in text(wrong)) == (422, True)
    admin.post(path, {"licence": full.pk, "seats": "5", "amount": "12.5", "months": "1"})
    line = contract.lines.get()
    shown = text(admin.get(f"/contracts/{contract.pk}/"))
    assert "€12.50" in shown
    assert "a month" in shown
    admin.post(f"/contracts/lines/{line.pk}/", {"seats": "6", "amount": "", "months": "12"})
    line.refresh_from_db()
    assert (line.seats, line.amount) == (6, None)
    admin.post(f"/contracts/lines/{line.pk}/remove/")
    assert not contract.lines.exists()


def test_the_list_filters_sorts_and_exports(admin, contract):
    acts.create({"vendor": "Other", "ends_on": days(200)}, by="x")
    acts.create({"vendor": "Gone", "ends_on": days(-2)}, by="x")
    everybody = text(admin.get("/contracts/"))
    assert all(vendor in everybody for vendor in (escape("Figma <Inc>"), "Other", "Gone"))
    within = text(admin.get("/contracts/?within=20"))
    assert ("Other" in within, escape("Figma <Inc>") in within) == (False, True)
    assert "Other" in text(admin.get("/contracts/?within=201"))
    assert "Other" not in text(admin.get("/contracts/?status=expired"))
    soon = text(admin.get("/contracts/?status=notice-soon"))
    assert ("Other" in soon, escape("Figma <Inc>") in soon) == (False, True)
    file = b"".join(admin.get("/contracts/?format=csv&sort=-vendor").streaming_content).decode()
    assert [line.split(",")[1] for line in file.splitlines()[1:]] == [
        "Other", "Gone", "Figma <Inc>",
    ]  # fmt: skip
    book = b"".join(admin.get("/contracts/?format=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Report").to_python()
    place = rows[0].index("Value")
    assert [row[place] for row in rows if row[0] == "Figma <Inc>"] == [1200.5]
    assert [row[rows[0].index("Renewal")] for row in rows if row[0] == "Other"] == [days(201)]


def test_where_money_is_hidden_a_reader_sees_neither_amounts_nor_documents(admin, reader, contract):
    upload(admin, contract, "Price list.pdf", b"1200")
    document = Document.objects.get()
    page = f"/contracts/{contract.pk}/"
    assert "1,200.50" in text(reader.get(page))
    assert b"Price list.pdf" in reader.get(page).content
    acts.edit(contract, {"value": "1300", "notes": "EUR 1200 a seat"}, by="admin@corp.example")
    assert "EUR 1200 a seat" in text(reader.get(page))
    acts.end(contract, days(19), by="admin@corp.example", comment="1300 is too much")
    Company.objects.create(pk=1, readers_see_money=False)
    told = text(reader.get(page)) + text(reader.get("/contracts/")) + text(reader.get("/renewals/"))
    told += b"".join(reader.get("/contracts/?format=csv").streaming_content).decode()
    assert not re.search(r"1,?[23]00|Price list", told)
    assert reader.get(f"/contracts/documents/{document.pk}/").status_code == 403
    assert reader.get("/contracts/?sort=-value").status_code == 200
    assert admin.get(f"/contracts/documents/{document.pk}/").content == b"1200"


def upload(client, contract, name, content):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/contracts/{contract.pk}/documents/", {"file": file})


@pytest.mark.parametrize(
    ("given", "kept", "plain"),
    [
        ("Order form.pdf", "Order form.pdf", "Order form.pdf"),
        ("C:\\Users\\x\\Vertrag ü.pdf", "Vertrag ü.pdf", "Vertrag _.pdf"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoicefdp.exe", "invoicefdp.exe"),
        ("契約書.pdf", "契約書.pdf", "___.pdf"),
        ("<script>.html", "<script>.html", "<script>.html"),
    ],
)
def test_a_document_comes_back_unchanged_and_is_never_opened(admin, contract, given, kept, plain):
    content = b"<script>alert(1)</script>\x00\xff"
    assert upload(admin, contract, given, content).status_code == 302
    row = Document.objects.get()
    assert (row.name, row.size, row.by) == (kept, len(content), "admin@corp.example")
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    answer = admin.get(f"/contracts/documents/{row.pk}/")
    assert answer.content == content
    headers = answer.headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Content-Disposition"].startswith(f'attachment; filename="{plain}"; ')
    assert escape(kept) in text(admin.get(f"/contracts/{contract.pk}/"))
    assert "content" not in str(Edit.objects.get(kind="document").after)


def test_a_name_cannot_speak_in_the_header(admin, contract):
    row = documents.add(contract, 'a"; filename="b%20.html\r\nX-Evil: 1', b"x", by="x")
    answer = admin.get(f"/contracts/documents/{row.pk}/")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="a_; filename=_b_20.htmlX-Evil: 1"; '
        "filename*=UTF-8''a%22%3B%20filename%3D%22b%2520.htmlX-Evil%3A%201"
    )


def test_a_long_name_keeps_its_ending(admin, contract):
    upload(admin, contract, f"{'é' * 300}.pdf", b"x")
    name = Document.objects.get().name
    assert (len(name) <= 255, name.endswith(".pdf")) == (True, True)


def test_what_is_too_large_or_empty_is_refused_with_a_sentence(admin, contract, settings):
    settings.STEWARD_DOCUMENT_BYTES = 1024 * 1024
    for name, content, said in (
        ("a.pdf", b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        ("a.pdf", b"x" * (9 * 1024 * 1024), "larger than 1 MB"),
        ("a.pdf", b"", "The file is empty."),
    ):
        answer = upload(admin, contract, name, content)
        assert (answer.status_code, said in text(answer)) == (422, True)
    nothing = admin.post(f"/contracts/{contract.pk}/documents/")
    assert (nothing.status_code, "Choose a file." in text(nothing)) == (422, True)
    assert not Document.objects.exists()
    assert upload(admin, contract, "a.pdf", b"x" * 1024 * 1024).status_code == 302


def test_an_upload_needs_the_token_against_forged_requests(admin, contract):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    assert upload(strict, contract, "a.pdf", b"x").status_code == 403
    page = text(strict.get(f"/contracts/{contract.pk}/"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.pdf", b"x")}
    assert strict.post(f"/contracts/{contract.pk}/documents/", form).status_code == 302


def test_a_document_that_has_changed_in_the_database_is_not_given_out(admin, contract):
    upload(admin, contract, "a.pdf", b"right")
    Document.objects.update(content=b"wrong")
    answer = admin.get(f"/contracts/documents/{Document.objects.get().pk}/", follow=True)
    assert "is damaged" in text(answer)
    admin.post(f"/contracts/documents/{Document.objects.get().pk}/remove/")
    assert not Document.objects.exists()


def feed_of(client):
    page = text(client.post("/renewals/feeds/"))
    address = re.search(r'value="([^"]+\.ics)"', page)[1]
    return address.removeprefix("http://127.0.0.1:8000").partition("/renewals/")[2]


def test_a_calendar_reads_a_secret_address_until_it_is_revoked(admin, contract):
    secret = feed_of(admin)
    assert secret.removesuffix(".ics") not in text(admin.get("/renewals/"))
    row = CalendarFeed.objects.get()
    assert row.hash == hashlib.sha256(secret.removesuffix(".ics").encode()).hexdigest()
    stranger = Client()
    answer = stranger.get(f"/renewals/{secret}")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 2
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert stranger.get("/renewals/wrong.ics").status_code == 404
    assert (
        signed_in("other@corp.example").post(f"/renewals/feeds/{row.pk}/revoke/").status_code == 404
    )
    admin.post(f"/renewals/feeds/{row.pk}/revoke/")
    assert stranger.get(f"/renewals/{secret}").status_code == 404


def test_a_feed_shows_what_its_member_may_see_for_as_long_as_they_may(admin, reader, contract):
    secret, of_admin = feed_of(reader), feed_of(admin)
    stranger = Client()
    assert b"200.50" in stranger.get(f"/renewals/{secret}").content.replace(b"\r\n ", b"")
    Company.objects.create(pk=1, readers_see_money=False)
    assert b"200.50" not in stranger.get(f"/renewals/{secret}").content.replace(b"\r\n ", b"")
    assert b"200.50" in stranger.get(f"/renewals/{of_admin}").content.replace(b"\r\n ", b"")
    Member.objects.filter(email="reader@corp.example").update(is_active=False)
    assert stranger.get(f"/renewals/{secret}").status_code == 404


def test_renewals_by_month_quarter_and_in_a_calendar(admin, contract):
    by_month = text(admin.get("/renewals/"))
    assert f"{days(20):%B %Y}" in by_month
    assert "last day for notice" in by_month
    assert "1 amount without a rate into USD" in by_month
    assert "Quarter" in text(admin.get("/renewals/?view=quarter"))
    calendar = text(admin.get(f"/renewals/?view=calendar&month={days(20):%Y-%m}"))
    assert re.search(rf'datetime="{days(20)}".*?Renews</span>', calendar, re.DOTALL)
    assert admin.get("/renewals/?view=calendar&month=9999-13").status_code == 200


def test_owners_are_suggested_by_name_and_address(admin, contract):
    row = Person.objects.create(name="Ann Archer", email="a.archer@corp.example", told_accounts=1)
    assert '<option value="a.archer@corp.example">' in text(admin.get("/people/find/?owner=arch"))
    assert text(admin.get("/people/find/?owner=a")).strip() == ""
    acts.edit(contract, {"owner": row.pk}, by="x")
    assert "Ann Archer" in text(admin.get(f"/contracts/?owner={row.pk}"))
    assert "Nothing fits" in text(admin.get(f"/contracts/?owner={row.pk}&status=ended"))
