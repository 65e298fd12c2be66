"""The pages of licences as a browser asks for them: what they show, to whom, what is entered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.member import Member
from steward.ledger import contracts
from steward.ledger import licences as ledger
from steward.sdk.records import License, Seat

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOW = timezone.now()


@pytest.fixture
def licence(company, connect, sync):
    """Ann uses hers, Bob and Cem do not; ten were bought."""
    company.people("ann", last_active_at=NOW)
    mine = list(company.streams["accounts"])
    company.people("bob", "cem", last_active_at=NOW - timedelta(days=90))
    company.streams["accounts"] += mine
    company.streams["licenses"] = [
        License(id="pro", name="Pro", purchased=10),
        *(Seat(license="pro", account=name) for name in ("ann", "bob", "cem")),
    ]
    sync(connect())
    return LicenceType.objects.get(key="pro")


def signed_in(client, role):
    member = Member.objects.create_user(f"{role}@corp.example", "x", role=role)
    client.force_login(member, backend=BACKEND)
    return client


@pytest.fixture
def admin(client, db):
    return signed_in(client, "admin")


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


PRICE = {"amount": "24.50", "currency": "USD", "months": "1", "since": "2026-01-01"}


def test_a_price_is_set_and_every_page_tells_the_same_waste(admin, licence):
    at = f"/licences/{licence.pk}/"
    assert admin.post(f"{at}price/", PRICE).url == at
    shown = [
        text(admin.get(path))
        for path in (at, "/licences/", "/waste/", f"/applications/{licence.application_id}/",
                     "/reports/wasted-spend/?by=application")
    ]  # fmt: skip
    # 2 unused and 7 unassigned seats of 24.50.
    assert [n for n, page in enumerate(shown) if "$220.50" not in page] == []
    assert "$49.00" in shown[0]
    page = text(admin.get(f"{at}proposal/?buffer=100"))
    assert "Renew 2 seats instead of 10" in page
    assert "$2,352.00" in page
    assert "take back" in page
    assert 'name="buffer" value="100"' in page
    assert admin.get(f"{at}proposal/?buffer=all").status_code == 422
    file = b"".join(admin.get("/licences/?format=csv").streaming_content).decode("utf-8-sig")
    assert "220.50" in file


def test_a_price_by_contract_is_shown_with_its_origin_and_hidden_with_all_money(client, licence):
    given = {"name": "Big <deal>", "vendor": "V", "currency": "USD", "ends_on": "2099-12-31"}
    made = contracts.create(given, by="ann")
    contracts.add_line(made, {"licence": licence.pk, "seats": 10, "amount": "24.50", "months": 1},
                       by="ann")  # fmt: skip
    admin, at = signed_in(client, "admin"), f"/licences/{licence.pk}/"
    page = text(admin.get(at))
    assert "$24.50 a seat and month, by contract Big &lt;deal&gt;." in page
    assert f'by contract <a href="/contracts/{made.pk}/"' in page
    assert "until <time" in page
    for path in (at, "/licences/", "/waste/", "/spend/"):
        assert ("$245.00" if path == "/spend/" else "$220.50") in text(admin.get(path)), path
    assert "by contract Big &lt;deal&gt;" in text(admin.get("/licences/"))
    admin.post(f"{at}price/", PRICE | {"amount": "1"})
    assert "$1.00 a seat and month, since 1 January 2026." in text(admin.get(at))
    Company.objects.create(pk=1, readers_see_money=False)
    reader = signed_in(client, "reader")
    for path in (at, "/licences/", f"{at}proposal/"):
        assert "by contract" not in text(reader.get(path)), path


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(admin, licence):
    at = f"/licences/{licence.pk}/price/"
    answer = admin.post(at, {**PRICE, "amount": "a lot", "since": "soon"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a lot"' in page
    assert 'id="id_amount_error"' in page
    assert 'id="id_since_error"' in page
    assert LicencePrice.objects.count() == 0
    framed = admin.post(at, PRICE, headers={"HX-Request": "true"})
    assert framed.headers["HX-Redirect"] == f"/licences/{licence.pk}/"
    price = licence.prices.get()
    admin.post(f"{at}{price.pk}/", {**PRICE, "amount": "30"})
    assert "Price corrected" in text(admin.get(f"/licences/{licence.pk}/"))
    admin.post(f"{at}{price.pk}/remove/")
    assert LicencePrice.objects.count() == 0


def test_a_licence_is_added_edited_and_removed_by_hand(admin, db):
    application = Application.objects.create(key="app:design", name="Design <b>")
    given = {"application": application.pk, "name": "Flat", "counted": "unknown", "bought": "5"}
    assert admin.post("/licences/new/", {**given, "name": ""}).status_code == 422
    at = admin.post("/licences/new/", given).url
    row = LicenceType.objects.get()
    assert "Design &lt;b&gt;" in text(admin.get(at))
    admin.post(f"{at}edit/", {"name": "Flat", "counted": "unknown", "bought": "7", "notes": "n"})
    row.refresh_from_db()
    assert (row.bought, row.notes) == (7, "n")
    assert admin.post(f"{at}remove/").url == "/licences/"
    assert admin.get(at).status_code == 404


def test_money_is_hidden_from_readers_everywhere(client, licence):
    admin = signed_in(client, "admin")
    admin.post(f"/licences/{licence.pk}/price/", PRICE)
    LicenceType.objects.filter(pk=licence.pk).update(notes="24.50 on the list")
    ledger.edit(licence, {"notes": "24.50 as agreed"}, by="admin@corp.example")
    Company.objects.create(pk=1, readers_see_money=False)
    reader = signed_in(client, "reader")
    at = f"/licences/{licence.pk}/"
    for path in ("/licences/", at, f"{at}proposal/", "/waste/", "/reports/wasted-spend/",
                 "/reports/licence-seats/", f"/applications/{licence.application_id}/",
                 "/reports/overlapping-applications/"):  # fmt: skip
        page = text(reader.get(path))
        assert "$" not in page.replace("$1", ""), path
        assert "24.50" not in page, path
        assert "no price" not in page, path
        assert "No cost is known" not in page, path
    for path in (
        "/licences/?format=csv",
        "/reports/wasted-spend/?format=csv",
        "/reports/licence-seats/?format=csv",
    ):
        file = b"".join(reader.get(path).streaming_content).decode("utf-8-sig")
        assert "month" not in file.casefold()
        assert "220" not in file
    Company.objects.update(readers_see_money=True)
    assert "$220.50" in text(reader.get("/licences/"))


def test_waste_by_department_has_no_empty_columns_in_page_and_files(admin, licence):
    page = text(admin.get("/reports/wasted-spend/?by=department"))
    headings = page.split("<thead>")[1].split("</thead>")[0]
    assert "Department" in headings
    assert [label for label in ("Application", "Licence", "Why") if label in headings] == []
    # What the next grouping is by is sent along, though nothing is to be seen of it now.
    assert '<input type="hidden" name="columns" value="licence">' in page
    turned = "/reports/wasted-spend/?by=reason&columns=licence&columns=why&columns=seats"
    headings = text(admin.get(turned)).split("<thead>")[1].split("</thead>")[0]
    assert ("Why" in headings, "Licence" in headings) == (True, False)
    at = "/reports/wasted-spend/?by=department&format=csv"
    file = b"".join(admin.get(at).streaming_content).decode("utf-8-sig")
    assert file.splitlines()[0].startswith("Department,Seats,")
