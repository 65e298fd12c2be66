"""What happened: to instances, and to what people enter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.edit import Edit
from steward.inventory.instance import Instance, Moment
from steward.inventory.lifecycle import PRESENT

# Whose names are those of papers and payments, or whose comments may say what something costs.
ABOUT_MONEY = Q(kind__in=("document", "price", "charge", "rate")) | (
    Q(kind="contract") & ~Q(comment="")
)
_KEPT = "Recorded by Steward itself, when it happened."


def _provenance(question: Question) -> Provenance:
    return Provenance((), None, None, said=_KEPT)


def _moments(question: Question) -> Sequence[Any]:
    """An instance that is gone is named and leads nowhere."""
    rows = Moment.objects.all()
    if text := question["q"]:
        rows = rows.filter(instance_name__icontains=text)
    return [rows.annotate(moment_id_=F("pk"), instance_id_=_present())]


def _present() -> Any:
    from_here = Instance.objects.filter(pk=OuterRef("instance"), state__in=PRESENT)
    return Subquery(from_here.values("pk")[:1])


INSTANCES = Report(
    slug="moments",
    title="What happened to instances",
    description="Every recorded moment of an instance: connected, synced, failed, switched off, "
    "deleted, and who did it.",
    columns=(
        Column("at", "When", "moment"),
        Column("instance_name", "Instance", link="instance", link_by="instance_id_"),
        Column("integration", "Integration"),
        Column("event", "What"),
        Column("before", "State before", aside=True),
        Column("after", "State after", aside=True),
        Column("reason", "Reason"),
        Column("code", "Code", aside=True),
        Column("actor", "By"),
        Column("moment_id_", "Number", "id", hidden=True, sort_by="pk"),
        Column("instance_id_", "Instance number", "id", hidden=True),
    ),
    parts=_moments,
    provenance=_provenance,
    order=("-at", "-moment_id_"),
    filters=(Filter("q", "Instance"),),
    has_past=False,
    keyed=True,
    empty="Nothing has happened yet.",
)


def _edits(question: Question) -> Sequence[Any]:
    rows = Edit.objects.all()
    if not question.with_money:
        rows = rows.exclude(ABOUT_MONEY)
    if text := question["q"]:
        rows = rows.filter(name__icontains=text)
    return [rows.annotate(edit_id_=F("pk"))]


EDITS = Report(
    slug="edits",
    title="What people have changed",
    description="Everything that people have entered, changed or taken away: of what, and who.",
    columns=(
        Column("at", "When", "moment"),
        Column("kind", "Kind"),
        Column("name", "Of"),
        Column("what", "What"),
        Column("by", "By"),
        Column("comment", "Comment"),
        Column("edit_id_", "Number", "id", hidden=True, sort_by="pk"),
    ),
    parts=_edits,
    provenance=_provenance,
    order=("-edit_id_",),
    filters=(Filter("q", "Of"),),
    has_past=False,
    keyed=True,
    empty="Nobody has changed anything yet.",
)
