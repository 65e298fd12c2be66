"""Spend on the pages: figures with their rows, and what an admin decides there."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from steward.inventory.application import Application
from steward.inventory.charge import Charge, VendorRule
from steward.inventory.company import Company, ExchangeRate
from steward.inventory.contract import Contract
from steward.inventory.edit import Edit
from steward.inventory.imports import Import
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.ledger import contracts
from steward.ledger.charges import ChargeIn, enter

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def signed_in(client, role):
    member = Member.objects.create_user(f"{role}@corp.example", "x", role=role)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(client):
    return signed_in(client, "admin")


@pytest.fixture
def paid(db):
    """Slack's and Figma's, one of them twice; an unknown vendor's; francs without a rate."""
    ann = Person.objects.create(name="Ann", attributes={"department": "Sales"})
    Application.objects.create(key="app:figma", name="Figma")
    files = [
        Import.objects.create(kind="charges", file_name=f"{n}.csv", sha256=n, by="ann")
        for n in "ab"
    ]

    def line(vendor, amount, currency="USD", **more):
        day = TODAY - timedelta(days=1)
        return ChargeIn(day, Decimal(amount), currency, vendor, **more)

    enter(
        [
            line("SLACK T02AB4C9D", "100.10"),
            line("FIGMA MONTHLY RENEWAL", "20", person=ann),
            line("<Acme> & Sons", "7.05", department="Legal"),
            line("Slack", "-10"),
            line("Bexio AG", "40", "CHF"),
        ],
        entered=files[0],
    )
    enter([line("Figma Inc", "20")], entered=files[1])


def text_of(answer):
    return unescape(answer.content.decode())


def cells(answer):
    return re.findall(r"<td[^>]*>(.*?)</td>", text_of(answer), re.DOTALL)


def test_spend_is_shown_by_every_grouping_with_what_is_missing(admin, paid):
    page = admin.get("/spend/")
    assert page.status_code == 200
    assert "$117.15" in text_of(page)
    print(text_of(page))
    assert "CHF40.00 in 1 payment" in text_of(page)
    assert "$7.05" in text_of(page)
    link = re.search(r'href="(/charges/\?[^"]*application=none[^"]*)"', page.content.decode())
    assert "These add up to <strong>$7.05</strong>." in text_of(admin.get(unescape(link[1])))
    for group in ("department", "person", "vendor", "month"):
        page = admin.get("/spend/", {"group_by": group, "from": f"{TODAY:%Y-%m}"})
        assert page.status_code == 200
        assert "$117.15" in text_of(page), group
    by_person = text_of(admin.get("/spend/", {"group_by": "person"}))
    assert "Ann" in by_person
    assert "Nobody is known to use it" in by_person
    file = admin.get("/spend/", {"group_by": "vendor", "format": "csv"})
    assert b"20.00" in b"".join(file.streaming_content)
    assert admin.get("/spend/", {"group_by": "moon"}).status_code == 400
    wrong = admin.get("/spend/", {"from": "2026-99"})
    assert wrong.status_code == 400
    assert "must look like 2026-03" in text_of(wrong)


@pytest.fixture
def committed(paid):
    """Figma's in dollars, day by day this month and before, and one in francs without a rate."""
    figma = Application.objects.get(key="app:figma")
    starts = TODAY.replace(day=1)
    until = (starts + timedelta(days=40)).replace(day=1) - timedelta(days=1)
    for name, currency in (("<Figma> deal", "USD"), ("In francs", "CHF")):
        given = {
            "name": name, "vendor": "V", "application": figma.pk, "currency": currency,
            "value": "48.20", "starts_on": starts, "ends_on": until,
        }  # fmt: skip
        contracts.create({**given, "value": None} if currency == "CHF" else given, by="ann")
    return figma


