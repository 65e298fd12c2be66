"""Schedules and webhooks by workers as they are run, on both databases."""

import pytest

from tests.processes import steward_on, wait_until
from tests.servers.receiver import receiving

SET_UP = """
from datetime import timedelta
from django.utils import timezone
from steward.inventory.models import Schedule
from steward.ledger import webhooks
from steward.work import scheduling
slow, _ = webhooks.create({"name": "Slow", "url": "%s"}, known=(), by="x")
quick, _ = webhooks.create({"name": "Quick", "url": "%s"}, known=(), by="x")
for webhook in (slow, slow, slow, quick):
    scheduling.create(
        {"name": "N", "report": "orphan-accounts", "webhook": webhook.pk}, by="x", owner=None
    )
Schedule.objects.update(next_at=timezone.now() - timedelta(days=3))
"""
COUNT = """
from steward.inventory.models import ScheduleRun, WebhookDelivery
print(ScheduleRun.objects.filter(state="done").count(), ScheduleRun.objects.count(),
      WebhookDelivery.objects.count(), WebhookDelivery.objects.filter(state="delivered").count())
"""


@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_each_report_goes_once_and_a_slow_receiver_holds_up_none(kind, workers, request, tmp_path):
    url = ""
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql").database("sending")
    with receiving() as slow, receiving() as quick, steward_on(tmp_path, url) as steward:
        slow.hang = 8.0
        steward.python(SET_UP % (slow.url, quick.url))
        for _ in range(workers):
            steward.start("worker")
        wait_until(lambda: quick.got, why=steward.logs)
        wait_until(lambda: slow.got, why=steward.logs)
        assert len(slow.got) < 3
        slow.hang = 0.0
        wait_until(lambda: len(slow.got) == 3, why=steward.logs)
        wait_until(lambda: steward.python(COUNT).split() == ["4", "4", "4", "4"], why=steward.logs)
        ids = [headers["webhook-id"] for _, _, headers, _ in (*slow.got, *quick.got)]
        assert len(ids) == len(set(ids)) == 4
