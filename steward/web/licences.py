"""Licences: what is paid for, who uses it, what is wasted, and how many seats to renew."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from steward.insight import seats
from steward.insight.licences import WASTE, Licence, licence, licences, spent, wasted
from steward.insight.overlaps import overlaps
from steward.insight.prices import history
from steward.insight.provenance import provenance
from steward.insight.reports.licence_seats import REPORT as SEATS
from steward.insight.reports.licences import REPORT as LICENCES
from steward.insight.reports.licences import STREAMS
from steward.insight.reports.wasted import NOBODYS
from steward.insight.reports.wasted import REPORT as WASTED
from steward.insight.rightsizing import BUFFER, MOST_BUFFER, of_licence
from steward.insight.waste import Waste, summed, wastes, wastes_by_department
from steward.inventory.licence import LicenceType
from steward.inventory.money import sees_money
from steward.ledger.licences import edits_of
from steward.web.access import for_members
from steward.web.tables import Table

TOP, EDITS = 8, 30


@for_members
def all_licences(request: HttpRequest) -> HttpResponseBase:
    table = Table(request, LICENCES)
    rows = licences()
    facts = {
        "table": table,
        "count": len(rows),
        "spent": spent(rows),
        "wasted": wasted(rows),
        "sees_money": table.sees_money,
    }
    return table.export() or render(request, "licences/licences.html", facts)


@for_members
def one_licence(request: HttpRequest, id: int) -> HttpResponseBase:
    one = found(id)
    table = _seats(request, one)
    if file := table.export():
        return file
    row = LicenceType.objects.get(pk=one.number)
    facts = {
        "licence": one,
        "row": row,
        "notes": row.notes if table.sees_money else "",
        "table": table,
        "sees_money": table.sees_money,
        "prices": history(row, timezone.now().date()) if table.sees_money else (),
        "waste": [(WASTE[reason], reason, n, one.of(n)) for reason, n in one.wasted.items()],
        "proposal": of_licence(one),
        "edits": _shown(edits_of(row)[:EDITS], table.sees_money),
        "lines": row.lines.select_related("contract").order_by("-contract__ends_on"),
        "days": seats.days_of(row.application),
    }
    return render(request, "licences/licence.html", facts)


def _seats(request: HttpRequest, one: Licence) -> Table:
    of_it = {"licence": str(one.number), "application": str(one.application)}
    return Table(request, SEATS, of_it)


def _shown(edits: Any, money: bool) -> list[Any]:
    """Notes may say what things cost."""
    shown = [edit for edit in edits if money or edit.kind != "price"]
    for edit in () if money else shown:
        edit.before.pop("notes", None)
        edit.after.pop("notes", None)
    return shown


@for_members
def proposal(request: HttpRequest, id: int) -> HttpResponseBase:
    one = found(id)
    given = request.GET.get("buffer", str(BUFFER)).strip()
    is_right = given.isascii() and given.isdecimal() and int(given[:9]) <= MOST_BUFFER
    table = _seats(request, one)
    if file := table.export():
        return file
    facts = {
        "licence": one,
        "proposal": of_licence(one, int(given) if is_right else BUFFER),
        "given": given,
        "error": "" if is_right else f"A buffer is a whole number of percent up to {MOST_BUFFER}.",
        "table": table,
        "sees_money": table.sees_money,
    }
    return render(request, "licences/proposal.html", facts, status=200 if is_right else 422)


@for_members
def waste(request: HttpRequest) -> HttpResponse:
    money = sees_money(request.user.is_admin)  # type: ignore[union-attr]
    rows = licences()
    total = wasted(rows)
    facts = {
        "sees_money": money,
        "total": total,
        "spent": spent(rows),
        "applications": _largest(
            wastes(), lambda w: (w.licence.application_name, w.licence.application)
        ),
        "reasons": _largest(wastes(), lambda w: (w.reason_said, w.reason)),
        "departments": _largest(
            wastes_by_department(), lambda w: (w.department or NOBODYS, w.department or "-")
        ),
        "overlaps": overlaps()[:TOP],
        "report": WASTED,
        "provenance": provenance(
            STREAMS, also=(total.sentence,) if money and total.left_out else ()
        ),
    }
    return render(request, "licences/waste.html", facts)


def _largest(rows: list[Waste], by: Any) -> dict[str, Any]:
    groups = [(*key, total) for key, total in summed(rows, by).items()]
    return {"rows": groups[:TOP], "more": len(groups) - TOP if len(groups) > TOP else 0}


def found(number: int) -> Licence:
    one = licence(number)
    if one is None:
        raise Http404
    return one
