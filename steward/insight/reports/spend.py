"""Spend: what was paid for software, in five groupings whose sums are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from steward.insight.commitments import committed, left_out
from steward.insight.provenance import Provenance
from steward.insight.reports.beside import (
    Row,
    with_applications,
    with_departments,
    with_months,
    with_one_department,
)
from steward.insight.reports.core import Report
from steward.insight.reports.listed import Listed
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


def _by_application(question: Question) -> list[Row]:
    period, department = period_of(question), question["department"]
    if department:
        return with_one_department(_of_department(question), period, department)
    named = _narrowed(question).annotate(
        application_id_=APPLICATION, name=Coalesce(APPLICATION_NAME, Value(NOT_MATCHED))
    )
    paid = named.values("application_id_", "name").annotate(**_SUMS)
    return with_applications(paid, period)


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


def _by_month(question: Question) -> list[Row]:
    rows = _narrowed(question).annotate(name=TruncMonth("day"))
    return with_months(rows.values("name").annotate(**_SUMS), period_of(question))


def _by_department(question: Question) -> list[Row]:
    named = _shares(DepartmentShare, question).annotate(name=_named(F("department")))
    paid = named.values("department", "why", "name").annotate(paid=Sum("amount"))
    return with_departments(paid, period_of(question))


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


def _left_out(question: Question) -> str:
    return left_out(committed(period_of(question)))


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


def _committed(row: Mapping[str, Any], question: Question) -> Any:
    """The contracts that make it up, where it is of one application or month."""
    if "application_id_" not in row:
        month = f"{row['name']:%Y-%m}"
        return "report:committed-spend", {"from": month, "to": month}
    if question["department"]:
        return None
    application = str(row["application_id_"] or "none")
    return "report:committed-spend", {**period_of(question).asked, "application": application}


def _seats(row: Mapping[str, Any], question: Question) -> Any:
    return "report:licences", {"application": str(row["application_id_"])}


def _of_all(question: Question) -> bool:
    return not question["department"]


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
_SAID: dict[str, Any] = {
    "provenance": _provenance,
    "has_past": False,
    "costly": True,
    "about_money": True,
    "empty": "Nothing was paid or committed in this period, as far as is known.",
}
_report, _listed = partial(Report, **_SAID), partial(Listed, **_SAID, left_out=_left_out)

BY_APPLICATION = _listed(
    slug="spend-by-application",
    title="Spend by application",
    description="What was paid for each application in the company's currency, beside what its "
    "contracts commit to and what its seats cost a month at today's prices; the three are never "
    "added.",
    columns=(
        Column("name", "Application", link="application", link_by="application_id_"),
        Column("paid", "Paid", "money", opens=_charges_of_application),
        Column("committed", "Committed", "money", opens=_committed),
        Column("difference", "Paid more or less", "money", says=_of_all),
        Column("seats_now", "Seats a month, today", "money", opens=_seats, says=_of_all),
        *_COUNTS,
        _APPLICATION,
    ),
    made=_by_application,
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
BY_MONTH = _listed(
    slug="spend-by-month",
    title="Spend by month",
    description="What was paid month by month, by the day of each payment, beside what contracts "
    "commit to; the two are never added.",
    columns=(
        Column("name", "Month", "month"),
        Column("paid", "Paid", "money", opens=_charges_of_month),
        Column("committed", "Committed", "money", opens=_committed),
        *_COUNTS,
    ),
    made=_by_month,
    order=("-name",),
    filters=PERIOD,
)
BY_DEPARTMENT = _listed(
    slug="spend-by-department",
    title="Spend by department",
    description="What each department bears: the cost of an application is shared by those who "
    "hold a seat in the month, by days of use, or in fixed shares, as the application says. Where "
    "nobody is known who uses it, whoever paid bears it. What contracts commit to is shared in the "
    "proportions in which what was paid for the application in the period is; the two are never "
    "added.",
    columns=(
        Column("name", "Department"),
        Column("paid", "Paid", "money", opens=_applications_of),
        Column("committed", "Committed", "money", opens=_applications_of),
        Column("department", "Department, as the directory says", hidden=True),
        Column("why", "Why nobody is named", hidden=True),
    ),
    made=_by_department,
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
