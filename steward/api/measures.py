"""Metrics, counted in the database when they are asked for, so that every process says the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from steward.inventory.account import Account
from steward.inventory.instance import Instance
from steward.inventory.mail import Mail
from steward.inventory.run import Run
from steward.inventory.worker import FRESH, Worker


class _Inventory:
    def collect(self) -> Iterable[Metric]:
        present = Instance.objects.present()
        yield _by("steward_instances", "Instances by state", "state", present)
        yield _by("steward_runs", "Runs by state", "state", Run.objects.all())
        accounts = Account.objects.present()
        yield _by("steward_accounts", "Accounts by status", "status", accounts)
        yield _by("steward_mails", "Mails by state", "state", Mail.objects.all())
        yield _staleness(present)
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
