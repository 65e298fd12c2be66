"""Charges, one by one, as their sources tell them and as they are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from steward.insight.provenance import Provenance
from steward.insight.reports.choices import application_filter
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.spend import (
    APPLICATION,
    APPLICATION_NAME,
    Period,
    finance_instances,
    of_application,
    sources,
)
from steward.inventory.charge import Charge
from steward.inventory.company import Company
from steward.inventory.imports import Import
from steward.inventory.instance import Instance

NONE = "none"
COUNTED, DOUBLES, ALL = "counted", "duplicates", "all"
DUPLICATES = ((COUNTED, "Left out"), (DOUBLES, "Alone"), (ALL, "Shown too"))
SOFTWARE = (("yes", "Software"), ("no", "Not software"))
MATCHED = (
    ("none", "Not matched yet"),
    (Charge.RULE, "By a rule"),
    (Charge.NAME, "By its name"),
    (Charge.HAND, "By hand"),
)
CONVERTED = (("yes", "Yes"), ("no", "No rate is known"))


def charges(question: Question) -> Any:
    """The rows of the list, before they are described."""
    rows = Charge.objects.present()
    if question["duplicates"] != ALL:
        rows = rows.filter(duplicate_of__isnull=question["duplicates"] != DOUBLES)
    rows = _of_when(rows, question)
    rows = _of_what(rows, question)
    return _of_whom(rows, question)


def _of_when(rows: Any, question: Question) -> Any:
    """Days and months, in whatever mixture: `from` and `to` may be either."""
    if since := question["from"]:
        rows = rows.filter(day__gte=_day(since) or Period.of(since, since).first)
    if until := question["to"]:
        rows = rows.filter(day__lte=_day(until) or Period.of(until, until).last)
    return rows


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) > len("2026-03") else None


def _of_what(rows: Any, question: Question) -> Any:
    if question["application"] == NONE:
        rows = rows.filter(application=None)
    elif question["application"]:
        rows = of_application(rows, int(question["application"]))
    if question["matched"] == NONE:
        rows = rows.filter(application=None, matched=Charge.NOTHING)
    elif question["matched"]:
        rows = rows.filter(matched=question["matched"])
    if text := question["q"]:
        rows = rows.filter(Q(vendor__icontains=text) | Q(description__icontains=text))
    plain: dict[str, dict[str, Any]] = {
        "software": {"is_saas": question["software"] == "yes"},
        "converted": {"told__isnull": question["converted"] == "no"},
        "currency": {"currency": question["currency"].upper()},
        "vendor": {"vendor_key": question["vendor"]},
    }
    asked = [fields for name, fields in plain.items() if question[name]]
    return rows.filter(*(Q(**fields) for fields in asked))


def _of_whom(rows: Any, question: Question) -> Any:
    if who := question["person"]:
        named = Q(person__name__icontains=who) | Q(person__email__icontains=who)
        number = int(who) if who.isascii() and who.isdecimal() and len(who) < 19 else None
        is_them = Q(person=number) | Q(person__merged_into=number)
        rows = rows.filter(is_them if number else named)
    if question["department"]:
        rows = rows.filter(department__iexact=question["department"])
    kind, _, source = question["source"].partition(":")
    if kind == "file":
        rows = rows.filter(entered=int(source))
    elif kind:
        book = Instance.objects.present().filter(pk=int(source)).values("book")
        rows = rows.filter(book__in=book)
    return rows


def _parts(question: Question) -> Sequence[Any]:
    instance = Instance.objects.present().filter(book=OuterRef("book"))
    names = instance.values("name")[:1]
    return [
        charges(question).annotate(
            charge_id_=F("pk"),
            application_name=APPLICATION_NAME,
            application_id_=APPLICATION,
            person_name=Coalesce(F("person__merged_into__name"), F("person__name")),
            person_id_=Coalesce(F("person__merged_into"), F("person")),
            software=F("is_saas"),
            source=Coalesce(Subquery(names), F("entered__file_name"), Value("")),
            found_by=Case(
                *(When(matched=name, then=Value(label)) for name, label in MATCHED[1:]),
                default=Value(""),
                output_field=CharField(),
            ),
            doubles=F("duplicate_of"),
            rate=_if_converted("told_rate"),
            rate_day=_if_converted("told_day"),
        )
    ]


def _if_converted(field: str) -> Any:
    """What is in the company's own currency needs no rate."""
    return Case(When(~Q(currency=Company.get().currency), then=F(field)))


def _sources() -> Sequence[tuple[str, str]]:
    files = Import.objects.filter(kind="charges", undone_at=None).order_by("-pk")
    return [
        *((f"instance:{i.pk}", i.name) for i in finance_instances().order_by("name")),
        *((f"file:{file.pk}", file.file_name) for file in files[:200]),
    ]


def _applications() -> Sequence[tuple[str, str]]:
    known = application_filter().choices
    return [(NONE, "None"), *(known() if known else ())]


def _provenance(question: Question) -> Provenance:
    return sources()


REPORT = Report(
    slug="charges",
    title="Charges",
    description="What was paid, line by line, in its own currency and in the company's, with the "
    "rate and the day that say so. A payment that several sources tell of is counted once.",
    columns=(
        Column("day", "Day", "date"),
        Column("vendor", "Vendor", link="charge", link_by="charge_id_"),
        Column("description", "Description", aside=True),
        Column("application_name", "Application", link="application", link_by="application_id_"),
        Column("person_name", "Paid by", link="person", link_by="person_id_"),
        Column("department", "Department"),
        Column("amount", "Amount", "money", currency_by="currency"),
        Column("currency", "Currency", aside=True),
        Column("told", "Converted", "money"),
        Column("rate", "Rate", "rate"),
        Column("rate_day", "Rate of", "date"),
        Column("source", "Source"),
        Column("found_by", "Matched", aside=True),
        Column("software", "Software", "bool", aside=True),
        Column("external_id", "Number in its source", aside=True),
        Column("vendor_key", "Vendor, as rules compare it", aside=True),
        Column("doubles", "Duplicate of", "id", hidden=True),
        Column("charge_id_", "Charge number", "id", hidden=True, sort_by="pk"),
        Column("application_id_", "Application number", "id", hidden=True),
        Column("person_id_", "Person number", "id", hidden=True),
    ),
    parts=_parts,
    provenance=_provenance,
    order=("-day", "-charge_id_"),
    filters=(
        Filter("q", "Vendor or description"),
        Filter("application", "Application", "choice", choices=_applications),
        Filter("from", "From", "date"),
        Filter("to", "To", "date"),
        Filter("person", "Paid by"),
        Filter("department", "Department"),
        Filter("source", "Source", "choice", choices=_sources),
        Filter("matched", "Matched", "choice", choices=lambda: MATCHED),
        Filter("software", "Software", "choice", choices=lambda: SOFTWARE),
        Filter("duplicates", "Duplicates", "choice", COUNTED, choices=lambda: DUPLICATES),
        Filter("converted", "Converted", "choice", choices=lambda: CONVERTED),
        Filter("currency", "Currency"),
        Filter("vendor", "Vendor, as rules compare it", hidden=True),
    ),
    has_past=False,
    keyed=True,
    costly=True,
    about_money=True,
    empty="No charges are known. Connect a finance app, or upload a card statement or a ledger.",
)
