"""Contracts: with whom, for how long, for how much, and when somebody must decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When

from steward.insight.contracts import (
    NOTES,
    NOTICE_SOON,
    SOON,
    STANDINGS,
    by_hand,
    contracts,
    notice_within,
    renewing_within,
)
from steward.insight.reports.choices import application_filter
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.inventory.contract import Contract
from steward.inventory.person import Person

CURRENT = ("active", "upcoming", "ending")


def _parts(question: Question) -> Sequence[Any]:
    rows = narrowed(contracts(), question)
    return [
        rows.annotate(
            contract_id_=F("pk"),
            application_name=F("application__name"),
            owner_name=F("owner__name"),
            said=Case(
                *(When(note=name, then=Value(label)) for name, label in NOTES),
                output_field=CharField(),
            ),
        )
    ]


def narrowed(rows: Any, question: Any) -> Any:
    """By the filters of the report, which are those of the API too."""
    if text := question["q"]:
        found = Q(name__icontains=text) | Q(vendor__icontains=text) | Q(reference__icontains=text)
        rows = rows.filter(found)
    rows = _by_status(rows, question["status"])
    if question["application"]:
        number = int(question["application"])
        rows = rows.filter(Q(application=number) | Q(application__merged_into=number))
    if question["vendor"]:
        rows = rows.filter(vendor__icontains=question["vendor"])
    if question["owner"]:
        rows = rows.filter(owner=int(question["owner"]))
    if question["within"]:
        rows = renewing_within(rows, int(question["within"]))
    return rows


def _by_status(rows: Any, status: str) -> Any:
    if status == "current":
        return rows.filter(standing__in=CURRENT)
    if status == NOTICE_SOON:
        return notice_within(rows, SOON)
    if status in dict(NOTES):
        return rows.filter(note=status)
    return rows.filter(standing=status) if status else rows


def statuses() -> Sequence[tuple[str, str]]:
    soon = (NOTICE_SOON, f"Notice within {SOON} days")
    return (("current", "All that hold"), *STANDINGS, soon, *NOTES)


def _owners() -> Sequence[tuple[str, str]]:
    """Few of all people own a contract."""
    owning = Contract.objects.filter(owner__isnull=False).values("owner")
    rows = Person.objects.filter(pk__in=owning).order_by("name", "pk")
    return [(str(person.pk), str(person)) for person in rows]


REPORT = Report(
    slug="contracts",
    title="Contracts",
    description="Every contract with its term as it stands today, when it renews and until when "
    "notice can be given. One that has renewed by itself is shown with the term that came of it.",
    columns=(
        Column("name", "Contract", link="contract", link_by="contract_id_"),
        Column("vendor", "Vendor"),
        Column("application_name", "Application", link="application", link_by="application_id"),
        Column("owner_name", "Owner", link="person", link_by="owner_id"),
        Column("standing", "Status"),
        Column("said", "Note"),
        Column("term_starts_on", "Term begins", "date", aside=True),
        Column("term_ends_on", "Term ends", "date", aside=True),
        Column("renews_on", "Renewal", "date"),
        Column("term_notice_on", "Notice by", "date"),
        Column("auto_renews", "By itself", "bool"),
        Column("seats", "Seats", "number", aside=True),
        Column("value", "Value", "money", currency_by="currency"),
        Column("currency", "Currency", aside=True),
        Column("reference", "Reference", aside=True),
        Column("contract_id_", "Contract number", "id", hidden=True),
        Column("application_id", "Application number", "id", hidden=True),
        Column("owner_id", "Owner's number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=lambda question: by_hand(),
    order=("renews_on", "name", "contract_id_"),
    filters=(
        Filter("q", "Name, vendor, reference"),
        Filter("status", "Status", "choice", choices=statuses),
        application_filter(),
        Filter("vendor", "Vendor"),
        Filter("owner", "Owner", "choice", choices=_owners),
        Filter("within", "Renewal within days", "number"),
    ),
    has_past=False,
    empty="No contract has been entered yet.",
)
