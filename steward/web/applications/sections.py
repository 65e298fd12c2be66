"""What each section of an application's page shows. A section is a template in
`applications/parts`, and a function here or elsewhere that gives it its facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from steward.insight import uses
from steward.insight.applications import facts_of
from steward.insight.facts import of_integration
from steward.insight.grants import grants as all_grants
from steward.insight.reports.access import REPORT as ACCESS
from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import SIGNED_IN, Instance
from steward.sdk.catalogue import integrations

GRANTS = 25
# Of a row of `insight.applications.applications()`.
Section: TypeAlias = Callable[[HttpRequest, Any], dict[str, Any]]


def head(request: HttpRequest, row: Any) -> dict[str, Any]:
    connector = integrations().get(row.integration)
    return {
        "application": row,
        "facts": facts_of(row),
        "statuses": Application.STATUSES,
        "connector": of_integration(connector) if connector else None,
    }


def sources(request: HttpRequest, row: Any) -> dict[str, Any]:
    """Which instances are of it, and which show it."""
    seen = SeenApp.objects.present().filter(application=row).select_related("instance")
    return {
        "sources": uses.sources_of(row),
        "instances": Instance.objects.present().filter(application=row.pk),
        "seen": seen,
        "seen_in": list(dict.fromkeys(app.instance.name for app in seen)),
        "signed_in_days": SIGNED_IN.days,
    }


def grants(request: HttpRequest, row: Any) -> dict[str, Any]:
    rows = all_grants().filter(app__application=row)
    rows = rows.order_by(F("account").asc(nulls_first=True), "pk")
    report = f"{reverse('report', args=[ACCESS.slug])}?application={row.pk}"
    more = rows[GRANTS : GRANTS + 1]
    return {"grants": rows[:GRANTS], "more_grants": report if more else ""}


SECTIONS: tuple[Section, ...] = (
    head,
    sources,
    grants,
)


def facts_for(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {name: fact for section in SECTIONS for name, fact in section(request, row).items()}
