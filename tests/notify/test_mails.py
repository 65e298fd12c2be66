import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import OperationalError, connection
from django.utils import timezone

from steward.insight.attention import why
from steward.inventory import books, moments
from steward.inventory.instance import Instance
from steward.inventory.lifecycle import Event
from steward.inventory.mail import Mail, Recipient
from steward.inventory.member import Member
from steward.notify import sending, writing
from steward.sync.expiry import warn_of_expiry

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance(db):
    member = Member.objects.create_user("creator@corp.example", role="admin")
    return Instance.objects.create(
        integration="scim", name="Design", book=books.open_book(), tenant_id="t", created_by=member
    )


class Inbox:
    """A mail server that can be told to refuse."""

    def __init__(self):
        self.mails = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return self.answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def inbox(settings):
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.STEWARD_EMAIL = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 2
    settings.DEFAULT_FROM_EMAIL = "steward@corp.example"
    yield inbox
    server.stop()


def subjects():
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_mail_goes_out_on_edges_only(instance):
    for event in (Event.SUCCEEDED, Event.SUCCEEDED, Event.FAILED, Event.FAILED, Event.SUCCEEDED):
        moments.move(instance, event, reason="The app is down.")
        writing.write_mails()
    moments.move(instance, Event.REFUSED, reason="The token is dead.")
    moments.move(instance, Event.DEACTIVATED, actor="admin@corp.example")
    writing.write_mails()
    assert subjects() == [
        "Design: the sync has finished",
        "Design: syncing fails",
        "Design: syncing works again",
        "Design: the app refuses the credential",
    ]


def test_the_mail_says_what_to_do_and_where(instance, settings):
    settings.STEWARD_BASE_URL = "https://steward.corp.example"
    moments.move(instance, Event.REFUSED, reason="The token is dead.")
    writing.write_mails()
    mail = Mail.objects.get()
    assert mail.to == "creator@corp.example"
    assert "The token is dead." in mail.body
    assert "set the status to Live" in mail.body
    assert f"https://steward.corp.example/instances/{instance.pk}/" in mail.body


def test_named_recipients_take_the_place_of_the_creator(instance):
    Recipient.objects.create(email="b@corp.example")
    Recipient.objects.create(email="a@corp.example")
    moments.record(instance, "removals_held", held=40)
    writing.write_mails()
    assert set(Mail.objects.values_list("to", flat=True)) == {"a@corp.example", "b@corp.example"}


def written_when_free():
    """SQLite in memory, shared by threads, refuses a locked table at once; in a file it waits."""
    try:
        for _ in range(200):
            with suppress(OperationalError):
                return writing.write_mails()
            time.sleep(0.02)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_mail(instance):
    moments.move(instance, Event.REFUSED, reason="Dead.")
    with ThreadPoolExecutor(2) as both:
        written = [done.result() for done in [both.submit(written_when_free) for _ in range(2)]]
    assert sorted(written) == [0, 1]
    assert Mail.objects.count() == 1


def test_a_mail_arrives(instance, inbox):
    moments.move(instance, Event.FAILED, reason="The app is down: naïve résumé.")
    writing.write_mails()
    assert sending.send_due() == 1
    assert Mail.objects.get().state == Mail.SENT
    (recipients, content) = inbox.mails[0]
    assert recipients == ["creator@corp.example"]
    assert "Design" in content
    assert sending.send_due() == 0


def test_a_server_that_is_down_is_tried_again_and_shown(instance, inbox, settings):
    moments.move(instance, Event.REFUSED, reason="Dead.")
    writing.write_mails()
    settings.EMAIL_PORT, right = free_port(), settings.EMAIL_PORT
    assert sending.send_due() == 0
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == (Mail.QUEUED, 1)
    assert "cannot be reached" in mail.error
    assert mail.next_try_at > timezone.now()
    Mail.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    settings.EMAIL_PORT = right
    assert sending.send_due() == 1


def test_a_mail_that_is_refused_for_a_day_is_shown_as_failed(instance, inbox):
    inbox.answer = "554 no"
    moments.move(instance, Event.REFUSED, reason="Dead.")
    writing.write_mails()
    for _ in range(len(sending.PAUSES_MINUTES) + 1):
        sending.send_due()
        Mail.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    mail = Mail.objects.get()
    assert (mail.state, mail.error) == (Mail.FAILED, "The mail server answered 554.")


def test_without_a_mail_server_mail_waits_and_says_why(instance, settings):
    settings.STEWARD_EMAIL = False
    moments.move(instance, Event.REFUSED, reason="Dead.")
    writing.write_mails()
    sending.send_due()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.error) == (Mail.QUEUED, 0, sending.UNSET)


@pytest.mark.parametrize(("days", "said"), [(29, "less than 30 days"), (6, "less than 7 days")])
def test_a_credential_that_ends_is_warned_of_once(instance, days, said):
    ends = timezone.now() + timedelta(days=days)
    Instance.objects.filter(pk=instance.pk).update(secret_expires_at=ends)
    assert [warn_of_expiry(), warn_of_expiry()] == [1, 0]
    writing.write_mails()
    (mail,) = Mail.objects.all()
    assert mail.subject == f"Design: the credential ends on {ends:%-d %B %Y}"
    assert said in mail.body
    assert f"in {days - 1} days" in why(instance_again(instance)).sentence


def test_the_second_warning_comes_when_only_a_week_is_left(instance):
    ends = timezone.now() + timedelta(days=5)
    told = f"{ends.isoformat()} 30"
    Instance.objects.filter(pk=instance.pk).update(secret_expires_at=ends, expiry_warned=told)
    assert [warn_of_expiry(), warn_of_expiry()] == [1, 0]


@pytest.mark.parametrize("days", [31, -1])
def test_no_warning_is_early_or_too_late(instance, days):
    ends = timezone.now() + timedelta(days=days)
    Instance.objects.filter(pk=instance.pk).update(secret_expires_at=ends)
    assert warn_of_expiry() == 0


def instance_again(instance):
    instance.refresh_from_db()
    return instance
