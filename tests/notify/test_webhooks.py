"""Messages to a real receiver, verified with the library's own verifier."""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from steward.inventory import books, moments, signing
from steward.inventory.instance import Instance
from steward.inventory.lifecycle import Event
from steward.inventory.mail import Mail
from steward.inventory.member import Member
from steward.inventory.problems import Conflict, Invalid
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import posting, webhooks, writing
from steward.notify.events import CHOOSABLE
from tests.servers.receiver import receiving, trickling

pytestmark = pytest.mark.django_db
BY = "admin@corp.example"


@pytest.fixture
def receiver(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    settings.STEWARD_BASE_URL = "https://steward.example"
    with receiving() as made:
        yield made


def made(url, events=CHOOSABLE, **more):
    given = {"name": "Tickets", "url": url, "events": events, **more}
    return acts.create(given, known=CHOOSABLE, by=BY)


def announced(webhook, **data):
    webhooks.announce("instance.failed", {"name": "Acme ‘é’", **data})
    return webhook.deliveries.latest("pk")


def deliver(webhook):
    return webhooks.deliver_due(webhook.pk)


def later(delivery):
    """As if the pause were over."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())
    delivery.refresh_from_db()


def test_a_delivery_passes_the_librarys_own_verifier(receiver):
    webhook, secret = made(receiver.url)
    row = announced(webhook)
    assert deliver(webhook) == 1
    ((method, path, headers, body),) = receiver.got
    assert (method, path, headers["content-type"]) == ("POST", "hook", "application/json")
    told = Verifier(secret).verify(body, headers)
    assert told["type"] == "instance.failed"
    assert told["data"] == {"name": "Acme ‘é’"}
    assert headers["webhook-id"] == row.message
    row.refresh_from_db()
    assert (row.state, row.status, row.attempts, row.error) == ("delivered", 204, 1, "")
    assert row.tries[0]["status"] == 204
    assert deliver(webhook) == 0


def test_a_changed_body_or_another_secret_does_not_pass(receiver):
    webhook, secret = made(receiver.url)
    announced(webhook)
    deliver(webhook)
    _, _, headers, body = receiver.got[0]
    for key, text in ((secret, body.replace(b"Acme", b"Evil")), (signing.new_secret(), body)):
        with pytest.raises(WebhookVerificationError):
            Verifier(key).verify(text, headers)


def test_after_a_change_both_secrets_hold_for_a_day(receiver):
    webhook, old = made(receiver.url)
    new = acts.rotate(webhook, by=BY)
    webhook.refresh_from_db()
    announced(webhook)
    deliver(webhook)
    _, _, headers, body = receiver.got[0]
    assert new != old
    for secret in (old, new):
        Verifier(secret).verify(body, headers)
    what, tomorrow = signing.opened(webhook), timezone.now() + timedelta(hours=25)
    assert what.secrets(tomorrow) == [new]


def test_a_given_secret_is_used_and_a_bad_one_refused(receiver):
    mine = signing.new_secret()
    assert made(receiver.url, secret=mine)[1] == mine
    for bad in ("hunter2", "whsec_", "whsec_c2hvcnQ=", mine[6:], "whsec_é"):
        with pytest.raises(Invalid) as refused:
            made(receiver.url, secret=bad)
        assert "whsec_" in str(refused.value)
        assert bad == "whsec_" or bad not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "<h1>Oops</h1>\r\n", "It answered 500: <h1>Oops</h1>"),
        (404, "", "It answered 404."),
        (302, "", "It answered 302, a redirect; Steward follows none. Enter the address itself."),
        (400, "\x1b[31m" + "x" * 9999, "It answered 400: [31m" + "x" * 195),
    ],
)
def test_what_is_not_a_success_is_said_and_tried_again(receiver, status, body, said):
    webhook, _ = made(receiver.url)
    receiver.answer(status, body, Location=receiver.url.replace("hook", "elsewhere"))
    row = announced(webhook)
    assert deliver(webhook) == 0
    row.refresh_from_db()
    assert (row.state, row.status, row.error[:200]) == ("queued", status, said[:200])
    assert timedelta() < row.next_try_at - timezone.now() <= timedelta(seconds=5.5)
    assert {path for _, path, _, _ in receiver.got} == {"hook"}
    receiver.answer(200)
    later(row)
    assert deliver(webhook) == 1
    ids = {headers["webhook-id"] for _, _, headers, _ in receiver.got}
    assert ids == {row.message}


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_to_wait_is_left_alone_as_long(receiver, status):
    webhook, _ = made(receiver.url)
    receiver.answer(status, Retry_After="3600")
    row = announced(webhook)
    deliver(webhook)
    row.refresh_from_db()
    assert timedelta(minutes=59) < row.next_try_at - timezone.now() < timedelta(minutes=61)


def test_a_wait_of_a_year_is_a_day(receiver):
    webhook, _ = made(receiver.url)
    receiver.answer(503, Retry_After="31536000")
    row = announced(webhook)
    deliver(webhook)
    row.refresh_from_db()
    assert row.next_try_at - timezone.now() <= timedelta(days=1)


def test_one_that_is_down_is_said_to_be(receiver, settings):
    webhook, _ = made("http://127.0.0.1:9/hook")
    row = announced(webhook)
    deliver(webhook)
    row.refresh_from_db()
    assert (row.status, row.error) == (None, "It cannot be reached.")


def test_one_that_hangs_is_given_up_in_time(receiver, monkeypatch):
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    receiver.hang = 1.0
    webhook, _ = made(receiver.url)
    row, began = announced(webhook), time.monotonic()
    deliver(webhook)
    assert time.monotonic() - began < 0.9
    row.refresh_from_db()
    assert (row.state, row.error) == ("queued", "It did not answer within 0 s.")


def test_one_that_sends_a_byte_now_and_then_is_given_up_too(receiver, monkeypatch):
    """Each read is quick, and the answer never ends."""
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with trickling() as url:
        webhook, _ = made(url)
        row, began = announced(webhook), time.monotonic()
        deliver(webhook)
        assert time.monotonic() - began < 0.9
    row.refresh_from_db()
    assert (row.status, row.error) == (None, "It did not answer within 0 s.")


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "[::ffff:127.0.0.1]:{port}", "127.0.0.1:{port}", "[::1]:1"]
)
def test_private_ranges_are_refused_here_as_everywhere(receiver, settings, host):
    settings.STEWARD_ALLOWED_NETWORKS = ""
    url = f"http://{host.format(port=receiver.url.split(':')[2].split('/')[0])}/hook"
    with pytest.raises(Invalid, match="private or reserved"):
        made(url)
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8,::1"
    webhook, _ = made(url)
    settings.STEWARD_ALLOWED_NETWORKS = ""
    row = announced(webhook)
    deliver(webhook)
    row.refresh_from_db()
    assert "private or reserved address" in row.error
    assert receiver.got == []


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example/", "https://", "https://a b.example", "//x.example", "http://[",
            "https://x.example/\n", "https://x.example:port/", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(receiver, url):
    with pytest.raises(Invalid) as refused:
        made(url.replace("\n", "\x07"))
    assert [e.field for e in refused.value.errors] == ["url"]


def test_410_disables_at_once(receiver):
    Member.objects.create_user(BY, role="admin")
    webhook, _ = made(receiver.url)
    receiver.answer(410)
    announced(webhook)
    deliver(webhook)
    webhook.refresh_from_db()
    assert not webhook.enabled
    assert "410" in webhook.disabled_why
    assert Mail.objects.get().subject == "Tickets: the webhook is disabled"


def test_a_day_of_failures_disables_it_and_a_mail_says_so(receiver):
    Member.objects.create_user(BY, role="admin")
    webhook, _ = made(receiver.url)
    receiver.answer(500, "down")
    row, told = announced(webhook), []
    for pause in webhooks.PAUSES:
        later(row)
        deliver(webhook)
        row.refresh_from_db()
        webhook.refresh_from_db()
        told.append(row.next_try_at - timezone.now())
        assert webhook.enabled
        past = webhook.failing_since - pause
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=past)
    assert [round(t / p, 1) in (1.0, 1.1) for t, p in zip(told, webhooks.PAUSES, strict=True)] == (
        [True] * len(told)
    )
    assert sum(webhooks.PAUSES, timedelta()) > timedelta(days=1)
    later(row)
    deliver(webhook)
    row.refresh_from_db()
    webhook.refresh_from_db()
    assert (row.state, row.attempts) == ("given_up", len(webhooks.PAUSES) + 1)
    assert not webhook.enabled
    assert webhook.disabled_why == (
        "Every message has failed for a day. The last time: It answered 500: down"
    )
    mail = Mail.objects.get()
    assert "It answered 500: down" in mail.body
    assert f"https://steward.example/settings/webhooks/{webhook.pk}/" in mail.body
    assert webhooks.announce("instance.failed", {}) == 0


def test_a_success_between_begins_the_day_anew(receiver):
    webhook, _ = made(receiver.url)
    receiver.answer(500)
    row = announced(webhook)
    deliver(webhook)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(hours=23))
    receiver.answer(200)
    later(row)
    deliver(webhook)
    webhook.refresh_from_db()
    assert webhook.failing_since is None
    assert webhook.enabled


def test_enabled_again_it_delivers_what_waited_and_lets_send_again(receiver):
    webhook, _ = made(receiver.url)
    receiver.answer(410)
    gone, waits = announced(webhook), announced(webhook)
    WebhookDelivery.objects.filter(pk=waits.pk).update(
        next_try_at=timezone.now() + timedelta(hours=5)
    )
    deliver(webhook)
    with pytest.raises(Conflict):
        acts.redeliver(WebhookDelivery.objects.get(pk=gone.pk), by=BY)
    receiver.answer(200)
    acts.edit(webhook, {"enabled": True}, known=CHOOSABLE, by=BY)
    assert deliver(webhook) == 2
    webhook.refresh_from_db()
    assert (webhook.disabled_at, webhook.disabled_why) == (None, "")
    done = WebhookDelivery.objects.get(pk=gone.pk)
    acts.redeliver(done, by=BY)
    assert deliver(webhook) == 1
    sent = [headers["webhook-id"] for _, _, headers, _ in receiver.got]
    assert sent.count(done.message) == 3


def test_a_test_is_tried_once_and_harms_nothing(receiver):
    webhook, secret = made(receiver.url)
    receiver.answer(500)
    row = webhooks.test(webhook, BY)
    webhook.refresh_from_db()
    assert (row.state, row.error, webhook.failing_since) == ("given_up", "It answered 500.", None)
    assert deliver(webhook) == 0
    receiver.answer(200)
    assert webhooks.test(webhook, BY).state == "delivered"
    _, _, headers, body = receiver.got[-1]
    assert Verifier(secret).verify(body, headers)["type"] == "webhook.test"


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_tries_no_other_does(receiver):
    webhook, _ = made(receiver.url)
    announced(webhook)
    receiver.meanwhile = lambda: deliver(webhook)
    assert deliver(webhook) == 1
    assert len(receiver.got) == 1


def test_moments_are_told_once_and_only_to_those_that_want_them(receiver):
    webhook, _ = made(receiver.url, ["instance.revoked"])
    everything, _ = made(receiver.url)
    instance = Instance.objects.create(
        integration="scim", name="Design", book=books.open_book(), tenant_id="t"
    )
    for event in (Event.SUCCEEDED, Event.SUCCEEDED, Event.FAILED, Event.SUCCEEDED, Event.REFUSED):
        moments.move(instance, event, reason="Because.")
    writing.write_mails()
    writing.write_mails()
    told = list(everything.deliveries.order_by("pk").values_list("event", flat=True))
    assert told == [
        "instance.synced", "instance.failed", "instance.recovered", "instance.revoked",
    ]  # fmt: skip
    assert [d.event for d in webhook.deliveries.all()] == ["instance.revoked"]
    data = json.loads(webhook.deliveries.get().payload)["data"]
    assert (data["instance"]["name"], data["state"], data["reason"]) == (
        "Design", "revoked", "Because.",
    )  # fmt: skip
    assert data["url"] == f"https://steward.example/instances/{instance.pk}/"


def test_what_may_be_secret_in_an_address_is_not_shown_nor_stored_in_clear(receiver):
    url = "https://user:pass@x.example/hook?token=sesame"
    webhook, secret = made(url)
    assert webhook.shown == "https://x.example/hook?…"
    stored = bytes(webhook.sealed)
    assert b"sesame" not in stored
    assert secret.encode() not in stored
    acts.edit(webhook, {"url": webhook.shown, "name": "N"}, known=CHOOSABLE, by=BY)
    webhook.refresh_from_db()
    assert signing.opened(webhook).url == url


def test_old_messages_go(receiver):
    webhook, _ = made(receiver.url)
    old, new = announced(webhook), announced(webhook)
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    webhooks.drop_old()
    assert [d.pk for d in webhook.deliveries.all()] == [new.pk]
