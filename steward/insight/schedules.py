"""Schedules and their log, as facts; and those that fail."""

from __future__ import annotations

from typing import Any

from steward.insight.facts import moment_text
from steward.insight.reports import report
from steward.inventory.schedule import Schedule, ScheduleRun


def schedules() -> Any:
    return Schedule.objects.select_related("webhook", "owner").order_by("name", "pk")


def runs_of(schedule: Schedule) -> Any:
    return schedule.runs.order_by("-pk")


def failing() -> Any:
    """Those that are on and whose last run did not go out."""
    return schedules().filter(enabled=True, failures__gt=0)


def title_of(slug: str) -> str:
    """The slug itself where the report is gone."""
    found = report(slug)
    return found.title if found else slug


def ways_of(schedule: Schedule) -> list[str]:
    """Where it goes, in words."""
    below = f"Folder {schedule.folder}" if schedule.folder else "Export folder"
    return [
        *schedule.emails,
        *([f"Webhook {schedule.webhook.name}"] if schedule.webhook else []),
        *([below] if schedule.folder is not None else []),
    ]


def facts_of(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.pk,
        "name": schedule.name,
        "report": schedule.report,
        "filters": schedule.filters,
        "sort": schedule.sort,
        "columns": schedule.columns,
        "cadence": schedule.cadence,
        "weekdays": schedule.weekdays,
        "day": schedule.day,
        "at": f"{schedule.at:%H:%M}",
        "zone": schedule.zone,
        "when": schedule.when().words(),
        "format": schedule.format,
        "emails": schedule.emails,
        "webhook": schedule.webhook_id,
        "folder": schedule.folder,
        "keep": schedule.keep,
        "with_money": schedule.with_money,
        "only_if_rows": schedule.only_if_rows,
        "enabled": schedule.enabled,
        "next_at": moment_text(schedule.next_at) if schedule.enabled else None,
        "owner": schedule.owner.email if schedule.owner else None,
        "failures": schedule.failures,
        "last_state": schedule.last_state or None,
        "last_sentence": schedule.last_sentence,
        "last_at": moment_text(schedule.last_at),
    }


def facts_of_run(run: ScheduleRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "due_at": moment_text(run.due_at),
        "by": run.by,
        "state": run.state,
        "sentence": run.sentence,
        "rows": run.rows,
        "size": run.size,
        "started_at": moment_text(run.started_at),
        "ended_at": moment_text(run.ended_at),
    }
