"""Messages to a real receiver, verified with the library's own verifier."""

import ssl
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from steward.inventory import signing
from steward.inventory.problems import Invalid
from steward.inventory.webhook import WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import posting, webhooks
from steward.notify.events import CHOOSABLE
from tests.servers.certificates import made_in
from tests.servers.receiver import receiving, receiving_over_tls, trickling

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


def test_over_tls_only_to_a_host_that_proves_who_it_is(receiver, tmp_path, monkeypatch):
    papers = made_in(tmp_path, "127.0.0.1")
    trusting = ssl.create_default_context(cafile=papers.ca)
    with receiving_over_tls(papers) as url:
        webhook, _ = made(url)
        row = announced(webhook)
        assert deliver(webhook) == 0
        row.refresh_from_db()
        assert row.error.startswith("Its certificate cannot be trusted")
        monkeypatch.setattr("steward.sdk.network._trusted", lambda: trusting)
        later(row)
        assert deliver(webhook) == 1


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
