"""Spend: what was paid for software, in five groupings whose sums are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from steward.insight.provenance import Provenance
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.spend import (
    APPLICATION,
    APPLICATION_NAME,
    Period,
    of_application,
    paid,
    sources,
)
from steward.inventory.spend import WHY, DepartmentShare, PersonShare

NOT_MATCHED = "Not matched yet"
GROUPS = ("application", "department", "person", "vendor", "month")
_SUMS = {"paid": Sum("told"), "payments": Count("pk"), "last_paid": Max("day")}


def period_of(question: Question) -> Period:
    return Period.of(question["from"], question["to"])


def _narrowed(question: Question) -> Any:
    rows = paid(period_of(question)).order_by()
    if question["application"]:
        rows = of_application(rows, int(question["application"]))
    return rows


def _by_application(question: Question) -> Sequence[Any]:
    if question["department"]:
        return [_of_department(question)]
    named = _narrowed(question).annotate(
        application_id_=APPLICATION, name=Coalesce(APPLICATION_NAME, Value(NOT_MATCHED))
    )
    return [named.values("application_id_", "name").annotate(**_SUMS)]


def _of_department(question: Question) -> Any:
    """What one department bears, by application."""
    rows = _shares(DepartmentShare, question).filter(department=question["department"])
    named = rows.annotate(
        application_id_=F("application"),
        name=Coalesce(F("application__name"), Value(NOT_MATCHED)),
    )
    grouped = named.values("application_id_", "name").annotate(paid=Sum("amount"))
    nothing = {"payments": Max(Value(None, _NUMBER)), "last_paid": Max("month")}
    return grouped.annotate(**nothing)


_NUMBER = DepartmentShare._meta.get_field("id").__class__(null=True)


def _by_vendor(question: Question) -> Sequence[Any]:
    rows = _narrowed(question).values("vendor_key")
    return [
        rows.annotate(
            name=Min("vendor"),
            application_id_=Min(APPLICATION),
            application_name=Min(APPLICATION_NAME),
            **_SUMS,
        )
    ]


def _by_month(question: Question) -> Sequence[Any]:
    rows = _narrowed(question).annotate(name=TruncMonth("day"))
    return [rows.values("name").annotate(**_SUMS)]


def _by_department(question: Question) -> Sequence[Any]:
    named = _shares(DepartmentShare, question).annotate(name=_named(F("department")))
    return [named.values("department", "why", "name").annotate(paid=Sum("amount"))]


def _by_person(question: Question) -> Sequence[Any]:
    who = Coalesce(F("person__name"), Value(""))
    named = _shares(PersonShare, question).annotate(
        name=_named(Case(When(person__name="", then=F("person__email")), default=who)),
        email=Coalesce(F("person__email"), Value("")),
        person_id_=F("person"),
    )
    return [named.values("person_id_", "why", "name", "email").annotate(paid=Sum("amount"))]


def _persons(question: Question) -> Any:
    """As many as there are rows: a person, or a reason why it is nobody's."""
    return _shares(PersonShare, question).values("person", "why").distinct()


def _shares(model: Any, question: Question) -> Any:
    period = period_of(question)
    rows = model.objects.filter(month__range=(period.first, period.last)).order_by()
    if question["application"]:
        rows = rows.filter(application=int(question["application"]))
    return rows


def _named(name: Any) -> Any:
    whys = [When(why=why, then=Value(f"– {label}")) for why, label in WHY.items()]
    return Case(*whys, default=name, output_field=CharField())


def _provenance(question: Question) -> Provenance:
    return sources()


def _charges(question: Question, **asked: str) -> tuple[str, dict[str, str]]:
    """Those that add up to the figure."""
    counted = {"software": "yes", "converted": "yes"}
    return "charges", {**period_of(question).asked, **counted, **asked}


def _charges_of_application(row: Mapping[str, Any], question: Question) -> Any:
    if question["department"]:
        return None
    return _charges(question, application=str(row["application_id_"] or "none"))


