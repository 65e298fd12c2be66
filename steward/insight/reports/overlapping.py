"""Applications that do one job, and the people who have both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from steward.insight.descriptions import described, described_as
from steward.insight.overlaps import Overlap, overlaps, with_both
from steward.insight.provenance import provenance
from steward.insight.reports.choices import application_filter
from steward.insight.reports.core import Report
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question, in_report
from steward.inventory.person import Person

STREAMS = ("accounts", "apps", "grants", "activity")


def _made(question: Question) -> list[dict[str, Any]]:
    text = question["q"].casefold()
    rows = [_row(overlap) for overlap in overlaps()]
    return [r for r in rows if text in f"{r['one']} {r['other']} {r['category']}".casefold()]


def _row(overlap: Overlap) -> dict[str, Any]:
    mine, theirs = overlap.costs
    return {
        "category": overlap.one.category,
        "one": overlap.one.name,
        "people_one": overlap.people[0],
        "month_one": mine.month if mine and mine.is_known else None,
        "other": overlap.other.name,
        "people_other": overlap.people[1],
        "month_other": theirs.month if theirs and theirs.is_known else None,
        "both": overlap.both,
        "share": overlap.share,
        "one_id": overlap.one.pk,
        "other_id": overlap.other.pk,
    }


REPORT = Listed(
    slug="overlapping-applications",
    title="Applications that do one job",
    description="Pairs of applications of the same category that the same people have, with what "
    "each costs. The share is of the people of the smaller one.",
    columns=(
        Column("category", "Category"),
        Column("one", "Application", link="application", link_by="one_id"),
        Column("people_one", "Its people", "number"),
        Column("month_one", "Costs a month", "money"),
        Column("other", "And", link="application", link_by="other_id"),
        Column("people_other", "Its people", "number"),
        Column("month_other", "Costs a month", "money"),
        Column("both", "People with both", "number",
               opens=in_report("people-with-both", one="{one_id}", other="{other_id}")),
        Column("share", "Share", "percent"),
        Column("one_id", "Application number", "id", hidden=True),
        Column("other_id", "Number of the other", "id", hidden=True),
    ),
    made=_made,
    provenance=lambda question: provenance((*STREAMS, "licenses")),
    order=("-both", "one", "other"),
    filters=(Filter("q", "Application or category"),),
    empty="No two applications of one category have people in common.",
)  # fmt: skip


def _people(question: Question) -> Sequence[Any]:
    one, other = question["one"], question["other"]
    rows = with_both(int(one), int(other)) if one and other else Person.objects.none()
    rows = described_as(rows, question)
    return [rows.annotate(person_id_=F("pk"), **described())]


PEOPLE = Report(
    slug="people-with-both",
    title="People with both applications",
    description="Who has the one application and the other; choose the two.",
    columns=(
        Column("name", "Name", link="person", link_by="person_id_"),
        Column("email", "E-mail"),
        Column("department", "Department"),
        Column("title", "Title"),
        Column("location", "Location", aside=True),
        Column("person_id_", "Person number", "id", hidden=True, sort_by="pk"),
    ),
    parts=_people,
    provenance=lambda question: provenance(STREAMS),
    order=("name", "person_id_"),
    filters=(
        Filter("one", "Application", "choice", choices=application_filter().choices),
        Filter("other", "And", "choice", choices=application_filter().choices),
        Filter("department", "Department"),
    ),
    has_past=False,
    costly=True,
    empty="Choose two applications; nobody has both of these.",
)
