"""What is to leave Steward and does not, on the Health page and in the metrics."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from steward.api.measures import exposition
from steward.insight import health
from steward.inventory.schedule import Schedule, ScheduleRun
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.inventory.worker import Worker
from steward.ledger import webhooks as acts
from tests.api.conftest import Api
from tests.web.test_schedules import signed, text
from tests.work.test_schedules import BY, made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def worker(db):
    return Worker.objects.create(name="one")


@pytest.fixture
def webhook(settings):
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    given = {"name": "Store", "url": "http://127.0.0.1:9/", "events": []}
    return acts.create(given, known=(), by=BY)[0]


def kinds():
    return [finding.kind for finding in health.findings()]


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_a_schedule_that_is_late_waits_or_fails_is_named():
    schedule = made()
    assert kinds() == []
    Schedule.objects.update(next_at=ago(minutes=11))
    (finding,) = health.findings()
    assert (finding.kind, finding.schedule) == ("schedule_late", schedule.pk)
    assert finding.said.startswith("The schedule Freshness should have run 11 min")
    Schedule.objects.update(enabled=False)
    assert kinds() == []
    Schedule.objects.update(enabled=True, next_at=timezone.now(), failures=1, last_sentence="No.")
    (finding,) = health.findings()
    assert (finding.kind, finding.said) == ("schedule_fails", "The schedule Freshness fails: No.")
    Schedule.objects.update(failures=0)
    run = ScheduleRun.objects.create(schedule=schedule, due_at=timezone.now())
    assert kinds() == []
    ScheduleRun.objects.filter(pk=run.pk).update(created_at=ago(minutes=11))
    assert kinds() == ["schedule_waits"]


def test_a_webhook_that_fails_is_disabled_or_waits_is_named(webhook):
    WebhookDelivery.objects.create(webhook=webhook, event="x", payload="{}")
    assert kinds() == []
    Webhook.objects.update(failing_since=ago(hours=2))
    (finding,) = health.findings()
    assert (finding.kind, finding.webhook) == ("webhook_fails", webhook.pk)
    WebhookDelivery.objects.update(next_try_at=ago(minutes=11))
    assert kinds() == ["webhook_fails", "webhook_waits"]
    Webhook.objects.update(enabled=False, disabled_at=ago(hours=1), disabled_why="Gone.")
    (finding,) = health.findings()
    said = "The webhook Store is disabled: Gone."
    assert (finding.kind, finding.said) == ("webhook_disabled", said)
    Webhook.objects.update(disabled_at=None)
    assert kinds() == []


def test_the_page_the_api_and_the_metrics_count_them(webhook, client):
    schedule = made()
    Schedule.objects.update(next_at=ago(minutes=11), failures=2, last_sentence="No.")
    made(name="Other", enabled=False)
    ScheduleRun.objects.create(schedule=schedule, due_at=timezone.now())
    WebhookDelivery.objects.create(webhook=webhook, event="x", payload="{}")
    Webhook.objects.update(enabled=False, disabled_at=timezone.now(), disabled_why="Gone.")
    told = Api(client, "admin")("GET", "/health").json()
    assert told["schedules"] == {
        "on": 1, "off": 1, "late": 1, "failing": 1, "queued": 1, "running": 0
    }  # fmt: skip
    assert told["webhooks"] == {
        "on": 0, "off": 0, "disabled": 1, "failing": 0, "waiting": 1, "overdue": 0
    }  # fmt: skip
    named = {row["kind"]: (row["schedule"], row["webhook"]) for row in told["findings"]}
    assert named["schedule_late"] == (schedule.pk, None)
    assert named["webhook_disabled"] == (None, webhook.pk)
    signed(client, "admin")
    page = text(client.get("/settings/health/"))
    assert f'href="/reports/schedules/{schedule.pk}/"' in page
    assert f'href="/settings/webhooks/{webhook.pk}/"' in page
    assert "<dt>Disabled by Steward</dt><dd>1</dd>" in page
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(exposition()[0].decode())
        for sample in family.samples
    }
    assert told["steward_schedules", "on"] == told["steward_schedules", "off"] == 1
    assert told["steward_schedules_late",] == told["steward_schedules_failing",] == 1
    assert told["steward_schedule_runs", "queued"] == 1
    assert told["steward_webhooks", "disabled"] == told["steward_webhook_messages", "queued"] == 1
    assert told["steward_webhooks", "on"] == told["steward_webhooks_failing",] == 0
