"""A schedule whose webhook fails says so itself: on its pages, by API and on the command line."""

import json
from types import SimpleNamespace

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from steward.cli.app import assemble
from steward.insight import schedules as insight
from steward.inventory.webhook import Webhook, WebhookDelivery
from steward.ledger import webhooks as acts
from steward.notify import webhooks
from tests.api.conftest import Api
from tests.servers.receiver import receiving
from tests.web.test_schedules import signed, text
from tests.work.test_schedules import BY, _base, made, ran

__all__ = ["_base"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(settings):
    """A schedule that has sent to a receiver which answers 500."""
    settings.STEWARD_ALLOWED_NETWORKS = "127.0.0.0/8"
    with receiving() as receiver:
        receiver.answer(500, "Out of order")
        given = {"name": "Store", "url": receiver.url, "events": []}
        webhook, _ = acts.create(given, known=(), by=BY)
        schedule = made(emails=[], webhook=webhook.pk)
        assert ran(schedule).state == "done"
        yield SimpleNamespace(receiver=receiver, webhook=webhook, schedule=schedule)


def command(*words):
    done = CliRunner().invoke(assemble(), [str(word) for word in words], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.stdout


def now(sent):
    return insight.facts_of(insight.schedules().get(pk=sent.schedule.pk))["delivery"]


def test_it_tells_from_the_message_to_its_end(sent):
    assert now(sent)["said"] == "On the way to the webhook Store."
    webhooks.deliver_due(sent.webhook.pk)
    failed = now(sent)
    said = "Not delivered to the webhook Store yet: It answered 500: Out of order"
    assert (failed["state"], failed["said"], failed["attempts"]) == ("queued", said, 1)
    assert failed["next_try_at"]
    number = WebhookDelivery.objects.get().pk
    path = f"/settings/webhooks/{sent.webhook.pk}/?before={number + 1}"
    assert failed["url"] == f"https://steward.example{path}"
    acts.edit(sent.webhook, {"enabled": False}, known=(), by=BY)
    assert "is switched off. It answered 500" in now(sent)["said"]
    WebhookDelivery.objects.update(state="given_up")
    assert "and given up: It answered 500" in now(sent)["said"]
    acts.edit(sent.webhook, {"enabled": True}, known=(), by=BY)
    WebhookDelivery.objects.update(state="queued", next_try_at=timezone.now())
    sent.receiver.answer(204)
    webhooks.deliver_due(sent.webhook.pk)
    assert now(sent)["said"] == "Delivered to the webhook Store."
    WebhookDelivery.objects.all().delete()
    assert now(sent) is None


def test_each_run_has_its_own_message(sent):
    webhooks.deliver_due(sent.webhook.pk)
    sent.receiver.answer(204)
    ran(sent.schedule)
    webhooks.deliver_due(sent.webhook.pk)
    states = [
        insight.facts_of_run(run)["delivery"]["state"] for run in insight.runs_of(sent.schedule)
    ]
    assert states == ["delivered", "queued"]
    assert now(sent)["state"] == "delivered"


def test_pages_api_and_command_say_it(sent, client):
    webhooks.deliver_due(sent.webhook.pk)
    said = "Not delivered to the webhook Store yet: It answered 500: Out of order"
    number = WebhookDelivery.objects.get().pk
    api = Api(client, "admin")
    for path in ("/schedules", f"/schedules/{sent.schedule.pk}/runs"):
        (row,) = api("GET", path).json()["items"]
        assert row["delivery"]["said"] == said
    assert api("GET", f"/schedules/{sent.schedule.pk}").json()["delivery"]["id"] == number
    signed(client, "reader")
    for path in ("/reports/schedules/", f"/reports/schedules/{sent.schedule.pk}/"):
        page = text(client.get(path))
        assert said in page
        assert f'href="/settings/webhooks/{sent.webhook.pk}/?before={number + 1}"' in page
    assert Webhook.objects.get().shown in text(
        client.get(f"/settings/webhooks/{sent.webhook.pk}/?before={number + 1}")
    )
    assert said in command("schedule", "list")
    assert said in command("schedule", "show", sent.schedule.pk)
    facts = json.loads(command("schedule", "show", sent.schedule.pk, "--json"))
    assert facts["delivery"]["said"] == facts["runs"][0]["delivery"]["said"] == said
