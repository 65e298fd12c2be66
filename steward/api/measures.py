"""Metrics, counted in the database when they are asked for, so that every process says the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from steward.insight import going_out
from steward.inventory.account import Account
from steward.inventory.instance import Book, Instance
from steward.inventory.mail import Mail
from steward.inventory.run import Run
from steward.inventory.schedule import ScheduleRun
from steward.inventory.webhook import WebhookDelivery
from steward.inventory.worker import FRESH, Worker

# Seconds.
BUCKETS = (1, 10, 60, 300, 1800, 7200)


class _Inventory:
    def collect(self) -> Iterable[Metric]:
        present = Instance.objects.present()
        yield _by("steward_instances", "Instances by state", "state", present)
        yield _by("steward_runs", "Runs by state", "state", Run.objects.all())
        accounts = Account.objects.present()
        yield _by("steward_accounts", "Accounts by status", "status", accounts)
        yield _by("steward_mails", "Mails by state", "state", Mail.objects.all())
        yield from _going_out()
        yield _staleness(present)
        yield from _outcomes()
        closed = Book.objects.exclude(closed_at=None).count()
        yield GaugeMetricFamily("steward_books_unpurged", "Closed books", value=closed)
        held = present.filter(removals_held__gt=0).count()
        yield GaugeMetricFamily("steward_removals_held", "Instances that hold removals", value=held)
        fresh = Worker.objects.filter(heartbeat_at__gt=timezone.now() - FRESH)
        yield GaugeMetricFamily("steward_workers", "Workers alive", value=fresh.count())

    def describe(self) -> Iterable[Metric]:
        return ()


def _by(name: str, help: str, field: str, rows: object) -> Metric:
    family = GaugeMetricFamily(name, help, labels=[field])
    counted = rows.order_by().values_list(field).annotate(Count("pk"))  # type: ignore[attr-defined]
    for value, count in counted:
        family.add_metric([value], count)
    return family


def _going_out() -> Iterable[Metric]:
    """Those late and failing are among those that are on; what waits is counted by message."""
    schedules, webhooks = going_out.schedule_counts(), going_out.webhook_counts()
    yield _of("steward_schedules", "Schedules by state", schedules, ("on", "off"))
    yield GaugeMetricFamily("steward_schedules_late", "Schedules late", value=schedules["late"])
    failing = schedules["failing"]
    yield GaugeMetricFamily("steward_schedules_failing", "Schedules that fail", value=failing)
    runs = ScheduleRun.objects.all()
    yield _by("steward_schedule_runs", "Runs of schedules by state", "state", runs)
    yield _of("steward_webhooks", "Webhooks by state", webhooks, ("on", "off", "disabled"))
    failing = webhooks["failing"]
    yield GaugeMetricFamily("steward_webhooks_failing", "Webhooks that fail", value=failing)
    messages = WebhookDelivery.objects.all()
    yield _by("steward_webhook_messages", "Messages to webhooks by state", "state", messages)
    late = webhooks["overdue"]
    yield GaugeMetricFamily("steward_webhook_messages_late", "Messages not tried", value=late)


def _of(name: str, help: str, counts: Mapping[str, int], states: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(name, help, labels=["state"])
    for state in states:
        family.add_metric([state], counts[state])
    return family


def _outcomes() -> Iterable[Metric]:
    """Of the runs that ended within a day: how long they took, what they read, why they failed."""
    ended = Run.objects.filter(finished_at__gt=timezone.now() - timedelta(days=1))
    failures = GaugeMetricFamily(
        "steward_runs_failed_day", "Failed runs of a day by kind of error", labels=["code"]
    )
    codes = ended.exclude(code="").order_by().values_list("code").annotate(Count("pk"))
    for code, count in codes:
        failures.add_metric([code], count)
    seconds = HistogramMetricFamily(
        "steward_run_seconds_day", "Duration of the runs of a day", labels=["integration"]
    )
    records = GaugeMetricFamily(
        "steward_records_read_day", "Records read in a day", labels=["integration"]
    )
    for integration, took, read in _by_integration(ended):
        buckets = [(str(top), sum(s <= top for s in took)) for top in BUCKETS]
        seconds.add_metric([integration], [*buckets, ("+Inf", len(took))], sum(took))
        records.add_metric([integration], read)
    return failures, seconds, records


def _by_integration(ended: Any) -> Iterable[tuple[str, list[float], int]]:
    took: dict[str, list[float]] = defaultdict(list)
    read: Counter[str] = Counter()
    fields = ("instance__integration", "started_at", "finished_at", "progress")
    for name, started, finished, progress in ended.exclude(started_at=None).values_list(*fields):
        took[name].append((finished - started).total_seconds())
        read[name] += sum(stream["records"] for stream in progress.values())
    return [(name, took[name], read[name]) for name in sorted(took)]


def _staleness(instances: Iterable[Instance]) -> Metric:
    family = GaugeMetricFamily(
        "steward_data_age_seconds",
        "Age of the data of an instance",
        labels=["instance", "integration"],
    )
    now = timezone.now()
    for instance in instances:
        if instance.last_synced_at:
            age = (now - instance.last_synced_at).total_seconds()
            family.add_metric([str(instance.pk), instance.integration], age)
    return family


def exposition() -> tuple[bytes, str]:
    registry = CollectorRegistry()
    registry.register(_Inventory())
    return generate_latest(registry), CONTENT_TYPE_LATEST
