"""Wasted spend: seats that could be given up, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steward.insight.licences import UNASSIGNED, WASTE, Licence, Sum, licences
from steward.insight.provenance import provenance
from steward.insight.reports.choices import application_filter
from steward.insight.reports.licence_seats import NO_DEPARTMENT
from steward.insight.reports.licences import STREAMS
from steward.insight.reports.listed import Listed
from steward.insight.reports.question import Column, Filter, Question, in_report
from steward.insight.waste import Waste, summed, wastes, wastes_by_department

NOBODYS = "Nobody’s, or not known"
GROUPS = (
    ("licence", "Licence and reason"),
    ("application", "Application"),
    ("reason", "Reason"),
    ("department", "Department"),
)
Key = tuple[tuple[str, str], ...]
_BY: dict[str, Callable[[Waste], Key]] = {
    "licence": lambda w: (("licence", str(w.licence.number)), ("reason", w.reason)),
    "application": lambda w: (("application", str(w.licence.application)),),
    "reason": lambda w: (("reason", w.reason),),
    "department": lambda w: (("department", w.department or NO_DEPARTMENT),),
}


def chosen(question: Question) -> list[Waste]:
    number, unit = question["application"], question["department"]
    by_department = unit or question["by"] == "department"
    found = (wastes_by_department if by_department else wastes)(int(number) if number else None)
    if question["licence"]:
        found = [w for w in found if str(w.licence.number) == question["licence"]]
    if question["reason"]:
        found = [w for w in found if w.reason == question["reason"]]
    return [w for w in found if not unit or (w.department or NO_DEPARTMENT) == unit]


def _made(question: Question) -> list[dict[str, Any]]:
    groups = summed(chosen(question), _BY[question["by"]])
    known = {str(one.number): one for one in licences()}
    names = {str(one.application): one.application_name for one in known.values()}
    asked = [({**question.filters, **dict(key)}, total) for key, total in groups.items()]
    return [_row(one, total, known.get(one["licence"]), names) for one, total in asked]


def _row(
    asked: dict[str, str], total: Sum, one: Licence | None, names: dict[str, str]
) -> dict[str, Any]:
    """What was asked for and what the rows are grouped by name what the row is of."""
    number = str(one.application) if one else asked["application"]
    return {
        "application": names.get(number),
        "licence": one.name if one else None,
        "why": WASTE.get(asked["reason"]),
        "department": NOBODYS
        if asked["department"] == NO_DEPARTMENT
        else asked["department"] or None,
        "seats": total.seats,
        "month": total.month if total.is_known else None,
        "year": total.year if total.is_known else None,
        "left_out": sum(count for _, count in total.left_out) or None,
        "report": _report(asked),
        "reason": asked["reason"],
        "unit": asked["department"],
        "number": one.number if one else None,
        "application_id_": int(number) if number else None,
    }


def _report(asked: dict[str, str]) -> str:
    """Which has the rows behind the figure. Seats that nobody holds have none of their own."""
    if asked["reason"] == UNASSIGNED:
        return "licences" if asked["application"] or asked["licence"] else "wasted-spend"
    return "licence-seats" if asked["reason"] else "wasted-spend"


def _left_out(question: Question) -> str:
    total = Sum()
    for waste in chosen(question):
        total = total.plus(waste.licence, waste.seats)
    return total.sentence


def _told(*groups: str, by: tuple[str, ...]) -> Callable[[Question], bool]:
    """Whether rows of such a grouping, narrowed like this, are of one each."""
    return lambda question: question["by"] in groups or any(question[name] for name in by)


def _licences() -> Sequence[tuple[str, str]]:
    return [(str(one.number), str(one)) for one in licences()]


ROWS = in_report(
    "{report}",
    application="{application_id_}",
    licence="{number}",
    reason="{reason}",
    state="{reason}",
    department="{unit}",
)

REPORT = Listed(
    slug="wasted-spend",
    title="Wasted spend",
    description="Paid seats that could be given up, each under one reason, and what they cost: by "
    "licence and reason, application, reason, or department of who holds them.",
    columns=(
        Column(
            "application",
            "Application",
            link="application",
            link_by="application_id_",
            says=_told("licence", "application", by=("application", "licence")),
        ),
        Column(
            "licence",
            "Licence",
            link="licence",
            link_by="number",
            says=_told("licence", by=("licence",)),
        ),
        Column("why", "Why", says=_told("licence", "reason", by=("reason",))),
        Column("department", "Department", says=_told("department", by=("department",))),
        Column("seats", "Seats", "number", opens=ROWS),
        Column("month", "Waste a month", "money", opens=ROWS),
        Column("year", "Waste a year", "money"),
        Column("left_out", "Seats without a cost", "number", about_money=True),
        Column("report", "Rows are in", hidden=True),
        Column("reason", "Reason", hidden=True),
        Column("unit", "Department as filtered", hidden=True),
        Column("number", "Licence number", "id", hidden=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    made=_made,
    provenance=lambda question: provenance(STREAMS),
    left_out=_left_out,
    order=("-month", "-seats", "application", "licence", "why", "department"),
    filters=(
        Filter("by", "Rows by", "choice", "licence", choices=lambda: GROUPS),
        application_filter(),
        Filter("licence", "Licence", "choice", choices=_licences),
        Filter("reason", "Reason", "choice", choices=lambda: tuple(WASTE.items())),
        Filter("department", "Department"),
    ),
    empty="No paid seat could be given up. Well kept.",
)
