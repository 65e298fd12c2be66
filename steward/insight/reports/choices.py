"""Filters that several reports share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from steward.insight.reports.question import Filter, Question
from steward.inventory.application import Application
from steward.inventory.instance import Instance


def instance_filter() -> Filter:
    return Filter("instance", "Instance", "choice", choices=_instances)


def application_filter() -> Filter:
    return Filter("application", "Application", "choice", choices=_applications)


def _applications() -> Sequence[tuple[str, str]]:
    rows = Application.objects.filter(merged_into=None).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _instances() -> Sequence[tuple[str, str]]:
    rows = Instance.objects.present().order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def narrowed(rows: Any, question: Question) -> Any:
    """Accounts of one instance, and those whose name or address holds a text."""
    if question["instance"]:
        rows = rows.filter(instance__pk=int(question["instance"]))
    return searched(rows, question["q"])


def searched(rows: Any, text: str) -> Any:
    if not text:
        return rows
    found = Q(name__icontains=text) | Q(email__icontains=text) | Q(username__icontains=text)
    return rows.filter(found)
