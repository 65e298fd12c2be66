"""Reminders of contracts, by real SMTP."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from steward.inventory import terms
from steward.inventory.company import Company
from steward.inventory.contract import ContractReminder
from steward.inventory.mail import Mail, Recipient
from steward.inventory.member import Member
from steward.inventory.person import Person
from steward.ledger import contracts as acts
from steward.notify import sending
from steward.notify.reminding import due, write_reminders
from tests.notify.test_mails import inbox
from tests.processes import steward_on, wait_until

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db
TODAY = terms.today()
BY = "admin@corp.example"


def days(count):
    return TODAY + timedelta(days=count)


@pytest.fixture(autouse=True)
def _admin(db):
    Member.objects.create_user("admin@corp.example", role="admin")
    Member.objects.create_user("reader@corp.example", role="reader")


def contract(ends, notice=None, **more):
    """`ends` days from now it renews."""
    given = {"vendor": "Figma Inc", "name": "Figma", "auto_renews": True, "renews_for_months": 12}
    notice_on = {"notice_on": days(notice)} if notice is not None else {}
    return acts.create({**given, "ends_on": days(ends - 1), **notice_on, **more}, by=BY)


def subjects():
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_each_date_is_told_once_as_the_days_go_by():
    contract(100, notice=55)
    for day in range(130):
        write_reminders(days(day))
        write_reminders(days(day))
    assert subjects() == [
        "Figma: renews in 90 days",
        "Figma: renews in 60 days",
        "Figma: today is the last day for notice",
        "Figma: renews in 30 days",
    ]
    kinds = ContractReminder.objects.order_by("pk").values_list("kind", "day")
    assert list(kinds) == [
        ("90", days(100)), ("60", days(100)), ("notice", days(55)), ("30", days(100)),
    ]  # fmt: skip


def test_the_term_that_came_by_itself_has_reminders_of_its_own():
    one = contract(-100)
    renews = terms.term_of(one, TODAY).renews_on
    write_reminders(renews - timedelta(days=90))
    assert subjects() == ["Figma: renews in 90 days"]
    assert ContractReminder.objects.get().day == renews


@pytest.mark.parametrize(
    ("ends", "notice", "said"),
    [
        (10, None, ["Figma: renews in 10 days"]),
        (10, -40, ["Figma: renews in 10 days"]),
        (10, 3, ["Figma: renews in 10 days"]),
        (75, -1, [f"Figma: the last day for notice was {days(-1):%-d %B %Y}"]),
        (1, None, ["Figma: renews tomorrow"]),
        (91, 60, []),
        (90, 0, ["Figma: today is the last day for notice"]),
    ],
)
def test_of_what_is_past_only_the_nearest_is_told(ends, notice, said):
    contract(ends, notice)
    write_reminders()
    write_reminders()
    assert subjects() == said


def test_dates_that_move_are_told_anew_and_those_already_told_are_not():
    one = contract(60)
    assert [write_reminders(), write_reminders()] == [1, 0]
    acts.edit(one, {"ends_on": days(70), "notes": "Moved."}, by=BY)
    assert [write_reminders(), write_reminders()] == [1, 0]
    acts.edit(one, {"notes": "No date moved."}, by=BY)
    assert write_reminders() == 0
    acts.edit(one, {"ends_on": days(200)}, by=BY)
    assert write_reminders() == 0
    acts.edit(one, {"ends_on": days(59)}, by=BY)
    assert write_reminders() == 0
    assert subjects() == ["Figma: renews in 60 days", "Figma: renews in 71 days"]


def test_what_ends_for_good_reminds_nobody():
    one = contract(30)
    acts.end(one, by=BY)
    contract(-3, auto_renews=False, starts_on="")
    assert write_reminders() == 0


def to():
    return sorted(Mail.objects.values_list("to", flat=True))


def test_the_owner_and_the_recipients_are_told():
    ann = Person.objects.create(name="Ann", email="Ann@corp.example")
    merged = Person.objects.create(name="A", email="a@corp.example", merged_into=ann)
    contract(30, owner=merged.pk)
    write_reminders()
    assert to() == ["Ann@corp.example"]
    Mail.objects.all().delete()
    Recipient.objects.create(email="ann@corp.example")
    Recipient.objects.create(email="it@corp.example")
    contract(30, owner=ann.pk)
    write_reminders()
    assert to() == ["ann@corp.example", "it@corp.example"]


def test_where_nobody_else_is_left_admins_are_told():
    contract(30)
    write_reminders()
    assert to() == ["admin@corp.example"]
    Mail.objects.all().delete()
    gone = Person.objects.create(name="Gone", email="gone@corp.example", told_standing=Person.LEFT)
    contract(30, owner=gone.pk)
    write_reminders()
    assert to() == ["admin@corp.example", "gone@corp.example"]


def test_the_mail_arrives_with_what_to_do_and_where(inbox, settings):
    settings.STEWARD_BASE_URL = "https://steward.corp.example"
    one = contract(30, notice=9, value="1200", currency="EUR", name="Çizim\r\nBcc: x@evil.example")
    write_reminders()
    assert sending.send_due() == 1
    ((recipients, raw),) = inbox.mails
    assert recipients == ["admin@corp.example"]
    body = Mail.objects.get().body
    assert f"renews by itself on {days(30):%-d %B %Y}, for 12 months" in body
    assert f"Notice can be given until {days(9):%-d %B %Y}" in body
    assert f"https://steward.corp.example/contracts/{one.pk}/" in body
    assert "€1,200.00" in body
    assert "\nBcc:" not in raw


def test_what_it_costs_is_not_mailed_where_readers_may_not_see_it():
    Company.objects.create(pk=1, readers_see_money=False)
    contract(30, value="1200", currency="EUR")
    write_reminders()
    assert "1,200" not in Mail.objects.get().body


TWENTY = """
from datetime import timedelta
from steward.inventory import terms
from steward.inventory.member import Member
from steward.ledger import contracts as acts
Member.objects.create_user("admin@corp.example", role="admin")
for number in range(20):
    acts.create({"vendor": f"V {number}", "ends_on": terms.today() + timedelta(days=20)}, by="x")
"""
WORK = """
import time
from steward.notify.reminding import write_reminders
time.sleep(max(0, %f - time.time()))
print(write_reminders())
"""
COUNT = """
from steward.inventory.models import ContractReminder, Mail
print(Mail.objects.count(), ContractReminder.objects.count())
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_workers_at_once_remind_once(kind, request, tmp_path):
    url = ""
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database("reminders")
    with steward_on(tmp_path, url) as steward:
        steward.python(TWENTY)
        program = WORK % (time.time() + 3)
        with ThreadPoolExecutor(2) as both:
            written = [int(text) for text in both.map(steward.python, [program] * 2)]
        assert sum(written) == 20
        assert steward.python(COUNT).split() == ["20", "20"]


def test_workers_look_by_themselves(postgresql, tmp_path):
    with steward_on(tmp_path, postgresql.database("looking")) as steward:
        steward.python(TWENTY)
        for number in range(2):
            steward.start("worker", STEWARD_WORKER_NAME=f"worker-{number}")
        wait_until(lambda: steward.python(COUNT).split() == ["20", "20"], 60, steward.logs)


def test_two_dates_on_one_day_are_one_mail():
    term = terms.Term(None, date(2026, 12, 31), date(2026, 11, 2))
    assert [d.kind for d in due(term, date(2026, 11, 2))] == ["60", "notice"]
