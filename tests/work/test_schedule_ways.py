"""The ways of a report: by real SMTP, to a real receiver, into a real folder."""

import email
import io
import json
from datetime import UTC, datetime
from email import policy
from types import SimpleNamespace

import pytest
from django.utils import timezone
from pypdf import PdfReader
from standardwebhooks import Webhook as Verifier

from steward.insight.reports import orphans
from steward.inventory.mail import Mail, MailFile
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.schedule import ScheduleRun
from steward.inventory.webhook import WebhookDelivery
from steward.ledger import webhooks as webhook_acts
from steward.notify import sending, webhooks
from steward.work import posted, schedules, scheduling
from tests.notify.test_mails import inbox
from tests.servers.receiver import receiving
from tests.work.test_schedules import BY, SLUG, _base, exports, made, ran, slug_of

__all__ = ["_base", "exports", "inbox"]
pytestmark = pytest.mark.django_db


def mails(inbox):
    sending.send_due()
    return [
        (to, email.message_from_string(text, policy=policy.default)) for to, text in inbox.mails
    ]


@pytest.mark.parametrize(
    ("format", "kind", "begins"),
    [
        ("csv", "text/csv", b"\xef\xbb\xbfInstance"),
        ("pdf", "application/pdf", b"%PDF"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_a_file_is_mailed_to_each_address(inbox, format, kind, begins):
    schedule = made(emails=["ann@corp.example", "bo@corp.example"], format=format)
    run = ran(schedule)
    assert run.state == "done", run.sentence
    assert run.sentence == "Mailed to ann@corp.example, bo@corp.example."
    got = mails(inbox)
    assert [to for to, _ in got] == [["ann@corp.example"], ["bo@corp.example"]]
    for _, mail in got:
        (file,) = mail.iter_attachments()
        assert file.get_content_type() == kind
        assert file.get_filename().startswith(f"{SLUG}-20")
        assert file.get_payload(decode=True).startswith(begins)
    text = got[0][1].get_body().get_content()
    assert "No instance that could tell is connected." in text
    assert f"https://steward.example/reports/{SLUG}/" in text
    assert "you must sign in" in text
    assert MailFile.objects.count() == 1
    sending.drop_files()
    assert MailFile.objects.count() == 0
    assert Mail.objects.count() == 2


def test_a_pdf_can_be_read(inbox):
    ran(made(format="pdf"))
    (file,) = mails(inbox)[0][1].iter_attachments()
    assert "freshness" in PdfReader(io.BytesIO(file.get_content())).pages[0].extract_text().lower()


def test_a_file_waits_with_its_mail(inbox):
    inbox.answer = "451 later"
    ran(made())
    sending.send_due()
    sending.drop_files()
    assert MailFile.objects.count() == 1
    inbox.answer = "250 OK"
    Mail.objects.update(next_try_at=timezone.now())
    assert len(list(mails(inbox)[0][1].iter_attachments())) == 1


def test_a_link_carries_the_question_and_no_file(inbox):
    schedule = made(format="link", report=slug_of(orphans), filters={"q": "bot & co"}, sort="-name")
    assert ran(schedule).sentence == "Mailed to ann@corp.example as a link."
    ((_, mail),) = mails(inbox)
    assert list(mail.iter_attachments()) == []
    assert f"/reports/{slug_of(orphans)}/?q=bot+%26+co&sort=-name" in mail.get_content()
    assert "bot & co" in mail.get_content()


def test_what_is_too_large_becomes_a_link_that_says_why(inbox, monkeypatch):
    monkeypatch.setattr(posted, "MOST_ATTACHED", 10)
    run = ran(made())
    assert run.state == "done"
    assert "so there is only a link" in run.sentence
    ((_, mail),) = mails(inbox)
    assert list(mail.iter_attachments()) == []
    assert "more than" in mail.get_content()


def test_nothing_is_sent_where_there_are_no_rows_and_none_is_wanted():
    schedule = made(only_if_rows=True)
    run = ran(schedule)
    assert (run.state, run.rows) == ("empty", 0)
    assert Mail.objects.count() == 0
    assert schedule.failures == 0


@pytest.fixture
def hook(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    with receiving() as receiver:
        given = {"name": "Store", "url": receiver.url, "events": []}
        webhook, secret = webhook_acts.create(given, known=(), by=BY)
        yield SimpleNamespace(receiver=receiver, webhook=webhook, secret=secret)


def test_a_webhook_gets_the_rows_signed(hook):
    schedule = made(emails=[], webhook=hook.webhook.pk, report="users-by-application")
    assert ran(schedule).sentence == "Sent to the webhook Store."
    assert webhooks.deliver_due(hook.webhook.pk) == 1
    _, _, headers, body = hook.receiver.got[0]
    told = Verifier(hook.secret).verify(body, headers)
    assert told["type"] == "report.ready"
    data = told["data"]
    assert (data["report"], data["rows"], data["row_count"]) == ("users-by-application", [], 0)
    assert data["url"].startswith("https://steward.example/reports/users-by-application/")
    assert data["provenance"]["sentence"]


def test_too_many_rows_are_left_to_the_link(hook, monkeypatch):
    rows = ({"name": "x" * 100} for _ in range(100))
    monkeypatch.setattr(posted, "MOST_POSTED", 5_000)
    monkeypatch.setattr(posted, "_records", lambda result: rows)
    run = ran(made(emails=[], webhook=hook.webhook.pk))
    assert run.state == "done"
    assert "more than a megabyte" in run.sentence
    data = json.loads(WebhookDelivery.objects.get().payload)["data"]
    assert (data["rows"], data["rows_left_out"]) == (None, True)


def test_a_webhook_that_is_off_fails_the_run_and_the_mail_goes_all_the_same(hook):
    webhook_acts.edit(hook.webhook, {"enabled": False}, known=(), by=BY)
    run = ran(made(webhook=hook.webhook.pk))
    assert run.state == "failed"
    assert run.sentence.startswith("The webhook Store is switched off.")
    assert Mail.objects.count() == 1


def test_a_webhook_that_is_used_is_not_deleted(hook):
    made(webhook=hook.webhook.pk)
    with pytest.raises(Conflict, match="Freshness"):
        webhook_acts.delete(hook.webhook, by=BY)


def test_a_file_goes_into_the_folder_whole_and_the_newest_stay(exports):
    schedule = made(emails=[], folder="audit/weekly", keep=2)
    for day in (1, 2, 3):
        run = ScheduleRun.objects.create(
            schedule=schedule, due_at=datetime(2026, 11, day, 8, tzinfo=UTC)
        )
        schedules.carry_out(run.pk)
        run.refresh_from_db()
        assert run.state == "done", run.sentence
    there = sorted(f.name for f in (exports / "audit/weekly").iterdir())
    stem = f"{SLUG}-{schedule.pk}-2026-11"
    assert there == [f"{stem}-02-080000.csv", f"{stem}-03-080000.csv"]
    assert "Instance" in (exports / "audit/weekly" / there[0]).read_text("utf-8-sig")
    assert run.size == (exports / "audit/weekly" / there[1]).stat().st_size


@pytest.mark.parametrize(
    "below",
    ["../x", "a/../../x", "/etc", "a//b", ".hidden", "a/.", "a\\b", "a\x07", "/".join("a" * 9)],
)
def test_a_folder_that_leads_out_is_refused(exports, below):
    with pytest.raises(Invalid) as refused:
        made(folder=below)
    assert [e.field for e in refused.value.errors] == ["folder"]


def test_a_link_in_the_folder_leads_nowhere(exports, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (exports / "audit").symlink_to(outside)
    run = ran(made(folder="audit"))
    assert run.state == "failed"
    assert run.sentence.startswith("The file cannot be written to the sub-folder audit:")
    assert list(outside.iterdir()) == []
    assert Mail.objects.count() == 1


def test_without_the_setting_there_is_no_folder(settings, exports):
    schedule = made(folder="")
    settings.STEWARD_EXPORT_DIR = None
    with pytest.raises(Invalid, match="STEWARD_EXPORT_DIR"):
        made(folder="")
    run = ran(schedule)
    assert (run.state, "STEWARD_EXPORT_DIR" in run.sentence) == ("failed", True)
    scheduling.edit(schedule, {"enabled": False}, by=BY)
