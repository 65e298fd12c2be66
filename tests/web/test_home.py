"""Home: what needs a person, each line leading to where it is done, and the trends."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from steward.insight import memory, warming
from steward.inventory.application import Application
from steward.inventory.company import Company
from steward.inventory.contract import Contract
from steward.inventory.licence import LicencePrice, LicenceType
from steward.inventory.member import Member
from steward.inventory.schedule import Schedule
from steward.inventory.webhook import Webhook
from steward.sdk.records import License, Seat
from steward.sync import usage
from steward.work import scheduling
from steward.work.figures import tell_today
from tests.insight.conftest import LATELY, LONG_AGO, account, app, directory
from tests.web.consenting import signed_in

__all__ = ["app", "directory"]
pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
LISTED = [License(id="pro", name="Pro", purchased=2)]


@pytest.fixture
def admin(db):
    return signed_in("admin@corp.example")


@pytest.fixture
def reader(db):
    Member.objects.create_user("reader@corp.example", "x", role="reader")
    return signed_in("reader@corp.example")


@pytest.fixture
def company(directory, app):
    directory("Staff", account("ann"), account("bob", status="disabled"))
    app(
        "App",
        account("ann", holds_seat=True, last_active_at=LONG_AGO, created_at=LONG_AGO),
        account("bob", last_active_at=LATELY),
        licenses=[*LISTED, Seat(license="pro", account="ann", last_active_at=LONG_AGO)],
    )
    licence = LicenceType.objects.get(key="pro")
    LicencePrice.objects.create(
        licence=licence, since=TODAY, amount=Decimal("12.50"), currency="USD", months=1
    )
    Contract.objects.create(
        vendor="Acme", name="Acme terms", application=Application.objects.first(),
        starts_on=TODAY - timedelta(days=300), ends_on=TODAY + timedelta(days=60),
        notice_on=TODAY + timedelta(days=10),
    )  # fmt: skip


def test_a_page_asks_once_whether_what_is_remembered_still_holds(admin, company):
    """Once for all figures that mind the same things."""
    admin.get("/reports/")
    with CaptureQueriesContext(connection) as asked:
        assert admin.get("/reports/").status_code == 200
    looks = [one for one in asked if "MAX(done_to) FROM inventory_describing" in one["sql"]]
    assert 1 <= len(looks) <= len(memory.Minds)


def test_the_most_valuable_comes_first_and_each_line_leads_on(company, admin):
    page = admin.get("/")
    lines = [(todo.lead, todo.href) for todo in page.context["todos"]]
    assert lines[:4] == [
        ("1", "/reports/leavers-with-live-accounts/"),
        ("1", "/contracts/?status=notice-soon"),
        ("2", "/waste/"),
        ("1", "/contracts/?within=90"),
    ]
    assert "$25.00 a month" in page.content.decode()
    for _, href in lines:
        assert admin.get(href).status_code == 200


def test_four_trends_have_a_sentence_and_a_table(company, admin):
    page = admin.get("/")
    titles = [chart.title for chart in page.context["charts"]]
    assert titles == [
        "People", "Applications", "Share of people active in 30 days", "Paid for software",
    ]  # fmt: skip
    assert "the trend begins here" in page.content.decode()
    assert 'role="img"' not in page.content.decode()
    usage.tell_everything()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    tell_today(yesterday)
    assert admin.get("/").content.decode().count('role="img"') == 3


def test_readers_from_whom_money_is_hidden_see_seats_and_no_price(company, reader):
    Company.objects.update_or_create(pk=1, defaults={"readers_see_money": False})
    page = reader.get("/")
    assert "$" not in page.content.decode()
    assert "/waste/" not in page.content.decode()
    assert len(page.context["charts"]) == 3


def test_what_is_not_sent_any_more_needs_a_person(company, admin):
    webhook = Webhook.objects.create(
        name="Tickets", shown="https://x.example", sealed=b"", enabled=False,
        disabled_at=datetime.now(UTC), disabled_why="It answered 410.",
    )  # fmt: skip
    given = {"name": "Monday", "report": "licences", "emails": ["ann@corp.example"]}
    schedule = scheduling.create(given, by="x", owner=None)

    def lines():
        return [(t.lead, t.href) for t in admin.get("/").context["todos"]]

    hook, report = f"/settings/webhooks/{webhook.pk}/", f"/reports/schedules/{schedule.pk}/"
    assert ("Tickets", hook) in lines()
    assert ("Monday", report) not in lines()
    Schedule.objects.update(failures=1, last_sentence="The report is gone.")
    assert ("Monday", report) in lines()
    assert "The report is gone." in admin.get("/").content.decode()
    Schedule.objects.update(enabled=False)
    Webhook.objects.update(enabled=True, disabled_at=None)
    assert {"Tickets", "Monday"}.isdisjoint(lead for lead, _ in lines())


def test_what_takes_long_is_ready_before_somebody_looks(company, admin):
    """Home and the pages behind it remember nothing that the web server does not keep ready."""
    memory.forget()
    warming.Warmer().look()
    ready = set(memory._kept)
    for page in ("/", "/reports/", "/licences/", "/waste/", "/reports/licence-seats/"):
        assert admin.get(page).status_code == 200
    assert set(memory._kept) - ready == set()
