"""The list of applications, with the fields that the company has made for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Case, F, IntegerField, When

from steward.insight import custom, narrowing, record, uses
from steward.insight.applications import applications, still_counted
from steward.insight.provenance import provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.application import Application, CustomField


def report() -> Report:
    """As of now: fields may be made and taken away at any time."""
    fields = record.custom_fields()
    if not fields:
        return _LIST
    last = [c for c in _LIST.columns if c.hidden]
    shown = [c for c in _LIST.columns if not c.hidden]
    return replace(
        _LIST,
        parts=_parts(fields),
        columns=(*shown, *custom.columns(fields), *last),
        filters=(*_LIST.filters, *custom.filters(fields)),
    )


def fitting(given: Mapping[str, str]) -> Any:
    """Those that a page with these in its address lists."""
    shown = report()
    asked = {f.name: given[f.name] for f in shown.filters if f.name in given}
    question = shown.run(asked).question
    return narrowing.narrowed(applications(), question.filters, record.custom_fields())


def _parts(fields: Sequence[CustomField]) -> Callable[[Question], Sequence[Any]]:
    def parts(question: Question) -> Sequence[Any]:
        rows = narrowing.narrowed(applications(), question.filters, fields)
        return [rows.annotate(**_figures(), **record.owners_named(), **custom.values(fields))]

    return parts


def _figures() -> dict[str, Any]:
    return {
        "application_id_": F("pk"),
        "sources": uses.sources_text(),
        "users": Case(
            When(connected=True, then=F("own_users")),
            When(uses.SOME_USERS, then=F("assigned")),
            output_field=IntegerField(),
        ),
        # To sort by: in the moments after a deletion it would have to be counted for all of them.
        "users_told": Case(
            When(connected=True, then=F("own_users_told")),
            When(uses.SOME_USERS_TOLD, then=F("told_users")),
            output_field=IntegerField(),
        ),
        "active_users": Case(
            When(connected=True, tells_activity=True, then=F("own_active")),
            When(uses.TELLS_USE, then=F("signed_on")),
            output_field=IntegerField(),
        ),
        "paid_seats": Case(When(tells_seats=True, then=F("seats"))),
    }


def _categories() -> list[tuple[str, str]]:
    return [(name, name) for name in record.categories()]


def _criticalities() -> Sequence[tuple[str, str]]:
    return Application.CRITICALITIES[1:]


def _tags() -> list[tuple[str, str]]:
    return [(name, name) for name in record.tags()]


_LIST = Report(
    slug="applications",
    title="Applications",
    description="What the company uses: connected, given through sign-on, signed in to with a "
    "company account, let in to people's data, paid for, or entered by hand.",
    columns=(
        Column("name", "Application", link="application", link_by="application_id_"),
        Column("category", "Category"),
        Column("connected", "Connected", "bool", aside=True),
        Column("sources", "Known by"),
        Column("users", "Users", "number", sort_by="users_told"),
        Column("active_users", "Active in 30 days", "number"),
        Column("paid_seats", "Paid seats", "number"),
        Column("publisher", "Publisher", aside=True),
        Column("verified", "Publisher verified", "bool", aside=True),
        Column("business_owner_name", "Owner", link="person", link_by="business_owner_id"),
        Column(
            "technical_owner_name",
            "Technical owner",
            aside=True,
            link="person",
            link_by="technical_owner_id",
        ),
        Column("owner_left", "Owner who has left", aside=True),
        Column("status", "Approval"),
        Column("criticality", "Criticality", aside=True),
        Column("tags", "Tags", "list", aside=True),
        Column("notes", "Notes", aside=True),
        Column("inactive_after", "Inactive after (days)", "number", aside=True),
        Column("allocation", "Cost shared by", aside=True),
        Column("application_id_", "Application number", "id", hidden=True),
        Column("business_owner_id", "Owner number", "id", hidden=True),
        Column("technical_owner_id", "Technical owner number", "id", hidden=True),
    ),
    parts=_parts(()),
    provenance=lambda question: provenance(
        ("accounts", "apps", "grants", "activity"), also=still_counted()
    ),
    order=("-users", "name", "application_id_"),
    filters=(
        Filter("q", "Name"),
        Filter(
            "source",
            "Known by",
            "choice",
            choices=lambda: (*uses.SOURCES, ("seen", "Not connected")),
        ),
        Filter("status", "Approval", "choice", choices=lambda: Application.STATUSES),
        Filter("category", "Category", "choice", choices=_categories),
        Filter(
            "criticality", "Criticality", "choice", choices=lambda: Application.CRITICALITIES[1:]
        ),
        Filter("owner", "Owner"),
        Filter("ownership", "Ownership", "choice", choices=lambda: narrowing.OWNERSHIPS),
        Filter("tag", "Tag", "choice", choices=_tags),
    ),
    has_past=False,
    keyed=True,
    empty="No applications yet. They appear when an instance has been synced, or add one by hand.",
)
