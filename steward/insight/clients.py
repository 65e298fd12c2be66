"""The operator's OAuth apps as plain facts, without their secrets."""

from __future__ import annotations

from steward.insight.facts import Facts, moment_text
from steward.inventory.consent import AppClient, redirect_uri
from steward.sdk.catalogue import offering_consent


def of_clients() -> list[Facts]:
    """Every integration that has use for one, also where none is entered yet."""
    rows = {row.integration: row for row in AppClient.objects.all()}
    return [_facts(slug, c.name, rows.get(slug)) for slug, c in offering_consent().items()]


def of_client(slug: str) -> Facts:
    return next(facts for facts in of_clients() if facts["integration"] == slug)


def _facts(slug: str, name: str, row: AppClient | None) -> Facts:
    return {
        "integration": slug,
        "name": name,
        "client_id": row.client_id if row else None,
        "redirect_uri": redirect_uri(),
        "updated_by": row.updated_by if row else "",
        "updated_at": moment_text(row.updated_at) if row else None,
    }
