"""Paid seats nobody uses: what could be taken back, seat by seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from steward.insight.provenance import Provenance, provenance
from steward.insight.reports.choices import instance_filter, narrowed
from steward.insight.reports.core import Report
from steward.insight.reports.question import Column, Filter, Question
from steward.insight.seat_counts import seats_in
from steward.insight.seats import (
    DISABLED,
    DUPLICATE,
    LEAVER,
    NEVER,
    REASONS,
    STATES,
    TAKE_BACK,
    UNUSED,
    seats,
    told_as,
    with_verdict,
)

_WHY = {
    LEAVER: "its owner has left",
    DISABLED: "suspended, still paid",
    DUPLICATE: "a second seat of its owner",
    NEVER: "no use seen",
    UNUSED: "not used since",
}


def _unused(question: Question) -> Any:
    """A row a seat that could be taken back; see `insight.seats`, which says why."""
    days = int(question["days"] or 0)
    rows = with_verdict(seats(question.as_of, days), question.as_of, days)
    return narrowed(rows.filter(verdict=TAKE_BACK), question)


def _parts(question: Question) -> Sequence[Any]:
    days = int(question["days"] or 0)
    return [
        _unused(question).annotate(
            license=F("seat__license__name"),
            why=told_as({**STATES, **_WHY}, question.as_of, days),
            account_id_=F("account_ref"),
            instance_id_=F("instance__pk"),
            app=F("instance__name"),
            person_name=F("person__name"),
        )
    ]


def _length(question: Question) -> int | None:
    return None if question.is_narrowed else seats_in(REASONS)


def _provenance(question: Question) -> Provenance:
    return provenance(("accounts", "licenses", "activity"))


REPORT = Report(
    slug="paid-seats-unused",
    title="Paid seats nobody uses",
    description="Seats that nobody has used for a while, second seats of one person, and seats of "
    "people who have left or are suspended. Without a number of days each application's own "
    "counts, else 30. An app that does not say when anybody was active accuses nobody.",
    columns=(
        Column("app", "App", link="instance", link_by="instance_id_"),
        Column("license", "Licence"),
        Column("name", "Account", link="account", link_by="account_id_"),
        Column("email", "E-mail"),
        Column("person_name", "Person", link="person", link_by="person_id"),
        Column("why", "Why"),
        Column("used_at", "Last used", "moment"),
        Column("account_id_", "Account number", "id", hidden=True),
        Column("instance_id_", "Instance number", "id", hidden=True),
        Column("person_id", "Person number", "id", hidden=True),
    ),
    parts=_parts,
    counted=_unused,
    length=_length,
    provenance=_provenance,
    order=("used_at", "app", "email", "account_id_"),
    filters=(
        Filter("days", "Days without use", "number"),
        instance_filter(),
        Filter("q", "Name or e-mail"),
    ),
    costly=True,
    empty="Every paid seat was used. Well kept.",
)
