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
from steward.insight.contracts import of_application as contracts_of
from steward.insight.facts import of_integration
from steward.insight.grants import grants as all_grants
from steward.insight.licences import licences as all_licences
from steward.insight.licences import spent, wasted
from steward.insight.reports.access import REPORT as ACCESS
from steward.inventory.application import Application
from steward.inventory.holdings import SeenApp
from steward.inventory.instance import SIGNED_IN, Instance
from steward.inventory.money import sees_money
from steward.sdk.catalogue import integrations
from steward.web.spend import of_application as paid_for

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


def licences(request: HttpRequest, row: Any) -> dict[str, Any]:
    """What is paid for it, and what of that is wasted."""
    found = all_licences(row.pk)
    return {
        "licences": found,
        "licences_spent": spent(found),
        "licences_wasted": wasted(found),
        "sees_money": sees_money(request.user.is_admin),  # type: ignore[union-attr]
    }


def contracts(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {"contracts": contracts_of(row.pk).order_by("term_ends_on", "pk")}


def paid(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {"paid": paid_for(request, row.pk)}


SECTIONS: tuple[Section, ...] = (
    head,
    sources,
    licences,
    contracts,
    paid,
    grants,
)


def facts_for(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {name: fact for section in SECTIONS for name, fact in section(request, row).items()}