def test_what_contracts_commit_to_stands_beside_what_was_paid(admin, committed):
    month = {"from": f"{TODAY:%Y-%m}"}
    page = text_of(admin.get("/spend/", month))
    assert "Committed by 1 contract" in page
    assert "it stands beside what was paid and is never added to it" in page
    assert "Not in what is committed: In francs, as no value is entered." in page
    assert "$48.20" in page
    link = re.search(r'href="(/reports/committed-spend/\?[^"]*application=[^"]*)"', page)
    rows = admin.get(link[1]).content.decode()
    assert "&lt;Figma&gt; deal" in rows
    assert "no value is entered" in rows
    for group in ("department", "month"):
        assert "$48.20" in text_of(admin.get("/spend/", {**month, "group_by": group})), group
    for kind in ("csv", "xlsx", "pdf"):
        file = admin.get("/spend/", {**month, "format": kind})
        assert (file.status_code, len(b"".join(file.streaming_content)) > 100) == (200, True)
    wrong = admin.get("/reports/committed-spend/", {"from": "2026-13"})
    assert "must look like 2026-03" in text_of(wrong)


def test_the_difference_is_shown_where_both_are_wholly_known(admin, committed):
    one = Contract.objects.get(name="In francs")
    contracts.delete(one, by="ann")
    paid_on = (TODAY - timedelta(days=1)).strftime("%Y-%m")
    page = text_of(admin.get("/spend/", {"from": paid_on}))
    assert "-$28.20" in page
    page = text_of(admin.get(f"/applications/{committed.pk}/"))
    assert "$20.00 in all. Committed: $48.20." in page


def test_the_form_of_the_filters_keeps_the_grouping(admin, paid):
    page = text_of(admin.get("/spend/", {"group_by": "vendor"}))
    assert '<input type="hidden" name="group_by" value="vendor">' in page


def test_charges_are_listed_with_their_sum(admin, paid):
    page = text_of(admin.get("/charges/"))
    assert "$117.15" in page
    assert "without 1 for which" in page
    assert admin.get("/charges/", {"currency": "CHF"}).status_code == 200
    none = text_of(admin.get("/charges/", {"application": "none", "matched": "none"}))
    assert "<Acme> & Sons" in none
    assert "&lt;Acme&gt;" in admin.get("/charges/").content.decode()
    person = Person.objects.get(name="Ann")
    assert "FIGMA" in text_of(admin.get("/charges/", {"person": person.pk}))
    for odd in ("x" * 300, "٣", "-1", "1e9"):
        assert admin.get("/charges/", {"person": odd, "q": odd}).status_code == 200


def test_a_vendor_is_matched_once_on_its_page(admin, paid):
    assert "<Acme> & Sons" in text_of(admin.get("/charges/vendors/"))
    given = {"vendor": "<Acme> & Sons", "application": "Acme", "what": "match"}
    refused = admin.post("/charges/vendors/", given)
    assert refused.status_code == 422
    assert "No application is called “Acme”" in text_of(refused)
    assert 'value="Acme"' in text_of(refused)
    assert admin.post("/charges/vendors/", {**given, "application": ""}).status_code == 422
    admin.post("/charges/vendors/", {**given, "what": "new"})
    charge = Charge.objects.get(vendor="<Acme> & Sons")
    assert (charge.application.name, charge.matched) == ("Acme", "rule")
    rule = VendorRule.objects.get()
    assert "Acme" in text_of(admin.get("/charges/vendors/"))
    admin.post(f"/charges/vendors/rules/{rule.pk}/remove/")
    admin.post("/charges/vendors/", {**given, "what": "other"})
    charge.refresh_from_db()
    assert charge.is_saas is False
    assert admin.post("/charges/vendors/rules/99/remove/").status_code == 404


