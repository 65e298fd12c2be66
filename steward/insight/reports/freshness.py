"""Instances and data freshness: what can be relied on, and what holds it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.account import Account
from steward.inventory.instance import Instance, StreamState
from steward.inventory.lifecycle import State

STATES = tuple((s.value, s.value.title()) for s in State if s is not State.DELETING)


def _parts(question: Question) -> Sequence[Any]:
    rows = Instance.objects.present()
    if question["state"]:
        rows = rows.filter(state=question["state"])
    if question["q"]:
        rows = rows.filter(name__icontains=question["q"])
    return [
        rows.annotate(
            instance_id_=F("pk"),
            status_=Case(
                When(state__in=(State.INACTIVE, State.REVOKED), then=Value("Inactive")),
                default=Value("Live"),
            ),
            accounts=Coalesce(Subquery(_accounts), 0),
            unread=Coalesce(Subquery(_unread), 0),
        )
    ]


_accounts = (
    Account.objects.filter(instance=OuterRef("book"))
    .exclude(status=Account.REMOVED)
    .order_by()
    .values("instance")
    .annotate(count=Count("pk"))
    .values("count")
)
_unread = (
    StreamState.objects.filter(instance=OuterRef("pk"))
    .exclude(state=StreamState.OK)
    .order_by()
    .values("instance")
    .annotate(count=Count("pk"))
    .values("count")
)


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts",))


REPORT = Report(
    slug="instances-freshness",
    title="Instances and data freshness",
    description="Every instance, its state, how old its data is, and how many of its streams "
    "could not be read.",
    columns=(
        Column("name", "Instance", link="instance", link_by="instance_id_"),
        Column("integration", "Integration"),
        Column("status_", "Status"),
        Column("state", "State"),
        Column("reason", "Reason"),
        Column("last_synced_at", "Last synced", "moment"),
        Column("next_sync_at", "Next sync", "moment"),
        Column("accounts", "Accounts", "number"),
        Column("unread", "Streams not read", "number"),
        Column("removals_held", "Removals held", "number"),
        Column("instance_id_", "Instance number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("last_synced_at", "name", "instance_id_"),
    filters=(
        Filter("state", "State", "choice", choices=lambda: STATES),
        Filter("q", "Name"),
    ),
    has_past=False,
    empty="No instance is connected yet.",
)
