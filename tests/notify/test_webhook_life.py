"""The life of a webhook: disabled, enabled again, tested; and what it is told of."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from steward.inventory import books, moments, signing
from steward.inventory.instance import Instance
from steward.inventory.lifecycle import Event
from steward.inventory.mail import Mail
from steward.inventory.member import Member
from steward.inventory.problems import Conflict
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import webhooks, writing
from steward.notify.events import CHOOSABLE
from tests.notify.test_webhooks import BY, announced, deliver, later, made, receiver

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db


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
    row = announced(webhook)
    found = []
    # The other has looked before, and comes to this message only now.
    receiver.meanwhile = lambda: found.extend([deliver(webhook), webhooks._deliver(row.pk)])
    assert deliver(webhook) == 1
    assert found == [0, 0]
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


def test_no_log_and_no_mail_tells_a_secret(receiver, caplog, capfd):
    caplog.set_level("DEBUG")
    Member.objects.create_user(BY, role="admin")
    url = receiver.url.replace("://", "://user:hunter2@") + "?token=sesame"
    webhook, secret = made(url)
    for status in (500, 302, 410):
        receiver.answer(status, "no", Location="/x")
        row = announced(webhook)
        deliver(webhook)
        webhooks.test(webhook, BY)
        row.refresh_from_db()
        told = f"{row.error} {row.tries} {row.payload}"
        assert not any(word in told for word in (secret, "hunter2", "sesame"))
    mail = Mail.objects.get()
    said = f"{caplog.text} {capfd.readouterr()} {mail.subject} {mail.body}"
    assert "webhook not delivered" in said
    assert not any(word in said for word in (secret, "hunter2", "sesame"))
    assert receiver.got[0][2]["authorization"].startswith("Basic ")
