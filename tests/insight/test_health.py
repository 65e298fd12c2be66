"""Findings: each with its cause made real, and gone when the cause is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from steward.insight import health
from steward.inventory.instance import Instance
from steward.inventory.mail import Mail
from steward.inventory.run import Run
from steward.inventory.worker import Worker
from steward.sdk.errors import Unavailable
from steward.sync import engine, runs


@pytest.fixture(autouse=True)
def worker(db):
    return Worker.objects.create(name="one")


@pytest.fixture
def instance(connect, sync):
    made = connect()
    sync(made)
    return made


def kinds():
    return [finding.kind for finding in health.findings()]


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_all_is_well(instance):
    assert kinds() == []


def test_without_a_worker_nothing_works(instance, worker):
    Worker.objects.update(heartbeat_at=ago(minutes=2))
    (finding,) = health.findings()
    assert (finding.kind, finding.grave) == ("no_worker", "bad")
    assert "steward run" in finding.todo


def test_an_instance_that_is_overdue_is_late_until_its_run_is_there(instance):
    Instance.objects.update(next_sync_at=ago(minutes=11))
    (finding,) = health.findings()
    assert (finding.kind, finding.instance) == ("late", instance)
    runs.request_due()
    assert kinds() == []


def test_a_run_that_fell_silent_or_waits_is_named(instance, company):
    run = runs.request_sync(instance, by="")
    engine.take(run.pk)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=ago(minutes=1))
    assert kinds() == ["silent"]
    company.faults["accounts", 0] = Unavailable("Too many requests.", retry_after=3600)
    engine.carry_out(run.pk)
    (finding,) = health.findings()
    assert (finding.kind, finding.grave) == ("parked", "note")
    assert "Too many requests." in finding.said


def test_a_queue_that_does_not_move_is_said(instance):
    run = runs.request_sync(instance, by="")
    Run.objects.filter(pk=run.pk).update(created_at=ago(minutes=3))
    assert kinds() == ["queue"]


def test_mail_that_does_not_go_out_is_said(instance):
    Mail.objects.create(to="a@corp.example", subject="s", body="b", state=Mail.FAILED)
    Mail.objects.create(to="b@corp.example", subject="s", body="b", created_at=ago(hours=1))
    assert sorted(kinds()) == ["mail_failed", "mail_waits"]


def test_little_room_on_the_disk_is_said(instance, monkeypatch):
    import shutil

    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10 * 1024 * 1024))
    (finding,) = health.findings()
    assert (finding.kind, finding.grave) == ("disk", "bad")


def test_the_report_counts_runs_and_names_what_is_due(instance):
    Instance.objects.update(next_sync_at=timezone.now() + timedelta(minutes=5))
    report = health.report()
    assert report["runs"] == {"queued": 0, "running": 0, "parked": 0}
    assert [row["name"] for row in report["due"]] == ["Acme"]
    assert report["database"]["bytes"] > 0
    assert [(w["name"], w["alive"]) for w in report["workers"]] == [("one", True)]
