"""Webhooks hear of findings: one message for each rule and telling, however many they are."""

import json

import pytest
from standardwebhooks import Webhook as Verifier

from steward.inventory.finding import Finding, FindingsTold
from steward.inventory.webhook import WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import webhooks
from steward.notify.events import CHOOSABLE, ENDED, FOUND
from steward.work import finding_news, findings
from tests.insight.conftest import account, app, directory
from tests.servers.receiver import receiving

__all__ = ["app", "directory"]
pytestmark = pytest.mark.django_db
BY = "admin@corp.example"
MANY = 60


@pytest.fixture
def hook(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    settings.STEWARD_BASE_URL = "https://steward.example"
    with receiving() as receiver:
        given = {"name": "Tickets", "url": receiver.url, "events": [FOUND, ENDED]}
        row, secret = acts.create(given, known=CHOOSABLE, by=BY)
        yield row, secret, receiver


@pytest.fixture
def leavers(directory, app):
    """Sixty have left, and their accounts work."""
    names = [f"p{n}" for n in range(MANY)]
    directory("Staff", *(account(n, status="disabled") for n in names))
    return app("App", *(account(n) for n in names))


def told():
    """What was written and not seen before, by rule and event."""
    rows = list(WebhookDelivery.objects.order_by("pk"))
    WebhookDelivery.objects.all().delete()
    bodies = [json.loads(row.payload) for row in rows]
    return {(body["data"]["rule"], body["type"]): body["data"] for body in bodies}, len(rows)


def test_a_first_telling_is_one_message_a_rule(hook, leavers, monkeypatch):
    monkeypatch.setattr(findings, "SPAN", 7)
    findings.tell()
    row, secret, receiver = hook
    assert webhooks.deliver_due(row.pk) == WebhookDelivery.objects.count()
    bodies = [Verifier(secret).verify(body, headers) for _, _, headers, body in receiver.got]
    (leaver,) = [b for b in bodies if b["data"]["rule"] == "leaver-active"]
    assert leaver["type"] == "findings.found"
    data = leaver["data"]
    assert data["count"] == sum(data["by_severity"].values()) == MANY
    assert data["url"] == "https://steward.example/secure/findings/?rule=leaver-active"
    assert Finding.objects.filter(rule="leaver-active").count() == MANY
    assert len(bodies) == len({(b["data"]["rule"], b["type"]) for b in bodies})


def test_only_what_changes_is_told_and_what_comes_back_is_new(hook, leavers):
    findings.tell()
    told()
    findings.tell()
    assert told() == ({}, 0)
    leavers.now_says(*(account(f"p{n}") for n in range(MANY - 3)))
    findings.tell()
    ended = told()[0]["leaver-active", ENDED]
    assert (ended["count"], "by_severity" in ended) == (3, False)
    assert ended["url"].endswith("?rule=leaver-active&state=ended")
    leavers.now_says(*(account(f"p{n}") for n in range(MANY - 1)))
    findings.tell()
    assert told()[0]["leaver-active", FOUND]["count"] == 2


def test_what_a_worker_found_before_it_died_is_told_by_the_next(hook, leavers, monkeypatch):
    def dies():
        raise KeyboardInterrupt

    monkeypatch.setattr(finding_news, "tell", dies)
    with pytest.raises(KeyboardInterrupt):
        findings.tell()
    assert told() == ({}, 0)
    assert FindingsTold.get().news["leaver-active"]["ended"] == 0
    monkeypatch.undo()
    findings.tell()
    assert told()[0]["leaver-active", FOUND]["count"] == MANY
    assert FindingsTold.get().news == {}


def test_who_has_not_asked_is_not_told(hook, leavers):
    acts.edit(hook[0], {"events": [ENDED]}, known=CHOOSABLE, by=BY)
    findings.tell()
    assert told() == ({}, 0)
