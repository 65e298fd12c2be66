"""Seats of licences one by one: who holds it, when it was used, and whether to keep it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Case, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf

from steward.insight import seats
from steward.insight.licences import Licence, licence, licences
from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import application_filter, searched
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.seat_counts import Places, seats_in
from steward.inventory.amounts import ExactField
from steward.inventory.instance import Instance
from steward.inventory.licence import LicenceType

# What stands for all states that are a reason to take a seat back, and for all others.
WASTED, KEPT = "wasted", "kept"
NO_DEPARTMENT = "-"
_VERDICTS = {WASTED: seats.TAKE_BACK, KEPT: seats.KEEP}


def _states() -> Sequence[tuple[str, str]]:
    return ((WASTED, "To take back"), (KEPT, "To keep"), *seats.STATES.items())


def _licences() -> Sequence[tuple[str, str]]:
    return [(str(one.number), str(one)) for one in licences()]


def _parts(question: Question) -> Sequence[Any]:
    return [
        _seats(question).annotate(
            application=F("instance__application__name"),
            application_id_=F("instance__application"),
            licence=Coalesce(F("seat__license__name"), Subquery(_types().values("name")[:1])),
            licence_id_=Subquery(_types().values("pk")[:1]),
            person_name=F("person__name"),
            department=seats.department(),
            why=seats.told_as(seats.STATES),
            month=_month(question),
            account_id_=F("account_ref"),
        )
    ]


def _seats(question: Question) -> Any:
    rows = seats.with_verdict(searched(seats.seats(), question["q"]))
    return _narrowed(rows, question)


def _types() -> Any:
    key = Coalesce(NullIf(OuterRef("hand"), Value("")), OuterRef("seat__license__external_id"))
    return LicenceType.objects.filter(application=OuterRef("instance__application"), key=key)


def _narrowed(rows: Any, question: Question) -> Any:
    if question["licence"]:
        one = licence(int(question["licence"]))
        if one is None:
            return rows.none()
        rows = rows.filter(_is_of([one], Places()), instance__in=seats.books_of(one.application))
    if question["application"]:
        rows = rows.filter(instance__in=seats.books_of(int(question["application"])))
    if question["state"] in _VERDICTS:
        rows = rows.filter(verdict=_VERDICTS[question["state"]])
    elif question["state"]:
        rows = rows.filter(state=question["state"])
    return _of_department(rows, question["department"])


def _of_department(rows: Any, name: str) -> Any:
    if not name:
        return rows
    unit = Coalesce(seats.department(), Value(""), output_field=TextField())
    return rows.annotate(unit=unit).filter(unit="" if name == NO_DEPARTMENT else name)


def _is_of(some: Sequence[Licence], places: Places) -> Q:
    """Seats of one of these licences."""
    found = Q(read__in=[pk for one in some for pk in places.read(one.application, one.key)])
    for one in some:
        if one.is_by_hand:
            found |= Q(hand=one.key, instance__in=places.books(one.application))
    return found


def _month(question: Question) -> Case:
    """What the seat costs a month, in the company's currency."""
    same: dict[Any, list[Licence]] = {}
    for one in _asked(question):
        if one.cost and one.states:
            same.setdefault(one.cost.month, []).append(one)
    places = Places()
    cases = [
        When(_is_of(some, places), then=Value(amount, ExactField()))
        for amount, some in same.items()
    ]
    return Case(*cases, default=Value(None), output_field=ExactField(null=True))


def _asked(question: Question) -> list[Licence]:
    """Those whose seats can be among the rows."""
    found = licences(int(question["application"]) if question["application"] else None)
    return [one for one in found if question["licence"] in ("", str(one.number))]


def _length(question: Question) -> int | None:
    """From how many are in each state, unless it is asked for some by name."""
    one = licence(int(question["licence"])) if question["licence"] else None
    if question["q"] or (question["licence"] and one is None):
        return None
    unit = question["department"]
    return seats_in(
        _states_of(question["state"]),
        place=(one.application, one.key) if one else None,
        application=int(question["application"]) if question["application"] else None,
        department=("" if unit == NO_DEPARTMENT else unit) if unit else None,
    )


def _states_of(asked: str) -> Collection[str]:
    if asked in _VERDICTS:
        return seats.REASONS if asked == WASTED else seats.KEPT
    return [asked] if asked else seats.STATES


def _provenance(question: Question) -> Provenance:
    number = question["application"]
    one = licence(int(question["licence"])) if question["licence"] else None
    application = one.application if one else int(number) if number else None
    only = None
    if application is not None:
        rows = Instance.objects.present().filter(application=application)
        only = list(rows.values_list("pk", flat=True))
    return provenance(("accounts", "licenses", "activity"), only)


REPORT = Report(
    slug="licence-seats",
    title="Seats of licences",
    description="Every paid seat: who holds it, when it was used last, and whether to keep it or "
    "to take it back, and why. A seat stands under the first reason that fits: its person has "
    "left, suspended, a second seat of one person, never used, not used for a while.",
    columns=(
        Column("application", "Application", link="application", link_by="application_id_"),
        Column("licence", "Licence", link="licence", link_by="licence_id_"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("email", "E-mail"),
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("department", "Department", aside=True),
        Column("used_at", "Last used", "moment"),
        Column("verdict", "Proposal"),
        Column("why", "Why"),
        Column("month", "Costs a month", "money"),
        Column("state", "State", hidden=True),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
        Column("licence_id_", "Licence number", "id", hidden=True),
        Column("application_id_", "Application number", "id", hidden=True),
    ),
    parts=_parts,
    counted=_seats,
    length=_length,
    provenance=_provenance,
    order=("-verdict", "why", "used_at", "application", "licence", "name", "account_id_"),
    filters=(
        application_filter(),
        Filter("licence", "Licence", "choice", choices=_licences),
        Filter("state", "State", "choice", choices=_states),
        Filter("department", "Department"),
        Filter("q", "Name or e-mail"),
    ),
    has_past=False,
    costly=True,
    empty="No paid seats are known.",
)
