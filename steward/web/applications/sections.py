"""What each section of an application's page shows. A section is a template in
`applications/parts`, and a function here or elsewhere that gives it its facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from steward.insight import application_history, record, uses
from steward.insight.application_sources import sources_of, ways_of
from steward.insight.applications import facts_of
from steward.insight.contracts import of_application as contracts_of
from steward.insight.facts import of_integration
from steward.insight.findings.reading import open_of
from steward.insight.grants import grants as all_grants
from steward.insight.licences import licences as all_licences
from steward.insight.licences import spent, wasted
from steward.insight.reports.access import REPORT as ACCESS
from steward.insight.reports.applications import REPORT as USERS
from steward.inventory.instance import SIGNED_IN
from steward.inventory.money import sees_money
from steward.ledger import applications as ledger
from steward.sdk.catalogue import integrations
from steward.web.spend import of_application as paid_for
from steward.web.usage import section as usage_of

GRANTS, EDITS = 8, 20
# Of a row of `insight.applications.applications()`.
Section: TypeAlias = Callable[[HttpRequest, Any], dict[str, Any]]


def head(request: HttpRequest, row: Any) -> dict[str, Any]:
    connector = integrations().get(row.integration)
    people = reverse("report", args=[USERS.slug])
    return {
        "application": row,
        "facts": facts_of(row),
        "sources": uses.sources_of(row),
        "connector": of_integration(connector) if connector else None,
        "rows_of": f"{people}?application={row.pk}",
    }


def sources(request: HttpRequest, row: Any) -> dict[str, Any]:
    """Everything it is known from."""
    known_from = sources_of(row)
    return {
        "known_from": known_from,
        "ways": [(app, ways_of(app)) for app in known_from.apps],
        "seen_in": list(dict.fromkeys(app.instance.name for app in known_from.apps)),
        "signed_in_days": SIGNED_IN.days,
        "may_go": row.by_entry and not ledger.is_shown(row),
    }


def about(request: HttpRequest, row: Any) -> dict[str, Any]:
    """What people have said of it."""
    owners = [(label, person and person.now()) for label, person in _owners(row)]
    fields = record.custom_fields()
    return {
        "owners": [(label, p, bool(p and record.has_left(p))) for label, p in owners],
        "custom": record.Custom(fields, [row]).of(row),
        "merged_here": row.merged.order_by("name"),
    }


def _owners(row: Any) -> list[tuple[str, Any]]:
    return [("Business owner", row.business_owner), ("Technical owner", row.technical_owner)]


def history(request: HttpRequest, row: Any) -> dict[str, Any]:
    edits = application_history.edits_of(row)
    shown = application_history.lines(edits[:EDITS], row)
    more = edits[EDITS : EDITS + 1].exists()
    return {"edits": shown, "more_edits": more}


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


def usage(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {"usage": usage_of(application=row.pk)}


def findings(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {"found": open_of(application=row.pk)}


SECTIONS: tuple[Section, ...] = (
    head,
    sources,
    findings,
    usage,
    licences,
    contracts,
    paid,
    grants,
    about,
    history,
)


def facts_for(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {name: fact for section in SECTIONS for name, fact in section(request, row).items()}
