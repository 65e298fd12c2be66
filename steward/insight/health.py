"""How Steward itself does: what is due, what is late, what is stuck and why, and what to do.

Everything is read from the database, so that it is the same whichever process is asked.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from steward.insight import going_out
from steward.insight.attention import needing_attention
from steward.insight.facts import moment_text
from steward.insight.health_finding import LATE, SHOWN, Finding, counted
from steward.insight.provenance import age
from steward.inventory.instance import Book, Instance
from steward.inventory.mail import Mail
from steward.inventory.run import Run
from steward.inventory.worker import FRESH, Worker

SILENT = timedelta(seconds=30)
QUEUED_LONG = timedelta(minutes=2)
SOON = timedelta(hours=1)
ROOM = 500 * 1024 * 1024


def findings() -> list[Finding]:
    """The gravest first."""
    now = timezone.now()
    found = [*_workers(now), *_disk(), *_runs(now), *_late(now), *_mail(now), *_instances()]
    found += [*going_out.findings(now), *_purging()]
    return sorted(found, key=lambda f: ("bad", "warn", "note").index(f.grave))


def _workers(now: datetime) -> Iterator[Finding]:
    if not Worker.any_alive():
        last = Worker.objects.order_by("-heartbeat_at").first()
        yield Finding(
            "no_worker",
            "bad",
            "No worker is running, so nothing syncs and no mail goes out.",
            "Start one: steward run, or steward worker beside steward web.",
            since=last.heartbeat_at if last else None,
        )


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.STEWARD_DATA_DIR).free
    if free < ROOM:
        yield Finding(
            "disk",
            "bad" if free < ROOM // 10 else "warn",
            f"The disk of the data folder has {free // 1024 // 1024} MB left.",
            "Free some space; syncs stop when there is none and go on by themselves.",
        )


def _runs(now: datetime) -> Iterator[Finding]:
    opened = Run.objects.select_related("instance")
    for run in opened.filter(state=Run.RUNNING, heartbeat_at__lt=now - SILENT)[:SHOWN]:
        yield Finding(
            "silent",
            "warn",
            f"The sync of {run.instance.name} has not been heard of for {age(run.heartbeat_at)}.",
            "A living worker takes it over by itself; without one, start one.",
            run.instance,
            run.heartbeat_at,
        )
    for run in opened.filter(state=Run.PARKED).order_by("resume_at")[:SHOWN]:
        yield Finding(
            "parked",
            "warn" if run.code == "disk_full" else "note",
            f"The sync of {run.instance.name} waits: {run.error}",
            f"It goes on by itself at {run.resume_at:%H:%M} UTC.",
            run.instance,
            run.heartbeat_at,
        )
    waiting = Run.objects.filter(state=Run.QUEUED, created_at__lt=now - QUEUED_LONG)
    if (count := waiting.count()) and Worker.any_alive():
        yield Finding(
            "queue",
            "warn",
            f"{counted(count, 'sync')} in the queue for more than two minutes.",
            "Start another worker, or let these come to their end.",
            since=waiting.order_by("created_at")[0].created_at,
        )


def _late(now: datetime) -> Iterator[Finding]:
    late = Instance.objects.due(now - LATE).exclude(runs__state__in=(Run.QUEUED, Run.RUNNING))
    for instance in late.order_by("next_sync_at")[:SHOWN]:
        yield Finding(
            "late",
            "warn",
            f"{instance.name} should have been synced {age(instance.next_sync_at)} ago.",
            "A worker does it as soon as one is free; look whether one is running.",
            instance,
            instance.next_sync_at,
        )


def _mail(now: datetime) -> Iterator[Finding]:
    if failed := Mail.objects.filter(state=Mail.FAILED).count():
        yield Finding(
            "mail_failed",
            "warn",
            f"{counted(failed, 'mail')} could not be sent.",
            "See why under Settings, Mail, and check STEWARD_EMAIL_URL.",
        )
    waiting = Mail.objects.filter(state=Mail.QUEUED, created_at__lt=now - LATE)
    if count := waiting.count():
        yield Finding(
            "mail_waits",
            "warn",
            f"{counted(count, 'mail')} not sent for more than ten minutes.",
            "Check STEWARD_EMAIL_URL and whether a worker is running.",
        )


def _instances() -> Iterator[Finding]:
    for attention in needing_attention():
        yield Finding(
            attention.kind,
            "warn",
            f"{attention.instance.name}: {attention.sentence}",
            "Open the instance to put it right.",
            attention.instance,
            attention.instance.state_since,
        )


def _purging() -> Iterator[Finding]:
    if Book.objects.exclude(closed_at=None).exists():
        yield Finding(
            "purging",
            "note",
            "What was deleted is being removed from the disk.",
            "Nothing; it is gone from every page already.",
        )


OPEN_STATES = (Run.QUEUED, Run.RUNNING, Run.PARKED)


def report() -> dict[str, Any]:
    """What the API answers, and what the page and the command show."""
    now = timezone.now()
    return {
        "version": version("steward"),
        "database": {"kind": connection.vendor, "bytes": _database_bytes()},
        "workers": [_worker(worker, now) for worker in Worker.objects.order_by("name")],
        "runs": {state: Run.objects.filter(state=state).count() for state in OPEN_STATES},
        "schedules": going_out.schedule_counts(),
        "webhooks": going_out.webhook_counts(),
        "due": [_due(instance) for instance in due_soon()],
        "findings": [_fact(finding) for finding in findings()],
    }


def _worker(worker: Worker, now: datetime) -> dict[str, Any]:
    return {
        "name": worker.name,
        "alive": worker.heartbeat_at > now - FRESH,
        "started_at": moment_text(worker.started_at),
        "heartbeat_at": moment_text(worker.heartbeat_at),
        "syncing": [run.instance.name for run in _carried_out_by(worker)],
    }


def _carried_out_by(worker: Worker) -> Any:
    running = Run.objects.filter(state=Run.RUNNING, worker=worker.name)
    return running.select_related("instance").order_by("pk")[:SHOWN]


def due_soon() -> Any:
    return Instance.objects.due(timezone.now() + SOON).order_by("next_sync_at")[:SHOWN]


def _due(instance: Instance) -> dict[str, Any]:
    return {
        "instance": instance.pk,
        "name": instance.name,
        "next_sync_at": moment_text(instance.next_sync_at),
    }


def _fact(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "grave": finding.grave,
        "said": finding.said,
        "todo": finding.todo,
        "instance": finding.instance.pk if finding.instance else None,
        "schedule": finding.schedule,
        "webhook": finding.webhook,
        "since": moment_text(finding.since),
    }


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        return int(cursor.fetchone()[0])