def _charges_of_vendor(row: Mapping[str, Any], question: Question) -> Any:
    return _charges(question, vendor=row["vendor_key"])


def _charges_of_month(row: Mapping[str, Any], question: Question) -> Any:
    month = f"{row['name']:%Y-%m}"
    return _charges(question, **{"from": month, "to": month})


def _applications_of(row: Mapping[str, Any], question: Question) -> Any:
    if not row["department"]:
        return None
    asked = {"group_by": "application", "department": row["department"]}
    return "spend", {**period_of(question).asked, **asked}


PERIOD = (
    Filter("from", "From month", "month"),
    Filter("to", "To month", "month"),
)
_PAID = Column("paid", "Paid", "money")
_COUNTS = (
    Column("payments", "Payments", "number"),
    Column("last_paid", "Last paid", "date"),
)
_APPLICATION = Column("application_id_", "Application number", "id", hidden=True)
_report = partial(
    Report,
    provenance=_provenance,
    has_past=False,
    costly=True,
    about_money=True,
    empty="Nothing was paid in this period, as far as is known.",
)

BY_APPLICATION = _report(
    slug="spend-by-application",
    title="Spend by application",
    description="What was paid for each application, in the company's currency.",
    columns=(
        Column("name", "Application", link="application", link_by="application_id_"),
        Column("paid", "Paid", "money", opens=_charges_of_application),
        *_COUNTS,
        _APPLICATION,
    ),
    parts=_by_application,
    order=("-paid", "name", "application_id_"),
    filters=(*PERIOD, Filter("department", "Borne by department")),
)
BY_VENDOR = _report(
    slug="spend-by-vendor",
    title="Spend by vendor",
    description="What was paid to whom, by the vendor's name on statements.",
    columns=(
        Column("name", "Vendor"),
        Column("application_name", "Application", link="application", link_by="application_id_"),
        Column("paid", "Paid", "money", opens=_charges_of_vendor),
        *_COUNTS,
        Column("vendor_key", "Vendor, as rules compare it", hidden=True),
        _APPLICATION,
    ),
    parts=_by_vendor,
    order=("-paid", "vendor_key"),
    filters=PERIOD,
)
BY_MONTH = _report(
    slug="spend-by-month",
    title="Spend by month",
    description="What was paid month by month, by the day of each payment.",
    columns=(
        Column("name", "Month", "month"),
        Column("paid", "Paid", "money", opens=_charges_of_month),
        *_COUNTS,
    ),
    parts=_by_month,
    order=("-name",),
    filters=PERIOD,
)
BY_DEPARTMENT = _report(
    slug="spend-by-department",
    title="Spend by department",
    description="What each department bears: the cost of an application is shared by those who "
    "hold a seat in the month, by days of use, or in fixed shares, as the application says. Where "
    "nobody is known who uses it, whoever paid bears it.",
    columns=(
        Column("name", "Department"),
        Column("paid", "Paid", "money", opens=_applications_of),
        Column("department", "Department, as the directory says", hidden=True),
        Column("why", "Why nobody is named", hidden=True),
    ),
    parts=_by_department,
    order=("-paid", "name", "why"),
    filters=PERIOD,
)
BY_PERSON = _report(
    slug="spend-by-person",
    title="Spend by person",
    description="What each person costs: their share of every application, month by month, as for "
    "departments.",
    columns=(
        Column("name", "Person", link="person", link_by="person_id_"),
        Column("email", "E-mail"),
        _PAID,
        Column("person_id_", "Person number", "id", hidden=True),
        Column("why", "Why nobody is named", hidden=True),
    ),
    parts=_by_person,
    counted=_persons,
    order=("-paid", "name", "person_id_", "why"),
    filters=PERIOD,
)
SPEND = dict(
    zip(GROUPS, (BY_APPLICATION, BY_DEPARTMENT, BY_PERSON, BY_VENDOR, BY_MONTH), strict=True)
)
REPORTS = tuple(SPEND.values())