def test_a_charge_has_a_page_where_it_is_decided(admin, paid):
    double = Charge.objects.get(duplicate_of__isnull=False)
    page = f"/charges/{double.pk}/"
    assert "Counts as the same payment" in text_of(admin.get(page))
    assert "Figma Inc" in text_of(admin.get("/charges/duplicates/"))
    admin.post(f"{page}duplicate/", {"next": "duplicates"})
    assert not Charge.objects.filter(duplicate_of__isnull=False).exists()
    original = Charge.objects.get(vendor="FIGMA MONTHLY RENEWAL")
    assert "It is this payment" in text_of(admin.get(page))
    admin.post(f"{page}duplicate/", {"of": original.pk})
    double.refresh_from_db()
    assert double.duplicate_of == original
    refused = admin.post(page, {"application": "nothing so", "what": "match"})
    assert refused.status_code == 422
    assert "nothing so" in text_of(refused)
    admin.post(page, {"application": "slack", "what": "match"})
    double.refresh_from_db()
    assert (double.application.key, double.matched) == ("slack", "hand")
    admin.post(page, {"application": "Slack", "what": "match", "all": "yes"})
    assert VendorRule.objects.get().pattern == "figma"
    assert "application" in text_of(admin.get(page)).lower()
    assert admin.get("/charges/999999/").status_code == 404


def test_currency_and_rates_are_set_under_settings(admin, paid):
    assert "No rates yet" in text_of(admin.get("/settings/money/"))
    given = {"what": "rate", "base": "CHF", "quote": "USD", "rate": "1,25", "day": "2020-01-01"}
    wrong = admin.post("/settings/money/", {**given, "rate": "much", "source": "<ECB>"})
    assert wrong.status_code == 422
    assert "A rate is more than zero" in text_of(wrong)
    assert 'value="<ECB>"' in text_of(wrong)
    assert admin.post("/settings/money/", given).status_code == 302
    assert Charge.objects.get(currency="CHF").told == 50
    admin.post(f"/settings/money/rates/{ExchangeRate.objects.get().pk}/remove/")
    assert Charge.objects.get(currency="CHF").told is None
    admin.post("/settings/money/", {"what": "company", "currency": "CHF"})
    assert (Company.get().currency, Company.get().readers_see_money) == ("CHF", False)


def test_pages_of_applications_and_people_say_what_they_cost(admin, paid):
    figma = Application.objects.get(key="app:figma")
    page = text_of(admin.get(f"/applications/{figma.pk}/"))
    assert "Borne by" in page
    assert "Sales" in page
    ann = Person.objects.get(name="Ann")
    assert "Costs $20.00 in 12 months" in text_of(admin.get(f"/people/{ann.pk}/"))
    Application.objects.filter(pk=figma.pk).update(
        allocation="fixed", shares={"Legal": 60, "Sales": 40}
    )
    Edit.note("application", figma, "changed", "ann@corp.com")
    assert "$12.00" in text_of(admin.get(f"/applications/{figma.pk}/"))


def test_readers_look_and_see_money_only_where_it_is_shown(client, paid):
    reader = signed_in(client, "reader")
    assert reader.get("/spend/").status_code == 200
    charge = Charge.objects.first()
    for path in (f"/charges/{charge.pk}/", "/charges/vendors/"):
        assert reader.get(path).status_code == 200
        assert reader.post(path, {"vendor": "x", "what": "other"}).status_code == 403
    assert reader.post(f"/charges/{charge.pk}/duplicate/").status_code == 403
    assert reader.get("/settings/money/").status_code == 403
    Company.objects.update_or_create(pk=1, defaults={"readers_see_money": False})
    figma = Application.objects.get(key="app:figma")
    for path in ("/spend/", "/charges/", "/charges/vendors/", "/charges/duplicates/",
                 f"/charges/{charge.pk}/", "/reports/spend-by-vendor/",
                 "/reports/committed-spend/"):  # fmt: skip
        assert reader.get(path).status_code == 403, path
    assert "$" not in text_of(reader.get(f"/applications/{figma.pk}/"))
    assert "/spend/" not in text_of(reader.get("/"))
